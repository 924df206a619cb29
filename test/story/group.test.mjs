// A third person in a call: every pair asked, each pair its own; who joins, leaves, is removed; a rule closes just the pair it is about.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { state, talk } from '../harness/call.mjs';
import { answer, iceMake, offer } from '../harness/sdp.mjs';
import { Server, demoWorld, tenantOf } from '../harness/server.mjs';

const INES = 'ines@aldous.example', TESS = 'tess@brightwater.example', JONAS = 'jonas@castellan.example';

/* Brightwater lets in whom it lists: with Castellan all three may meet, without it just Tess and Jonas may not. */
function worldWith(...allow) {
	const world = demoWorld();
	tenantOf(world, 'brightwater').external_access.allow = ['aldous.example', ...allow];
	return world;
}

let server, people, ines, tess, jonas;
before(async () => {
	server = await Server.start({ world: demoWorld() });
	people = { ines: await server.person(INES), tess: await server.person(TESS), jonas: await server.person(JONAS) };
});
after(() => server.stop());
beforeEach(async () => {
	await server.load(worldWith('castellan.example'));
	[ines, tess, jonas] = [await people.ines.line(), await people.tess.line(), await people.jonas.line()];
});
afterEach(async () => {
	for (const line of [ines, tess, jonas]) await line.close();
});

const joined = (id, address, its) => (e) => e.call.id === id && e.call.parties.some((one) => one.person.address === address && one.state === its);

/** Tess calls Ines, who adds Jonas; he answers and offers to both. */
async function three() {
	const { id } = await talk(tess, ines, INES);
	await ines.request('call.add', { call: id, to: JONAS });
	await jonas.next('call', state(id, 'ringing'));
	await tess.next('call', joined(id, JONAS, 'ringing'));
	const reply = await jonas.request('call.answer', { call: id, video: true });
	assert.equal(reply.sdp, null);
	for (const [line, address] of [[tess, TESS], [ines, INES]]) {
		await line.next('call', joined(id, JONAS, 'talking'));
		await jonas.request('call.sdp', { call: id, with: address, kind: 'offer', sdp: offer(iceMake()) });
		assert.equal((await line.next('sdp', (e) => e.from === JONAS)).kind, 'offer');
		await line.request('call.sdp', { call: id, with: JONAS, kind: 'answer', sdp: answer(iceMake()) });
		assert.equal((await jonas.next('sdp', (e) => e.from === address)).kind, 'answer');
	}
	return id;
}

test('a third joins; one leaves and the others talk on; the last two end it', async () => {
	const id = await three();
	const { calls } = await server.operator.get('/v1/calls');
	assert.deepEqual(calls.find((one) => one.id === id).pairs.map((pair) => pair.open), [true, true, true]);
	await ines.request('call.hangup', { call: id });
	assert.equal((await ines.next('call', state(id, 'ended'))).call.ended.by, 'me');
	const { call } = await tess.next('call', (e) => e.call.left.length === 1);
	assert.deepEqual([call.state, call.left[0].address, call.left[0].reason], ['talking', INES, 'call.hangup']);
	assert.deepEqual(call.parties.map((one) => one.person.address), [JONAS]);
	await jonas.request('call.hangup', { call: id });
	assert.equal((await tess.next('call', state(id, 'ended'))).call.ended.reason, 'call.hangup');
});

test('only the host removes', async () => {
	const id = await three();
	assert.equal((await ines.ask('call.remove', { call: id, with: JONAS })).error.reason, 'call.not_host');
	await tess.request('call.remove', { call: id, with: JONAS });
	assert.equal((await jonas.next('call', state(id, 'ended'))).call.ended.reason, 'call.removed');
	await tess.request('call.hangup', { call: id });
	await ines.next('call', state(id, 'ended'));
});

test('a closed pair refuses the add; a pair that closes later ends alone', async () => {
	const close = () => server.load(worldWith());
	await close();
	const { id } = await talk(tess, ines, INES);
	assert.equal((await ines.ask('call.add', { call: id, to: JONAS })).error.reason, 'unreachable');
	assert.deepEqual(await jonas.settled(), []);
	await tess.request('call.hangup', { call: id });
	await ines.next('call', state(id, 'ended'));
	await server.load(worldWith('castellan.example'));
	const group = await three();
	await close();
	const { calls } = await server.operator.get('/v1/calls');
	assert.deepEqual(calls.find((one) => one.id === group).pairs.map((pair) => [pair.between.includes(INES), pair.open]), [[true, true], [false, false], [true, true]]);
	const told = await tess.next('call', (e) => e.call.id === group && e.call.parties.some((one) => one.closed));
	assert.equal(told.call.parties.find((one) => one.closed).person.address, JONAS);
	assert.equal(told.call.state, 'talking');
	await ines.request('call.hangup', { call: group });
	/* Those two have nobody left. */
	await tess.next('call', state(group, 'ended'));
	await jonas.next('call', state(group, 'ended'));
});
