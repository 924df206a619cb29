import assert from 'node:assert/strict';
import { test } from 'node:test';
import { threadRows } from '../src/state/called';
import type { Bubble } from '../src/state/thread';
import type { CallRecord } from '../src/wire/record';

const bubble = (id: string, at: string) => ({ id, at }) as Bubble;
const record = (pos: number, placed: string, more: Partial<CallRecord> = {}) =>
	({ pos, placed, call: `c${pos}`, answered: placed, with: { address: 'tess@b' }, ...more }) as CallRecord;
const names = (rows: ReturnType<typeof threadRows>) => rows.map(({ bubble: b, call }) => call?.call ?? b!.id);

const bubbles = [bubble('one', '2026-01-01T10:00:00Z'), bubble('two', '2026-01-01T11:00:00Z')];
/* Newest first, as the history has them. */
const records = [record(4, '2026-01-01T12:00:00Z'), record(3, '2026-01-01T10:30:00Z'), record(2, '2026-01-01T10:10:00Z'), record(1, '2026-01-01T09:00:00Z')];

test('calls stand where they were placed', () => {
	assert.deepEqual(names(threadRows(bubbles, records, 'tess@b', false)), ['c1', 'one', 'c2', 'c3', 'two', 'c4']);
	assert.deepEqual(names(threadRows([], records.slice(2), 'tess@b', false)), ['c1', 'c2']);
});

test('behind messages that are not loaded there may be others: no call stands in front of them', () => {
	assert.deepEqual(names(threadRows(bubbles, records, 'tess@b', true)), ['one', 'c2', 'c3', 'two', 'c4']);
	assert.deepEqual(names(threadRows([], records, 'tess@b', true)), []);
});

test('only answered ones, and with this person', () => {
	const others = [record(7, '2026-01-01T12:00:00Z', { answered: null }), record(6, '2026-01-01T12:00:00Z', { call: null }), record(5, '2026-01-01T12:00:00Z', { with: { address: 'omar@b', name: null, organisation: null, domain: null } })];

	assert.deepEqual(names(threadRows(bubbles, others, 'tess@b', false)), ['one', 'two']);
});

test('a new day stands before its first message, and behind the calls of the day before', () => {
	const next = { ...bubble('three', '2026-01-02T08:00:00Z'), newDay: true } as Bubble;
	const rows = threadRows([...bubbles, next], records, 'tess@b', false);

	assert.deepEqual(rows.map((row) => row.key), ['call 1', 'one', 'call 2', 'call 3', 'two', 'call 4', 'day three', 'three']);
	assert.equal(rows.at(-2)!.day, next.at);
});
