// A call survives a change of network: another line, another socket, words that were said meanwhile.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { flow, state, talk, until } from '../harness/call.mjs';
import { Media } from '../harness/ice.mjs';
import { answer, iceMake, iceOf, offer } from '../harness/sdp.mjs';
import { Server, demoWorld } from '../harness/server.mjs';

const INES = 'ines@aldous.example', TESS = 'tess@brightwater.example';

let server, people, ines, tess, lines;
before(async () => {
	server = await Server.start({ world: demoWorld() });
	people = { ines: await server.person(INES), tess: await server.person(TESS) };
});
after(() => server.stop());

const line_of = async (who, options) => lines[lines.push(await people[who].line(options)) - 1];
beforeEach(async () => {
	lines = [];
	ines = await line_of('ines');
	tess = await line_of('tess');
});
afterEach(async () => {
	const { calls } = await server.operator.get('/v1/calls');
	for (const call of calls.filter((one) => one.state !== 'ended')) await Promise.any(lines.map((line) => line.request('call.hangup', { call: call.id })));
	for (const line of lines) await line.close();
});

const describe = (line, call, kind, sdp) => line.request('call.sdp', { call: call.id, kind, sdp });
const sdpOf = async (line, kind) => (await line.next('sdp', (e) => e.kind === kind)).sdp;

test('a new line takes the place of one that still hangs, and the call with it', async () => {
	const call = await talk(tess, ines, INES);
	const media = await flow(call);
	/* The old socket is there, as on a server whose phone has changed its network without a word. */
	const again = await line_of('tess', { since: tess.snapshot.pos, replaces: tess.snapshot.line });
	assert.equal(again.snapshot.call.here, true);
	assert.equal((await tess.next('bye')).reason, 'line.replaced');
	assert.equal(await tess.closed, 4409);
	/* What the old line's end would have begun, the 20 s, has not: the new one speaks for the call. */
	await describe(again, call, 'offer', offer(call.from.mine));
	await sdpOf(ines, 'offer');
	await describe(ines, call, 'answer', answer(call.to.mine));
	await sdpOf(again, 'answer');
	const { marks } = await again.request('mark.add', { call: call.id, mark: { id: 'm1', of: TESS, kind: 'circle', points: [[0.1, 0.1], [0.2, 0.2]] } }).then(() => line_of('ines')).then((line) => line.snapshot.call);
	assert.equal(marks.length, 1);
	assert.equal(await media.from.check(), 200);
	media.close();
});

test('another page of the same session, which replaces nothing, does not take the call', async () => {
	const call = await talk(tess, ines, INES);
	const tab = await line_of('tess');
	assert.equal(tab.snapshot.call.here, false);
	assert.equal((await tab.ask('call.sdp', { call: call.id, kind: 'offer', sdp: offer(call.from.mine) })).error.reason, 'call.state');
	await describe(tess, call, 'offer', offer(call.from.mine));
});

test('a line can replace only one of its own session', async () => {
	await talk(tess, ines, INES);
	const elsewhere = await server.person(TESS);
	for (const [person, replaces] of [[elsewhere, tess.snapshot.line], [people.tess, ines.snapshot.line], [people.tess, 'nobody'], [people.tess, '']]) {
		const line = await person.line({ replaces });
		assert.equal(line.snapshot.call.here, false);
		lines.push(line);
	}
	assert.deepEqual((await tess.settled()).filter((e) => e.ev === 'bye'), []);
	assert.deepEqual((await ines.settled()).filter((e) => e.ev === 'bye'), []);
	const line = await people.tess.line({ hello: false });
	lines.push(line);
	const { error } = await line.ask('hello', { since: null, replaces: 7 });
	assert.deepEqual([error.reason, error.field], ['request.field', '/replaces']);
});

test('an offer made while the other is away is told when it is back, until it has answered', async () => {
	const call = await talk(tess, ines, INES);
	await tess.drop();
	const fresh = iceMake();
	await describe(ines, call, 'offer', offer(fresh));
	let back = await line_of('tess');
	const first = await sdpOf(back, 'offer');
	assert.equal(iceOf(first).fingerprint, fresh.fingerprint);
	assert.equal(iceOf(first).ufrag, call.from.theirs.ufrag, 'its own leg is as it was');
	/* It fell again before it answered. */
	await back.drop();
	back = await line_of('tess');
	assert.equal(await sdpOf(back, 'offer'), first);
	await describe(back, call, 'answer', answer(call.from.mine));
	assert.notEqual(iceOf(await sdpOf(ines, 'answer')).ufrag, call.to.theirs.ufrag, 'the leg of the one who began anew is new');
	await back.drop();
	back = await line_of('tess');
	assert.deepEqual((await back.settled()).filter((e) => e.ev === 'sdp'), []);
});

test('an answer made while the other is away is told when it is back', async () => {
	const call = await talk(tess, ines, INES);
	await describe(tess, call, 'offer', offer(call.from.mine));
	await sdpOf(ines, 'offer');
	await tess.drop();
	await describe(ines, call, 'answer', answer(call.to.mine));
	const back = await line_of('tess');
	assert.equal(iceOf(await sdpOf(back, 'answer')).fingerprint, call.to.mine.fingerprint);
	/* A second answer to the same offer is none. */
	assert.equal((await ines.ask('call.sdp', { call: call.id, kind: 'answer', sdp: answer(call.to.mine) })).error.reason, 'call.state');
	await describe(back, call, 'offer', offer(call.from.mine));
	assert.ok(await sdpOf(ines, 'offer'));
});

test('glare while one is away ends as ever: the callee yields, and hears the caller\'s offer when it is back', async () => {
	const call = await talk(tess, ines, INES);
	await describe(ines, call, 'offer', offer(call.to.mine));
	await ines.drop();
	const fresh = iceMake();
	await describe(tess, call, 'offer', offer(fresh));
	const back = await line_of('ines');
	assert.equal(iceOf(await sdpOf(back, 'offer')).fingerprint, fresh.fingerprint);
	assert.equal((await back.ask('call.sdp', { call: call.id, kind: 'offer', sdp: offer(call.to.mine) })).error.reason, 'call.state');
	await describe(back, call, 'answer', answer(call.to.mine));
	await sdpOf(tess, 'answer');
});

test('the callee\'s first answer reaches a caller whose line fell while it rang out', async () => {
	const ice = iceMake(), mine = iceMake();
	const { call } = await tess.request('call.place', { to: INES, video: true, sdp: offer(ice) });
	await ines.next('call', state(call.id, 'ringing'));
	await tess.drop();
	const reply = await ines.request('call.answer', { call: call.id, video: true });
	await describe(ines, call, 'answer', answer(mine));
	const back = await line_of('tess');
	assert.equal(back.snapshot.call.state, 'talking');
	const sdp = await sdpOf(back, 'answer');
	const media = await flow({ from: { mine: ice, theirs: iceOf(sdp) }, to: { mine, theirs: iceOf(reply.sdp) } });
	media.close();
});

test('media from another socket goes on where the old one was: UDP to UDP, to TCP, and back', async () => {
	const call = await talk(tess, ines, INES);
	const media = await flow(call);
	for (const how of [{}, { tcp: true }, {}]) {
		const moved = new Media(call.from.mine, call.from.theirs, how);
		media.from.close();
		assert.equal(await moved.check(), 200);
		moved.stream();
		const before = media.to.received;
		await until(() => moved.received > 20 && media.to.received > before + 20, 'media over the new socket');
		media.from = moved;
	}
	media.close();
});
