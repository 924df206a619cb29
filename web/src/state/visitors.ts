/** Who waits at the door with a link of one's own. */
import { signal } from '@preact/signals';
import type { Visitor } from '../wire/objects';
import { hearEvents, hearHello } from './line';
import { me } from './session';

export const visitors = signal<Visitor[]>([]);
/** A modal dialog shows the door itself: outside of it nothing could be pressed. */
export const doorHeld = signal(false);

/** The list as it is behind a word about one of them. */
export function visitorsPut(list: Visitor[], visitor: Visitor): Visitor[] {
	const others = list.filter((one) => one.id !== visitor.id);

	return visitor.state === 'waiting' ? [...others, visitor] : others;
}

export function visitorsStart(): void {
	hearHello((snapshot) => void (visitors.value = snapshot.visitors ?? []));
	hearEvents((event) => {
		if (event.ev === 'visitor')
			visitors.value = visitorsPut(visitors.peek(), event.visitor);
	});
	me.subscribe((now) => {
		if (!now)
			visitors.value = [];
	});
}
