// What a call does by time: no answer after 45 s, a line lost for 20 s, a line that comes back. The stories run side by side.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { flow, place, state, talk } from '../harness/call.mjs';
import { Server, demoWorld } from '../harness/server.mjs';

/* A pair of people each; together they are all of Aldous, Brightwater and Castellan. */
const PAIRS = [['tess@brightwater.example', 'ines@aldous.example'], ['omar@brightwater.example', 'ravi@aldous.example'],
	['nora@brightwater.example', 'lea@aldous.example'], ['jonas@castellan.example', 'marta@aldous.example']];
const RING_MS = 45000, AWAY_MS = 20000, TICK_MS = 1000, SLACK_MS = 15000;

let server, pairs;
before(async () => {
	server = await Server.start({ world: demoWorld() });
	pairs = [];
	for (const [from, to] of PAIRS) pairs.push([await server.person(from), await server.person(to)]);
});
after(() => server.stop());

/* Not before its time; how late is up to the machine. */
async function lasts(ms, what) {
	const began = Date.now();
	const result = await what();
	const took = Date.now() - began;
	assert.ok(took >= ms - TICK_MS && took < ms + SLACK_MS, `${took} ms`);
	return result;
}

describe('calls and time', { concurrency: true }, () => {
	it('nobody answers for 45 s: it stops ringing on both sides', async () => {
		const [from, to] = await Promise.all(pairs[0].map((person) => person.line()));
		const call = await place(from, PAIRS[0][1]);
		const { call: end } = await lasts(RING_MS, () => from.next('call', state(call.id, 'ended')));
		assert.deepEqual(end.ended, { reason: 'call.no_answer', by: null, answer: null });
		assert.equal((await to.next('call', state(call.id, 'ended'))).call.ended.reason, 'call.no_answer');
		await from.close();
		await to.close();
	});

	it('a line that stays away for 20 s loses the call', async () => {
		const [from, to] = await Promise.all(pairs[1].map((person) => person.line()));
		const call = await talk(from, to, PAIRS[1][1]), media = await flow(call);
		await from.drop();
		const { call: end } = await lasts(AWAY_MS, () => to.next('call', state(call.id, 'ended')));
		assert.deepEqual(end.ended, { reason: 'call.lost', by: 'them', answer: null });
		assert.equal(await media.to.check(), 403);
		media.close();
		const back = await pairs[1][0].line();
		assert.equal(back.snapshot.call, null);
		await back.close();
		await to.close();
	});

	it('a line that comes back within 20 s has its call again, with its marks', async () => {
		const [from, to] = await Promise.all(pairs[3].map((person) => person.line()));
		const [technician, expert] = PAIRS[3];
		const call = await talk(from, to, expert), media = await flow(call);
		await to.request('mark.add', { call: call.id, mark: { id: 'here', of: technician, kind: 'arrow', points: [[0, 0], [0.5, 0.5]] } });
		await from.drop();
		await sleep(3000);
		const heard = media.to.received;
		await to.request('mark.add', { call: call.id, mark: { id: 'meanwhile', of: technician, kind: 'arrow', points: [[0, 0], [1, 1]] } });

		const back = await pairs[3][0].line();
		const { call: resumed } = back.snapshot;
		assert.deepEqual([resumed.id, resumed.state, resumed.here], [call.id, 'talking', true]);
		assert.deepEqual(resumed.marks.map((mark) => [mark.id, mark.by]), [['here', expert], ['meanwhile', expert]]);
		await sleep(AWAY_MS);
		assert.deepEqual((await to.settled()).filter((e) => e.ev === 'call' && e.call.state === 'ended'), []);
		assert.ok(media.to.received > heard + 100, 'media went on all the while');
		media.close();
		await back.request('call.hangup', { call: call.id });
		await to.next('call', state(call.id, 'ended'));
		await back.close();
		await to.close();
	});

	it('another session of the same person does not take the call up', async () => {
		const [from, to] = await Promise.all(pairs[2].map((person) => person.line()));
		const call = await talk(from, to, PAIRS[2][1]);
		const other = await (await server.person(PAIRS[2][0])).line();
		assert.deepEqual([other.snapshot.call.id, other.snapshot.call.here], [call.id, false]);
		await from.drop();
		const later = await (await server.person(PAIRS[2][0])).line();
		assert.equal(later.snapshot.call.here, false);
		const { call: end } = await to.next('call', state(call.id, 'ended'));
		assert.equal(end.ended.reason, 'call.lost');
		for (const line of [other, later, to]) await line.close();
	});
});
