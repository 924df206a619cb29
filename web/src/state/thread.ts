/** The messages of one conversation: what the server has, and what we are still sending. Pure. */
import type { Message } from '../wire/objects';
import { dayKey } from '../text/text';

export interface Draft {
	id: string;
	text: string;
	at: string;
	/** waiting: on its way, or held until the line is back. failed: refused, try again by hand. */
	state: 'waiting' | 'failed';
}

export interface Thread {
	messages: Message[];
	drafts: Draft[];
	/** More lie before the first. */
	more: boolean;
	/** Fetched at least once. */
	known: boolean;
}

export const THREAD_EMPTY: Thread = { messages: [], drafts: [], more: false, known: false };

/** Merge messages in; each seq once, in order. A message that we were sending is no longer a draft. */
export function threadMessages(thread: Thread, messages: Message[]): Thread {
	const bySeq = new Map(thread.messages.map((m) => [m.seq, m]));
	const arrived = new Set(messages.map((m) => m.id));

	for (const message of messages)
		bySeq.set(message.seq, message);
	return {
		...thread,
		messages: [...bySeq.values()].sort((a, b) => a.seq - b.seq),
		drafts: thread.drafts.filter((draft) => !arrived.has(draft.id)),
	};
}

/** A message says something else now. One that we don't hold is not brought in: it would stand behind a hole. */
export function threadChanged(thread: Thread, message: Message): Thread {
	return { ...thread, messages: thread.messages.map((old) => (old.seq === message.seq ? message : old)) };
}

export function threadPage(thread: Thread, messages: Message[], more: boolean): Thread {
	return { ...threadMessages(thread, messages), more, known: true };
}

export function threadDraft(thread: Thread, draft: Draft): Thread {
	return { ...thread, drafts: [...thread.drafts.filter((old) => old.id !== draft.id), draft] };
}

export function threadFailed(thread: Thread, id: string): Thread {
	return { ...thread, drafts: thread.drafts.map((draft) => (draft.id === id ? { ...draft, state: 'failed' } : draft)) };
}

export interface Bubble {
	id: string;
	text: string;
	at: string;
	mine: boolean;
	state: 'stored' | Draft['state'];
	/** Of a stored one. */
	message: Message | null;
	/** First of a run by the same person. */
	first: boolean;
	last: boolean;
	/** A new day starts before it. */
	newDay: boolean;
}

/** A gap after which the same person's next message starts a new run. */
const RUN_MS = 5 * 60_000;

/** The thread as it is drawn: runs of one person's messages, days between them. */
export function threadBubbles(thread: Thread, mine: string): Bubble[] {
	const plain = [
		...thread.messages.map((m) => ({ id: `${m.seq}`, text: m.text, at: m.at, mine: m.from === mine, state: 'stored' as const, message: m })),
		...thread.drafts.map((d) => ({ id: d.id, text: d.text, at: d.at, mine: true, state: d.state, message: null })),
	];
	const days = plain.map((bubble) => dayKey(bubble.at));
	/* Is it of one run with the one before it? */
	const joined = plain.map((b, i) => {
		const a = plain[i - 1];

		return !!a && a.mine === b.mine && days[i - 1] === days[i] && Date.parse(b.at) - Date.parse(a.at) < RUN_MS;
	});

	return plain.map((bubble, i) => ({
		...bubble,
		first: !joined[i],
		last: !joined[i + 1],
		newDay: i === 0 || days[i - 1] !== days[i],
	}));
}
