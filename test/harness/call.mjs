// Two lines in a call, step by step as doc/protocol.md tells it, with media that really passes through the relay.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { Media } from './ice.mjs';
import { answer, iceMake, iceOf, offer } from './sdp.mjs';

const PATIENCE_MS = 30000;

/** Look again and again until it pleases: for counters that nobody announces. */
export async function until(look, what = 'what was waited for') {
	const end = Date.now() + PATIENCE_MS;
	for (;;) {
		const seen = await look();
		if (seen) return seen;
		assert.ok(Date.now() < end, `${what} did not come`);
		await sleep(20);
	}
}

/** Place a call. The caller's reply, with what its browser has of its own as `ice`. */
export async function place(from, to, video = true) {
	const ice = iceMake();
	const { call } = await from.request('call.place', { to, video, sdp: offer(ice) });
	return { ...call, ice };
}

export const state = (id, wanted) => (e) => e.call.id === id && e.call.state === wanted;

/** Answer on `to`, exchange descriptions. Both sides' own and the relay's ICE, and the descriptions as they arrived. */
export async function answered(call, from, to, video = true) {
	const ice = iceMake();
	await to.next('call', state(call.id, 'ringing'));
	const reply = await to.request('call.answer', { call: call.id, video });
	await to.request('call.sdp', { call: call.id, kind: 'answer', sdp: answer(ice) });
	await from.next('call', state(call.id, 'talking'));
	const { sdp } = await from.next('sdp', (e) => e.call === call.id);
	return { id: call.id, reply, from: { mine: call.ice, theirs: iceOf(sdp), sdp }, to: { mine: ice, theirs: iceOf(reply.sdp), sdp: reply.sdp } };
}

/** A talking call between two lines. */
export async function talk(from, to, address, video = true) {
	return answered(await place(from, address, video), from, to, video);
}

/** Both browsers' media, checked in and sending every 5 ms; returns when packets arrive on both sides. `{ from: { tcp: true } }` for TCP. */
export async function flow(call, { from = {}, to = {} } = {}) {
	const media = { from: new Media(call.from.mine, call.from.theirs, from), to: new Media(call.to.mine, call.to.theirs, to) };
	media.close = () => [media.from, media.to].forEach((side) => side.close());
	try {
		assert.deepEqual(await Promise.all([media.from.check(), media.to.check()]), [200, 200]);
		media.from.stream();
		media.to.stream();
		await until(() => media.from.received > 20 && media.to.received > 20, 'media both ways');
	} catch (error) {
		media.close();
		throw error;
	}
	return media;
}
