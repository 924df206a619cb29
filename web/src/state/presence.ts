/** Who is there. Each part of the page says whom it shows; the line watches the union. */
import { signal } from '@preact/signals';
import { list, object } from '../wire/shape';
import { presence, type Presence, type PresenceState } from '../wire/objects';
import { hearEvents, hearHello, line } from './line';
import { me } from './session';

const WATCH_MAX = 200;
const SETTLE_MS = 50;
const watched = object<{ presence: Presence[] }>({ presence: list(presence) });

export const presences = signal<Record<string, PresenceState>>({});
const wishes = new Set<string[]>();
let timer: ReturnType<typeof setTimeout> | null = null;

async function watchNow(): Promise<void> {
	timer = null;

	const addresses = [...new Set([...wishes].flat())].slice(0, WATCH_MAX);

	try {
		const reply = await line.request('watch', { addresses }, watched);

		presences.value = Object.fromEntries(reply.presence.map((p) => [p.address, p.state]));
	} catch {
		/* hello watches again */
	}
}

function watchSoon(): void {
	timer ??= setTimeout(() => void watchNow(), SETTLE_MS);
}

/** Watch these people until the result is called. */
export function presenceWatch(addresses: string[]): () => void {
	wishes.add(addresses);
	watchSoon();
	return () => {
		wishes.delete(addresses);
		watchSoon();
	};
}

export function presenceStart(): void {
	hearHello(watchSoon);
	hearEvents((event) => {
		if (event.ev === 'presence')
			presences.value = { ...presences.peek(), [event.presence.address]: event.presence.state };
	});
	me.subscribe((now) => {
		if (!now)
			presences.value = {};
	});
}
