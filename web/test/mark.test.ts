import assert from 'node:assert/strict';
import { test } from 'node:test';
import { circleCorner, circlePath, tapBox } from '../src/call/circle';
import { markBox, markNear } from '../src/call/hit';
import { INK_POINTS, inkPath, inkThin } from '../src/call/ink';
import type { Mark, Point } from '../src/wire/objects';

const HIGH = 720;
const mark = (id: string, kind: Mark['kind'], points: Point[]): Mark => ({ id, by: 'a', of: 'b', kind, points, seq: 1, number: null, text: null });

test('a straight line needs its ends only, and a corner stays', () => {
	const straight = Array.from({ length: 100 }, (_, i): Point => [0.1 + i / 200, 0.5]);

	assert.deepEqual(inkThin(straight, HIGH), [straight[0], straight[99]]);
	assert.deepEqual(inkThin([[0, 0], [0.25, 0], [0.5, 0], [0.5, 0.5]], HIGH), [[0, 0], [0.5, 0], [0.5, 0.5]]);
	assert.deepEqual(inkThin([[0.5, 0.5]], HIGH), [[0.5, 0.5]]);
});

test('a change of pressure on a straight line is kept', () => {
	assert.equal(inkThin([[0, 0, 0.1], [0.25, 0, 1], [0.5, 0, 0.1]], HIGH).length, 3);
});

test('the longest scribble fits, with its ends', () => {
	const scribble = Array.from({ length: 20000 }, (_, i): Point => [0.5 + Math.sin(i * 0.7) * 0.4, 0.5 + Math.cos(i * 1.3) * 0.4]);
	const thin = inkThin(scribble, HIGH);

	assert.ok(thin.length <= INK_POINTS && thin.length > 1, String(thin.length));
	assert.deepEqual([thin[0], thin.at(-1)], [scribble[0], scribble.at(-1)]);
});

test('a thinned curve stays within two units of what was drawn', () => {
	const curve = Array.from({ length: 400 }, (_, i): Point => [0.5 + Math.cos(i / 60) * 0.2, 0.5 + Math.sin(i / 60) * 0.2]);
	const thin = inkThin(curve, HIGH);

	assert.ok(thin.length < 100, String(thin.length));
	assert.ok(curve.every((point) => markNear([mark('x', 'ink', thin)], point, HIGH, 2)));
});

test('ink has an outline, also for a dot', () => {
	for (const points of [[[0.5, 0.5]], [[0.1, 0.1], [0.9, 0.9]], [[0.1, 0.1, 0.2], [0.5, 0.9, 1]]] as Point[][])
		assert.match(inkPath(points, HIGH), /^M[\d. ]+Q[-\d. ]+Z$/);
	assert.equal(inkPath([], HIGH), '');
});

test('the outline of a thinned corner goes through the corner', () => {
	const spots = [...inkPath([[0.25, 0.25], [0.5, 0.25], [0.5, 0.75]], HIGH).matchAll(/(-?[\d.]+) (-?[\d.]+)/g)].map(([, x, y]) => Math.hypot(Number(x) - 640, Number(y) - 180));

	assert.ok(Math.min(...spots) < 8, String(Math.min(...spots)));
});

test('a circle lies in its box, whichever corners were given, and is never too small to see through', () => {
	assert.equal(circlePath([[0.25, 0.25], [0.75, 0.75]], HIGH), circlePath([[0.75, 0.25], [0.25, 0.75]], HIGH));
	assert.match(circlePath([[0.5, 0.5], [0.5, 0.5]], HIGH), /^M622\.5 360\.0a17\.5 17\.5 /);
});

test('with Shift the box is square on the screen and stays in the picture', () => {
	const aspect = 16 / 9;

	for (const [from, to] of [[[0.2, 0.2], [0.4, 0.3]], [[0.9, 0.9], [1, 0.1]], [[0.5, 0.5], [0.1, 0.6]]] as [Point, Point][]) {
		const [u, v] = circleCorner(from, to, aspect);

		assert.ok(Math.abs(Math.abs(u - from[0]) - Math.abs(v - from[1]) / aspect) < 1e-9, `${u} ${v}`);
		assert.ok(u >= 0 && u <= 1 && v >= 0 && v <= 1);
	}
	for (const corner of [[0, 0], [1, 1]] as Point[])
		for (const [u, v] of tapBox(corner, aspect))
			assert.ok(u >= 0 && u <= 1 && v >= 0 && v <= 1);
});

test('a finger takes the nearest mark by its line, not by its box', () => {
	const ring = mark('ring', 'circle', [[0.2, 0.2], [0.8, 0.8]]);
	const arrow = mark('arrow', 'arrow', [[0.4, 0.5], [0.6, 0.5]]);
	const pin = mark('pin', 'step', [[0.1, 0.9]]);
	const at = (point: Point) => markNear([ring, arrow, pin], point, HIGH, 25)?.id;

	assert.equal(at([0.5, 0.21]), 'ring');
	assert.equal(at([0.5, 0.51]), 'arrow');
	assert.equal(at([0.5, 0.35]), undefined);
	assert.equal(at([0.1, 0.84]), 'pin', 'on its head, above the tip');
	assert.equal(at([0.1, 0.97]), undefined);
});

test('the outline surrounds the mark', () => {
	const { x, y, width, height } = markBox(mark('a', 'arrow', [[0.25, 0.75], [0.5, 0.25]]), HIGH);

	assert.ok(x < 320 && y < 180 && x + width > 640 && y + height > 540);
	assert.ok(markBox(mark('s', 'step', [[0.5, 0.5]]), HIGH).y < 360 - 60);
});
