// One's own place in a call: hold, another device of one's own, what the devices do.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { flow, state, talk, until } from '../harness/call.mjs';
import { answer, iceMake, offer } from '../harness/sdp.mjs';
import { Server, demoWorld } from '../harness/server.mjs';

const INES = 'ines@aldous.example', TESS = 'tess@brightwater.example';

let server, people, ines, tess;
before(async () => {
	server = await Server.start({ world: demoWorld() });
	people = { ines: await server.person(INES), tess: await server.person(TESS) };
});
after(() => server.stop());
beforeEach(async () => {
	[tess, ines] = await Promise.all([people.tess.line(), people.ines.line()]);
});
afterEach(async () => {
	await tess.close();
	await ines.close();
});

const partyIs = (id, its) => (e) => e.call.id === id && e.call.parties[0]?.state === its;
const end = async (id) => {
	await tess.request('call.hangup', { call: id });
	await ines.next('call', state(id, 'ended'));
};

test('on hold nothing passes either way; then it goes on', async () => {
	const call = await talk(tess, ines, INES);
	const media = await flow(call);
	const held = await ines.request('call.hold', { call: call.id, on: true });
	assert.equal(held.call.held, true);
	await tess.next('call', partyIs(call.id, 'held'));
	await sleep(200);	/* what the kernel still held for the receivers */
	const heard = [media.from.received, media.to.received];
	await sleep(400);
	assert.deepEqual([media.from.received, media.to.received], heard);
	assert.equal((await ines.request('call.hold', { call: call.id, on: true })).call.held, true, 'twice the same is no error');
	assert.equal((await ines.request('call.hold', { call: call.id, on: false })).call.held, false);
	await tess.next('call', partyIs(call.id, 'talking'));
	await until(() => media.from.received > heard[0] + 20 && media.to.received > heard[1] + 20, 'media again');
	media.close();
	await end(call.id);
});

test('what the devices do is told to the other, and only as bools', async () => {
	const call = await talk(tess, ines, INES);
	await ines.request('call.status', { call: call.id, muted: true, camera: true });
	const { call: told } = await tess.next('call', (e) => e.call.parties[0]?.muted);
	assert.deepEqual([told.parties[0].muted, told.parties[0].camera], [true, true]);
	assert.equal((await ines.ask('call.status', { call: call.id, muted: 'yes' })).error.field, '/muted');
	await end(call.id);
});

test('another device of one\'s own takes the call; the first lets go', async () => {
	const call = await talk(tess, ines, INES);
	const desk = await (await server.person(INES)).line();
	assert.deepEqual([desk.snapshot.call.id, desk.snapshot.call.here], [call.id, false]);
	const taken = await desk.request('call.take', { call: call.id });
	assert.equal(taken.call.here, true);
	await ines.next('call', (e) => e.call.id === call.id && e.call.here === false && e.call.state === 'talking');
	assert.equal((await ines.ask('call.sdp', { call: call.id, kind: 'offer', sdp: offer(iceMake()) })).error.reason, 'call.state');
	await desk.request('call.sdp', { call: call.id, kind: 'offer', sdp: offer(iceMake()) });
	assert.equal((await tess.next('sdp', (e) => e.call === call.id && e.kind === 'offer')).from, INES);
	await tess.request('call.sdp', { call: call.id, kind: 'answer', sdp: answer(iceMake()) });
	assert.equal((await desk.next('sdp')).kind, 'answer');
	await tess.request('call.hangup', { call: call.id });
	await desk.next('call', state(call.id, 'ended'));
	await desk.close();
});

test('of two pages of one session the one that has the media carries the call, whoever comes first', async () => {
	const call = await talk(tess, ines, INES);
	await ines.close();
	const idle = await people.ines.line();
	assert.equal(idle.snapshot.call.here, true, 'nobody else is there');
	const page = await people.ines.line({ hello: false });
	const hello = await page.request('hello', { since: null, carries: call.id });
	assert.deepEqual([hello.call.id, hello.call.here], [call.id, true]);
	assert.equal((await idle.next('call', (e) => e.call.id === call.id)).call.here, false);
	assert.equal((await page.ask('call.sdp', { call: call.id, kind: 'offer', sdp: offer(iceMake()) })).error, undefined);
	assert.equal((await page.ask('hello', { carries: 7 })).error.reason, 'request.field');
	await tess.request('call.hangup', { call: call.id });
	await page.next('call', state(call.id, 'ended'));
	await page.close();
	await idle.close();
	ines = await people.ines.line();
});
