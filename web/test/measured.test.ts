import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measuredOf, MEASURING_NONE, measuringAdd } from '../src/state/measured';

const of = (kbps: number[]) => kbps.reduce((m, one, i) => measuringAdd(m, { kbps: one, rttMs: i === 2 ? 900 : 30, lossPercent: i === 1 ? 12 : 0 }), MEASURING_NONE);

test('a short call has each second, a middle and a worst', () => {
	assert.deepEqual(measuredOf(of([100, 200, 300])), { kbps: [100, 200, 300], rtt_ms: [320, 900], loss_percent: [4, 12] });
	assert.equal(measuredOf(MEASURING_NONE), null);
});

test('a long one has at most sixty equal parts, and loses nothing of the sum', () => {
	for (const n of [60, 61, 121, 3600, 14400]) {
		const m = of(Array.from({ length: n }, (_, i) => i));

		assert.ok(m.parts.length <= 60 && m.parts.length > 29, `${n}: ${m.parts.length}`);
		assert.equal(m.parts.reduce((sum, part) => sum + part.n, 0), n);
		assert.ok(Math.abs(m.parts.reduce((sum, part) => sum + part.kbps * part.n, 0) - (n * (n - 1)) / 2) < 1e-3 * n);
		assert.ok(m.parts.slice(0, -1).every((part) => part.n === m.each));
	}
});
