// Calls: ring, answer, decline, cancel, hang up, and media through the relay.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { answered, flow, place, state, talk, until } from '../harness/call.mjs';
import { VIDEO } from '../harness/ice.mjs';
import { answer, iceMake, iceOf, offer, withoutIce } from '../harness/sdp.mjs';
import { Server, demoWorld, tenantOf } from '../harness/server.mjs';

const INES = 'ines@aldous.example', TESS = 'tess@brightwater.example', OMAR = 'omar@brightwater.example', RAVI = 'ravi@aldous.example';

let server, people, ines, tess;
before(async () => {
	server = await Server.start({ world: demoWorld() });
	people = { ines: await server.person(INES), tess: await server.person(TESS), omar: await server.person(OMAR), ravi: await server.person(RAVI) };
});
after(() => server.stop());

/* Every story begins with one line each of Ines and Tess, and ends with everybody's gone. */
let lines;
const line_of = async (who, options) => lines[lines.push(await people[who].line(options)) - 1];
beforeEach(async () => {
	lines = [];
	ines = await line_of('ines');
	tess = await line_of('tess');
});
afterEach(async () => {
	for (const line of lines) await line.close();
	/* A line that left in a call keeps it for 20 s; the next story wants nobody busy. */
	const { calls } = await server.operator.get('/v1/calls');
	assert.deepEqual(calls.filter((call) => call.state !== 'ended'), []);
});

const ended = async (line, id) => (await line.next('call', state(id, 'ended'))).call.ended;
const counted = async (id) => (await server.operator.get('/v1/calls')).calls.find((call) => call.id === id);

test('it rings on every device, and each side sees the call from its own end', async () => {
	const tablet = await line_of('ines');
	const call = await place(tess, INES);
	const { call: out } = await tess.next('call', state(call.id, 'ringing'));
	assert.deepEqual([out.direction, out.with.address, out.here, out.technician, out.annotate, out.video], ['out', INES, true, 'me', true, true]);
	for (const line of [ines, tablet]) {
		const { call: heard } = await line.next('call', state(call.id, 'ringing'));
		assert.deepEqual([heard.direction, heard.with.address, heard.here, heard.technician, heard.since], ['in', TESS, false, 'them', null]);
	}
	assert.equal((await line_of('ines')).snapshot.call.id, call.id, 'a device that comes later rings too');
	await tess.request('call.hangup', { call: call.id });
});

test('the first answer wins; the other device hears that the call is elsewhere', async () => {
	const tablet = await line_of('ines');
	const call = await talk(tess, ines, INES);
	const { call: heard } = await tablet.next('call', state(call.id, 'talking'));
	assert.equal(heard.here, false);
	assert.ok(Date.parse(heard.since));
	assert.equal((await tablet.ask('call.answer', { call: call.id, video: true })).error.reason, 'call.state');
	assert.equal((await tablet.ask('call.decline', { call: call.id })).error.reason, 'call.state');
	await ines.request('call.hangup', { call: call.id });
	assert.equal((await tablet.next('call', state(call.id, 'ended'))).call.here, false);
});

test('two devices answer at the same time: one of them carries the call', async () => {
	const tablet = await line_of('ines');
	const call = await place(tess, INES);
	const replies = await Promise.all([ines, tablet].map((line) => line.ask('call.answer', { call: call.id, video: true })));
	assert.equal(replies.filter((r) => r.ok).length, 1);
	assert.equal(replies.find((r) => r.error).error.reason, 'call.state');
	await tess.request('call.hangup', { call: call.id });
});

test('descriptions pass with only their ICE lines changed', async () => {
	const call = await talk(tess, ines, INES);
	for (const [got, sent] of [[call.to, call.from], [call.from, call.to]]) {
		const text = got === call.to ? offer(sent.mine) : answer(sent.mine);
		assert.deepEqual(withoutIce(got.sdp).filter((line) => line !== 'a=ice-lite'), withoutIce(text));
		assert.equal(got.theirs.fingerprint, sent.mine.fingerprint);
		assert.match(got.sdp, /^a=ice-lite\r$/m);
		assert.doesNotMatch(got.sdp, /192\.168\.77\.10/);
		assert.ok(!got.sdp.includes(sent.mine.ufrag) && !got.sdp.includes(sent.mine.pwd));
		assert.deepEqual(new Set(got.theirs.candidates.map((c) => `${c.address}:${c.port}`)), new Set([`127.0.0.1:${server.relayPort}`]));
	}
	await tess.request('call.hangup', { call: call.id });
});

test('later offers pass too, a new ICE user fragment makes a new leg, and on glare the callee yields', async () => {
	const call = await talk(tess, ines, INES);
	const again = (line, kind, sdp) => line.ask('call.sdp', { call: call.id, kind, sdp });
	assert.ok((await again(ines, 'offer', offer(call.to.mine))).ok);
	const same = (await tess.next('sdp')).sdp;
	assert.equal(iceOf(same).ufrag, call.from.theirs.ufrag);
	assert.ok((await again(tess, 'answer', answer(call.from.mine))).ok);
	await ines.next('sdp');

	const fresh = iceMake();
	assert.ok((await again(tess, 'offer', offer(fresh))).ok);
	assert.equal((await again(ines, 'offer', offer(call.to.mine))).error.reason, 'call.state');
	await ines.next('sdp');
	assert.ok((await again(ines, 'answer', answer(call.to.mine))).ok);
	const restarted = iceOf((await tess.next('sdp')).sdp);
	assert.notEqual(restarted.ufrag, call.from.theirs.ufrag);
	const media = await flow({ ...call, from: { mine: fresh, theirs: restarted } });
	media.close();
	await tess.request('call.hangup', { call: call.id });
});

test('a bad description is refused by its field, and nothing rings', async () => {
	const good = offer(iceMake());
	const bad = {
		'not a description': 'hello',
		'no fingerprint': good.replace(/a=fingerprint.*\r\n/g, ''),
		'keys in the clear': good.replace('a=rtcp-mux', 'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\na=rtcp-mux'),
		'no encryption': good.replaceAll('UDP/TLS/RTP/SAVPF', 'RTP/AVP'),
		'a data channel': `${good}m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:9\r\n`,
		'an address where none belongs': good.replace('a=mid:0', 'a=mid:0\r\na=x:IN IP4 10.0.0.1'),
		'too long': good + `a=x:${'y'.repeat(1000)}\r\n`.repeat(48),
	};
	for (const [what, sdp] of Object.entries(bad)) {
		const { error } = await tess.ask('call.place', { to: INES, video: true, sdp });
		assert.deepEqual([error?.status, error?.field], [400, '/sdp'], what);
	}
	assert.deepEqual(await ines.settled(), []);
});

test('media flows both ways, and only between the two', async () => {
	const call = await talk(tess, ines, INES);
	const media = await flow(call);
	media.to.rtp(VIDEO);
	const { legs, state: now } = await counted(call.id);
	assert.equal(now, 'talking');
	for (const leg of legs) {
		assert.equal(leg.connected, true);
		assert.ok(leg.packets_in > 20 && leg.packets_out > 20);
	}
	/* A type that neither description names is stopped. */
	media.from.rtp(77);
	await until(async () => (await counted(call.id)).legs[0].dropped > 0, 'a dropped packet');
	await tess.request('call.hangup', { call: call.id });
	assert.equal(await media.from.check(), 403, 'the browser\'s next check says that it is over');
	media.close();
});

test('where video is off, its packets do not pass and audio does', async () => {
	await server.editAccess('aldous', { off_actions: ['file', 'video'] });
	try {
		assert.equal((await tess.ask('call.place', { to: INES, video: true, sdp: offer(iceMake()) })).error.status, 403);
		const call = await talk(tess, ines, INES, false);
		const media = await flow(call);
		const before = (await counted(call.id)).legs[0].dropped;
		media.from.rtp(VIDEO);
		await until(async () => (await counted(call.id)).legs[0].dropped > before, 'a dropped picture');
		media.close();
		await tess.request('call.hangup', { call: call.id });
	} finally {
		await server.editAccess('aldous', { off_actions: ['file'] });
	}
});

test('decline, cancel and hang up are told to every device of both, and whose doing it was', async () => {
	const tablet = await line_of('ines');
	const ends = [
		['call.declined', async (call) => tablet.request('call.decline', { call: call.id }), ines, tess],
		['call.cancelled', async (call) => tess.request('call.hangup', { call: call.id }), tess, ines],
		['call.hangup', async (call) => {
			await answered(call, tess, tablet);
			await tablet.request('call.hangup', { call: call.id });
		}, ines, tess],
	];
	for (const [reason, act, mine, theirs] of ends) {
		const call = await place(tess, INES);
		await act(call);
		assert.deepEqual(await ended(mine, call.id), { reason, by: 'me', answer: null });
		assert.deepEqual(await ended(theirs, call.id), { reason, by: 'them', answer: null });
		assert.equal((await tess.ask('call.hangup', { call: call.id })).error.reason, 'call.gone');
	}
});

test('the callee can\'t hang up before answering, the caller can\'t answer, others see no call', async () => {
	const omar = await line_of('omar'), call = await place(tess, INES);
	assert.equal((await ines.ask('call.hangup', { call: call.id })).error.reason, 'call.state');
	assert.equal((await tess.ask('call.answer', { call: call.id, video: true })).error.reason, 'call.state');
	for (const op of ['call.answer', 'call.decline', 'call.hangup', 'call.sdp', 'mark.undo'])
		assert.equal((await omar.ask(op, { call: call.id, video: true, kind: 'offer', sdp: 'x' })).error.reason, 'call.gone');
	assert.deepEqual(await omar.settled(), []);
	await tess.request('call.hangup', { call: call.id });
});

test('who is in a call is rung beside it, once; who calls must leave or hold his own before', async () => {
	const omar = await line_of('omar'), ravi = await line_of('ravi');
	const call = await talk(tess, ines, INES);
	const sdp = offer(iceMake());
	assert.equal((await tess.ask('call.place', { to: RAVI, video: true, sdp })).error.reason, 'call.busy');
	assert.deepEqual(await ravi.settled(), []);
	const waiting = await place(omar, INES);
	assert.equal((await ines.next('call', (e) => e.call.id === waiting.id)).call.state, 'ringing');
	assert.equal((await ravi.ask('call.place', { to: INES, video: true, sdp })).error.reason, 'call.busy', 'one that waits is enough');
	assert.equal((await ines.ask('call.answer', { call: waiting.id, video: true })).error.reason, 'call.busy', 'the other one is neither held nor left');

	await ines.request('call.hold', { call: call.id, on: true });
	await ines.request('call.answer', { call: waiting.id, video: true });
	assert.equal((await ravi.ask('call.place', { to: INES, video: true, sdp })).error.reason, 'call.busy');
	assert.equal((await ines.ask('call.hold', { call: call.id, on: false })).error.reason, 'call.busy');
	const later = await people.ines.line();
	assert.deepEqual([later.snapshot.call, ...later.snapshot.calls].map(({ id }) => id).sort(), [call.id, waiting.id].sort());
	await later.close();
	await omar.request('call.hangup', { call: waiting.id });
	await ended(ines, waiting.id);
	assert.equal((await ines.request('call.hold', { call: call.id, on: false })).call.held, false);
	await ines.request('call.hangup', { call: call.id });
	await ended(tess, call.id);
	const next = await place(omar, INES);
	await omar.request('call.hangup', { call: next.id });
});

test('an offline callee is told at once, a call to oneself is none', async () => {
	const sdp = offer(iceMake());
	assert.equal((await tess.ask('call.place', { to: RAVI, video: true, sdp })).error.reason, 'call.offline');
	assert.equal((await tess.ask('call.place', { to: TESS, video: true, sdp })).error.reason, 'call.self');
});

test('presence follows lines and calls', async () => {
	const { presence } = await ines.request('watch', { addresses: [TESS, RAVI, 'made-up@brightwater.example'] });
	assert.deepEqual(presence.map((p) => p.state), ['available', 'offline', null]);
	const ravi = await line_of('ravi');
	const told = async (address) => (await ines.next('presence', (e) => e.address === address)).state;
	assert.equal(await told(RAVI), 'available');
	const call = await talk(tess, ravi, RAVI);
	assert.deepEqual([await told(TESS), await told(RAVI)], ['in_call', 'in_call']);
	await tess.request('call.hangup', { call: call.id });
	assert.deepEqual([await told(TESS), await told(RAVI)], ['available', 'available']);
	await ravi.close();
	assert.equal(await told(RAVI), 'offline');
});

test('who may not see presence does not learn it by calling: it rings until nobody answers', async () => {
	const world = demoWorld();
	tenantOf(world, 'aldous').external_access.off_actions = ['file', 'presence'];
	await server.load(world);
	try {
		assert.equal((await tess.request('watch', { addresses: [INES] })).presence[0].state, null);
		const call = await place(tess, RAVI);
		assert.equal(call.state, 'ringing');
		await tess.request('call.hangup', { call: call.id });

		const ravi = await line_of('ravi'), omar = await line_of('omar'), inside = await talk(ravi, ines, INES);
		const waiting = await place(omar, INES);	/* and no more than one */
		const busy = await place(tess, INES);
		assert.equal(busy.state, 'ringing');
		assert.equal((await ines.ask('call.answer', { call: busy.id, video: false })).error.reason, 'call.gone');
		await omar.request('call.hangup', { call: waiting.id });
		await ravi.request('call.hangup', { call: inside.id });
		await ines.next('call', state(inside.id, 'ended'));
		await tess.request('call.hangup', { call: busy.id });
		assert.deepEqual((await ines.settled()).filter((e) => e.call?.id === busy.id || e.address === TESS), []);
		await ravi.close();
	} finally {
		await server.load(demoWorld());
	}
});
