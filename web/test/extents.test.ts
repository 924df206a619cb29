import assert from 'node:assert/strict';
import { test } from 'node:test';
import { extentAt, extentsHold, extentsOf } from '../src/state/extents';

const keys = ['a', 'b', 'c', 'd'];
const tops = extentsOf(keys, new Map([['b', 30]]), 10);
const places = new Map(keys.map((key, place) => [key, place]));

test('rows stand below each other, measured or guessed', () => {
	assert.deepEqual([...tops], [0, 10, 40, 50, 60]);
	assert.deepEqual([...extentsOf([], new Map(), 10)], [0]);
});

test('the row at a height', () => {
	assert.deepEqual([-5, 0, 9.9, 10, 39, 40, 59, 60, 1000].map((y) => extentAt(tops, y)), [0, 0, 0, 1, 1, 2, 3, 3, 3]);
	assert.equal(extentAt(extentsOf([], new Map(), 10), 0), -1);
});

test('what was in sight stays in sight when rows come above it', () => {
	const more = ['x', 'y', ...keys];

	assert.equal(extentsHold([{ key: 'b', below: 4 }], extentsOf(more, new Map([['b', 30]]), 10), new Map(more.map((key, place) => [key, place])), 14), 34);
});

test('a row that was moved away does not take the view along', () => {
	const moved = ['b', 'a', 'c', 'd'];
	const at = extentsOf(moved, new Map([['b', 30]]), 10);

	assert.equal(extentsHold([{ key: 'b', below: 2 }, { key: 'c', below: -28 }], at, new Map(moved.map((key, place) => [key, place])), 12), 12);
});

test('of rows that are gone nothing is held', () => {
	assert.equal(extentsHold([{ key: 'gone', below: 0 }], tops, places, 5), null);
});
