import assert from 'node:assert/strict';
import { test } from 'node:test';
import { historyJoin, type History } from '../src/state/history';
import type { CallRecord } from '../src/wire/record';

const record = (pos: number) => ({ pos }) as CallRecord;
const page = (from: number, to: number, more: boolean): History => ({
	records: Array.from({ length: from - to + 1 }, (_, i) => record(from - i)),
	more,
});
const positions = (history: History) => history.records.map((one) => one.pos);

test('newer records stand in front of those that were walked to', () => {
	const joined = historyJoin(page(9, 2, false), page(11, 7, true));

	assert.deepEqual(positions(joined), [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
	assert.equal(joined.more, false, 'the end of the list was seen');
});

test('a gap starts the list anew, and so does the first page', () => {
	assert.deepEqual(positions(historyJoin(page(9, 2, false), page(30, 21, true))), positions(page(30, 21, true)));
	assert.deepEqual(historyJoin(null, page(3, 1, false)), page(3, 1, false));
	assert.deepEqual(historyJoin(page(3, 1, false), { records: [], more: false }), { records: [], more: false });
});
