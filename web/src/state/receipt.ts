/** Tells the server what was received and read: once things are at rest, not for each message. Told again after a fall. */
import { hearHello, line } from './line';

const REST_MS = 400;

interface Owed {
	seq: number;
	read: number;
}

/** What the server does not know yet, and, where it is said, what it may have missed while the line was down. */
const owed = new Map<string, Owed>();
const said = new Map<string, Owed>();
let timer: ReturnType<typeof setTimeout> | null = null;

function flush(): void {
	timer = null;
	for (const [conversation, { seq, read }] of owed) {
		if (read)
			line.say('receipt', { conversation, seq: read, read: true });
		if (seq > read)
			line.say('receipt', { conversation, seq, read: false });
		said.set(conversation, { seq, read });
	}
	owed.clear();
}

export function receiptSay(conversation: string, seq: number, read: boolean): void {
	const known = said.get(conversation) ?? { seq: 0, read: 0 };
	const next = owed.get(conversation) ?? known;

	if (seq <= (read ? next.read : next.seq))
		return;
	owed.set(conversation, { seq: Math.max(next.seq, seq), read: read ? seq : next.read });
	timer ??= setTimeout(flush, REST_MS);
}

export function receiptForget(): void {
	owed.clear();
	said.clear();
}

export function receiptStart(): void {
	hearHello((snapshot) => {
		for (const { id, read } of snapshot.conversations) {
			const known = said.get(id);

			said.delete(id);
			if (known && known.read > read)
				receiptSay(id, known.read, true);
		}
	});
}
