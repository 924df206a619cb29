// A call outlives the server: stopped or killed, the next start takes it up where the rules still allow it, and media goes on.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { flow, state, talk, until } from '../harness/call.mjs';
import { Server, demoWorld, tenantOf } from '../harness/server.mjs';

const INES = 'ines@aldous.example', TESS = 'tess@brightwater.example', JONAS = 'jonas@castellan.example', GUEST = 'otto@outside.example';

function worldWith(expires = null) {
	const world = demoWorld(), aldous = tenantOf(world, 'aldous');
	tenantOf(world, 'brightwater').external_access.allow = ['aldous.example', 'castellan.example'];
	aldous.accounts.push({ home: GUEST, state: 'accepted', name: 'Otto', expires });
	return world;
}

let server, people;
before(async () => {
	server = await Server.start({ world: worldWith() });
	people = { ines: await server.person(INES), tess: await server.person(TESS), jonas: await server.person(JONAS) };
});
after(() => server.stop());

const lines = () => Promise.all([people.tess.line(), people.ines.line()]);

/* Kept within a tick: nobody announces it. */
const kept = () => until(() => server.operator.get('/v1/calls').then(() => new Promise((done) => setTimeout(() => done(true), 600))));

async function again(end) {
	await kept();
	await (end === 'kill' ? server.kill9() : server.halt());
	await server.restart({ same: true });
	for (const person of Object.values(people)) person.api = server.api(person.token);
}

for (const end of ['kill', 'stop']) {
	test(`after a ${end} the same legs carry media again, and the lines take the call up`, async () => {
		const [tess, ines] = await lines();
		const call = await talk(tess, ines, INES);
		const media = await flow(call);
		await again(end);
		assert.deepEqual(await Promise.all([media.from.check(), media.to.check()]), [200, 200]);
		const heard = [media.from.received, media.to.received];
		await until(() => media.from.received > heard[0] + 20 && media.to.received > heard[1] + 20, 'media after the start');
		media.close();
		const [back, there] = await lines();
		for (const line of [back, there]) {
			assert.deepEqual([line.snapshot.call.id, line.snapshot.call.state, line.snapshot.call.here], [call.id, 'talking', true]);
		}
		await back.request('call.hangup', { call: call.id });
		assert.equal((await there.next('call', state(call.id, 'ended'))).call.ended.reason, 'call.hangup');
		const [row] = (await people.ines.api.get('/v1/calls/history?limit=1')).calls;
		assert.deepEqual([row.call, row.reason, row.direction], [call.id, 'call.hangup', 'in']);
		await back.close();
		await there.close();
	});
}

test('what is over stays over', async () => {
	const [tess, ines] = await lines();
	const call = await talk(tess, ines, INES);
	await kept();
	await tess.request('call.hangup', { call: call.id });
	await ines.next('call', state(call.id, 'ended'));
	await again('kill');
	const line = await people.ines.line();
	assert.equal(line.snapshot.call, null);
	await line.close();
});

test('a group comes back with all its pairs; for whom it rang, it rings no more', async () => {
	const [tess, ines] = await lines(), jonas = await people.jonas.line();
	const call = await talk(tess, ines, INES);
	await tess.request('call.add', { call: call.id, to: JONAS });
	await jonas.next('call', state(call.id, 'ringing'));
	await again('kill');
	const [back, there] = await lines(), other = await people.jonas.line();
	assert.equal(other.snapshot.call, null);
	assert.deepEqual(back.snapshot.call.parties.map((one) => [one.person.address, one.state]), [[INES, 'talking']]);
	await back.request('call.add', { call: call.id, to: JONAS });
	await other.next('call', state(call.id, 'ringing'));
	await other.request('call.answer', { call: call.id, video: true });
	await again('kill');
	const three = [...await lines(), await people.jonas.line()];
	for (const line of three) assert.deepEqual(line.snapshot.call.parties.map((one) => one.state), ['talking', 'talking']);
	assert.deepEqual((await server.operator.get('/v1/calls')).calls[0].pairs.map((pair) => pair.open), [true, true, true]);
	for (const line of three.slice(0, 2)) await line.request('call.hangup', { call: call.id });
	await three[2].next('call', state(call.id, 'ended'));
	for (const line of three) await line.close();
});

test('what the rules no longer allow at the start is over, with its reason in the record', async () => {
	const guest = `otto=outside.example@aldous.example`;
	await server.setPassword(guest);
	people.otto = await server.person(guest);
	const soon = Date.now() + 4000;
	await server.load(worldWith(new Date(soon).toISOString()));
	const [otto, ines] = [await people.otto.line(), await people.ines.line()];
	const call = await talk(ines, otto, guest);
	await kept();
	await server.kill9();
	await until(() => Date.now() > soon + 100, 'the end of the guest\'s time');
	await server.restart({ same: true });
	for (const person of Object.values(people)) person.api = server.api(person.token);
	assert.deepEqual((await server.operator.get('/v1/calls')).calls.filter((one) => one.id === call.id && one.state !== 'ended'), []);
	const row = await until(async () => (await people.ines.api.get('/v1/calls/history?limit=1')).calls.find((one) => one.call === call.id), 'the record');
	assert.equal(row.reason, 'guest.expired');
});
