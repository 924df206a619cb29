/** What remains of a call (GET /calls/history). */
import { flag, list, nullable, object, text, whole, word, type Shape } from './shape';

export interface CallRecord {
	/** Grows; pages are asked for by it. */
	pos: number;
	/** Null: a try that was refused, and rang nowhere. */
	call: string | null;
	direction: 'out' | 'in';
	/** Names as they were then; of a refused try the address alone. */
	with: { address: string; name: string | null; organisation: string | null; domain: string | null };
	door: 'internal' | 'federation' | 'guest' | 'lease' | null;
	video: boolean;
	placed: string;
	answered: string | null;
	seconds: number;
	reason: string;
	/** Whose setting decided. */
	tenant: string | null;
	by: 'me' | 'them' | null;
}

export interface CallHistory {
	calls: CallRecord[];
	more: boolean;
}

export const callRecord: Shape<CallRecord> = object<CallRecord>({
	pos: whole,
	call: nullable(text),
	direction: word('out', 'in'),
	with: object<CallRecord['with']>({ address: text, name: nullable(text), organisation: nullable(text), domain: nullable(text) }),
	door: nullable(word('internal', 'federation', 'guest', 'lease')),
	video: flag,
	placed: text,
	answered: nullable(text),
	seconds: whole,
	reason: text,
	tenant: nullable(text),
	by: nullable(word('me', 'them')),
});

export const callHistory: Shape<CallHistory> = object<CallHistory>({ calls: list(callRecord), more: flag });
