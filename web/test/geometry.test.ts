import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contentBox, fieldOf, isTap, pointAt, pointNear, pointStep, tapTail } from '../src/call/geometry';

const WIDE = { width: 1280, height: 720 };

test('bars lie left and right of a picture that is narrower than its element', () => {
	assert.deepEqual(contentBox({ width: 2000, height: 720 }, WIDE), { left: 360, top: 0, width: 1280, height: 720 });
});

test('bars lie above and below in a tall element', () => {
	assert.deepEqual(contentBox({ width: 390, height: 844 }, WIDE), { left: 0, top: 312.3125, width: 390, height: 219.375 });
});

test('a turned phone sends a tall picture, and the box turns with it', () => {
	assert.deepEqual(contentBox({ width: 1280, height: 720 }, { width: 720, height: 1280 }), { left: 437.5, top: 0, width: 405, height: 720 });
});

test('without a size there is no box', () => {
	assert.equal(contentBox({ width: 0, height: 720 }, WIDE), null);
	assert.equal(contentBox({ width: 100, height: 100 }, { width: 0, height: 0 }), null);
});

test('the corners of the picture are 0 and 1; the bars are outside', () => {
	const box = contentBox({ width: 2000, height: 720 }, WIDE)!;

	assert.deepEqual(pointAt(box, 360, 0), [0, 0]);
	assert.deepEqual(pointAt(box, 1640, 720), [1, 1]);
	assert.deepEqual(pointAt(box, 1000, 360), [0.5, 0.5]);
	assert.equal(pointAt(box, 359, 360), null);
	assert.equal(pointAt(box, 1641, 360), null);
});

test('the same spot of the picture has the same point on every screen', () => {
	for (const element of [{ width: 390, height: 844 }, { width: 844, height: 390 }, { width: 3840, height: 2160 }]) {
		const box = contentBox(element, WIDE)!;
		const [u, v] = pointAt(box, box.left + 0.3 * box.width, box.top + 0.7 * box.height)!;

		assert.ok(Math.abs(u - 0.3) < 1e-9 && Math.abs(v - 0.7) < 1e-9);
	}
});

test('a drag that leaves the picture sticks to its border', () => {
	const box = { left: 100, top: 0, width: 200, height: 100 };

	assert.deepEqual(pointNear(box, 0, 50), [0, 0.5]);
	assert.deepEqual(pointNear(box, 400, 500), [1, 1]);
	assert.deepEqual(pointStep([0.98, 0.5], 0.05, 0), [1, 0.5]);
});

test('a tap becomes an arrow at 45 degrees that stays inside', () => {
	const [u, v] = tapTail([0.5, 0.5], 16 / 9);

	assert.ok(Math.abs((0.5 - u) * 16 - (v - 0.5) * 9) < 1e-9);
	for (const corner of [[0, 0], [1, 0], [0, 1], [1, 1]] as [number, number][])
		for (const value of tapTail(corner, 16 / 9))
			assert.ok(value >= 0 && value <= 1);
	assert.ok(isTap([0.5, 0.5], [0.505, 0.5], 16 / 9));
	assert.ok(!isTap([0.5, 0.5], [0.55, 0.5], 16 / 9));
});

test('fields are named by row and column', () => {
	assert.deepEqual(fieldOf([0, 0]), { column: 0, row: 0 });
	assert.deepEqual(fieldOf([1, 0.5]), { column: 2, row: 1 });
});
