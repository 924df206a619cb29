/** Who is typing to us, and saying that we are. Nobody keeps it: it is said again, and forgotten when it is not. */
import { signal } from '@preact/signals';
import { hearEvents, line } from './line';

const AGAIN_MS = 3000;
const FORGET_MS = 6000;

/** The conversations in which the other is typing. */
export const typingIn = signal<ReadonlySet<string>>(new Set());

const timers = new Map<string, ReturnType<typeof setTimeout>>();
let saidAt = 0;
let saidIn = '';

function set(conversation: string, on: boolean): void {
	const next = new Set(typingIn.peek());

	clearTimeout(timers.get(conversation));
	timers.delete(conversation);
	if (on)
		timers.set(conversation, setTimeout(() => set(conversation, false), FORGET_MS));
	if (on === next.has(conversation))
		return;
	if (on)
		next.add(conversation);
	else
		next.delete(conversation);
	typingIn.value = next;
}

/** A key was pressed in the composer. */
export function typingSay(conversation: string): void {
	const now = Date.now();

	if (saidIn === conversation && now - saidAt < AGAIN_MS)
		return;
	saidAt = now;
	saidIn = conversation;
	line.say('typing', { conversation, on: true });
}

/** The words went out, or were taken back. */
export function typingEnd(conversation: string): void {
	if (saidIn === conversation)
		line.say('typing', { conversation, on: false });
	saidIn = '';
}

export function typingStart(): void {
	hearEvents((event) => {
		if (event.ev === 'typing')
			set(event.conversation, event.on);
		if (event.ev === 'message')
			set(event.message.conversation, false);
	});
}
