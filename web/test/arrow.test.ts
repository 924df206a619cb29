import assert from 'node:assert/strict';
import { test } from 'node:test';
import { arrowPath } from '../src/call/arrow';

test('the head of an arrow is where the path starts', () => {
	assert.match(arrowPath([[0.1, 0.5], [0.5, 0.5]], 720), /^M640\.0 360\.0L/);
});

test('the tail end lies at the tail', () => {
	const path = arrowPath([[0.1, 0.5], [0.5, 0.5]], 720);

	assert.match(path, /L128\.0 36[0-9]\.\d+A/);
	assert.ok(path.endsWith('Z'));
});

test('an arrow without length has no broken numbers', () => {
	assert.doesNotMatch(arrowPath([[0.5, 0.5], [0.5, 0.5]], 720), /NaN|Infinity/);
});

test('a short arrow has a smaller head', () => {
	const width = (path: string) => Math.max(...[...path.matchAll(/(\S+) (\S+?)(?=[LAMZ])/g)].map((m) => Math.abs(Number(m[2]) - 360)));

	assert.ok(width(arrowPath([[0.48, 0.5], [0.5, 0.5]], 720)) < width(arrowPath([[0.2, 0.5], [0.5, 0.5]], 720)));
});
