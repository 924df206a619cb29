/** Calls between the messages of a thread, each where it was placed. Pure. */
import type { CallRecord } from '../wire/record';
import type { Bubble } from './thread';

export type Row = { key: string; bubble: Bubble; call: null; day: null } | { key: string; bubble: null; call: CallRecord; day: null } | { key: string; bubble: null; call: null; day: string };

const callRow = (call: CallRecord): Row => ({ key: `call ${call.pos}`, bubble: null, call, day: null });

/** Days, and answered calls with this person among the messages; before the first message only when nothing lies before it. */
export function threadRows(bubbles: Bubble[], records: CallRecord[], address: string, more: boolean): Row[] {
	const first = bubbles[0]?.at;
	const calls = records
		.filter((one) => one.call && one.answered && one.with.address === address && (!more || (first !== undefined && one.placed >= first)))
		.sort((a, b) => Date.parse(a.placed) - Date.parse(b.placed));
	const rows: Row[] = [];
	let next = 0;

	for (const bubble of bubbles) {
		while (next < calls.length && Date.parse(calls[next]!.placed) < Date.parse(bubble.at))
			rows.push(callRow(calls[next++]!));
		if (bubble.newDay)
			rows.push({ key: `day ${bubble.id}`, bubble: null, call: null, day: bubble.at });
		rows.push({ key: bubble.id, bubble, call: null, day: null });
	}
	return [...rows, ...calls.slice(next).map(callRow)];
}
