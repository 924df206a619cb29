import assert from 'node:assert/strict';
import { test } from 'node:test';
import { qualityNext, sampleRead, type Quality, type Sample } from '../src/call/quality';

const START: Sample = { at: 0, bytes: 0, packets: 0, lost: 0, frames: 0, rttMs: 50, outLossPercent: 0, width: 1280, height: 720, path: 'udp' };

/** Two seconds later, with these gains. */
const later = (last: Sample, gain: Partial<Sample> = {}): Sample => ({
	...last,
	at: last.at + 2000,
	bytes: last.bytes + 500_000,
	packets: last.packets + 400,
	frames: last.frames + 48,
	...gain,
});

function run(samples: number, gain: Partial<Sample>): Quality {
	let quality: Quality | null = null;
	let last = START;

	for (let i = 0; i < samples; i++) {
		const bytes = gain.bytes === undefined ? last.bytes + 500_000 : last.bytes + gain.bytes;
		const lost = last.lost + (gain.lost ?? 0);
		const frames = last.frames + (gain.frames ?? 48);
		const now = later(last, { ...gain, bytes, lost, frames });

		quality = qualityNext(quality, last, now);
		last = now;
	}
	return quality!;
}

test('two megabits at little delay are good', () => {
	const quality = run(3, {});

	assert.equal(quality.word, 'good');
	assert.equal(Math.round(quality.kbps), 2000);
	assert.equal(Math.round(quality.fps), 24);
});

test('delay, loss and a thin stream are fair; more of it is poor', () => {
	assert.equal(run(3, { rttMs: 500 }).word, 'fair');
	assert.equal(run(30, { rttMs: 1200 }).word, 'poor');
	assert.equal(run(3, { lost: 20 }).word, 'fair');
	assert.equal(run(3, { lost: 80 }).word, 'poor');
	assert.equal(run(3, { bytes: 100_000, height: 240 }).word, 'fair');
	assert.equal(run(3, { bytes: 100_000, frames: 20 }).word, 'fair');
	assert.equal(run(3, { bytes: 100_000, height: 144 }).word, 'poor');
});

test('a sharp picture of what stands still needs few bits', () => {
	assert.equal(run(3, { bytes: 30_000 }).word, 'good');
});

test('a call without a picture needs no megabits', () => {
	assert.equal(run(3, { bytes: 8000, frames: 0, height: 0, width: 0 }).word, 'good');
});

test('one bad second is not yet a verdict', () => {
	const before = run(10, {});
	const quality = qualityNext(before, START, later(START, { rttMs: 1100 }));

	assert.notEqual(quality.word, 'poor');
});

test('the history is one minute', () => {
	assert.equal(run(90, {}).history.length, 60);
});

test('a report is read by kind and by the pair in use', () => {
	const sample = sampleRead(
		[
			{ id: 'a', type: 'inbound-rtp', kind: 'audio', bytesReceived: 10, packetsReceived: 1, packetsLost: 0 },
			{ id: 'v', type: 'inbound-rtp', kind: 'video', bytesReceived: 90, packetsReceived: 9, packetsLost: 1, framesDecoded: 7, frameWidth: 640, frameHeight: 360 },
			{ id: 'r', type: 'remote-inbound-rtp', roundTripTime: 0.08, fractionLost: 0.12 },
			{ id: 'p', type: 'candidate-pair', nominated: true, state: 'succeeded', localCandidateId: 'l' },
			{ id: 'l', type: 'local-candidate', protocol: 'tcp' },
		],
		5,
	);

	assert.deepEqual(sample, { at: 5, bytes: 100, packets: 10, lost: 1, frames: 7, rttMs: 80, outLossPercent: 12, width: 640, height: 360, path: 'tcp' });
});
