/** One's calls that are over, newest first, as far as they were asked for. */
import { effect, signal } from '@preact/signals';
import { ask } from '../wire/api';
import { callHistory, type CallRecord } from '../wire/record';
import { calls } from './calls';
import { me } from './session';

export interface History {
	records: CallRecord[];
	more: boolean;
}

const PAGE = 50;

export const history = signal<History | null>(null);

/** Newer records in front of those known; a gap between them starts the list anew. */
export function historyJoin(known: History | null, newest: History): History {
	const joins = known?.records.findIndex((record) => record.pos === newest.records.at(-1)?.pos) ?? -1;

	if (!known || joins < 0)
		return newest;
	return { records: [...newest.records, ...known.records.slice(joins + 1)], more: known.more };
}

async function pageGet(before: number | null): Promise<History> {
	const range = before === null ? '' : `&before=${before}`;
	const page = (await ask('GET', `/calls/history?limit=${PAGE}${range}`, callHistory)).value;

	return { records: page.calls, more: page.more };
}

export async function historyLoad(): Promise<void> {
	const newest = await pageGet(null);

	history.value = historyJoin(history.peek(), newest);
}

export async function historyOlder(): Promise<void> {
	const last = history.peek()?.records.at(-1)?.pos;

	if (last === undefined)
		return;
	const older = await pageGet(last);
	const known = history.peek();

	/* Asked for twice: the second answer has nothing new. */
	if (known?.records.at(-1)?.pos === last)
		history.value = { records: [...known.records, ...older.records], more: older.more };
}

/** Run when a call of ours has ended: its record is there a moment later. The result ends it. */
export function historyFollow(ended: () => void): () => void {
	let was = calls.peek().now?.id ?? null;

	return effect(() => {
		const now = calls.value.now?.id ?? null;

		if (was && !now)
			queueMicrotask(ended);
		was = now;
	});
}

me.subscribe((now) => {
	if (!now)
		history.value = null;
});
