// A sharp picture is asked of the other's camera: who may ask, whom, how often; and what was sent in a call stands in its summary.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { state, talk, until } from '../harness/call.mjs';
import { png, sendFile } from '../harness/file.mjs';
import { Server, demoWorld, tenantOf } from '../harness/server.mjs';

const INES = 'ines@aldous.example', TESS = 'tess@brightwater.example', MARTA = 'marta@aldous.example';

let server, world, people, ines, tess, call;
before(async () => {
	world = demoWorld();
	for (const tenant of ['aldous', 'brightwater']) tenantOf(world, tenant).external_access.off_actions = [];
	server = await Server.start({ world });
	people = { ines: await server.person(INES), tess: await server.person(TESS), marta: await server.person(MARTA) };
	[ines, tess] = [await people.ines.line(), await people.tess.line()];
	call = await talk(tess, ines, INES);
	await tess.request('call.status', { call: call.id, muted: false, camera: true });
});
after(() => server.stop());

const still = (line, keys) => line.request('call.still', { call: call.id, with: TESS, client_id: 'photo-1', ...keys });
const refusal = (promise) => promise.then(() => assert.fail('was not refused'), ({ error }) => error);

test('the page whose camera it is hears who asks, and the id of the message to send', async () => {
	await still(ines, {});
	const heard = await tess.next('still');
	assert.deepEqual([heard.call, heard.by, heard.client_id], [call.id, INES, 'photo-1']);
	const again = await refusal(still(ines, { client_id: 'photo-2' }));
	assert.deepEqual([again.reason, again.status], ['request.too_many', 429]);
});

test('bad keys are named', async () => {
	for (const [keys, field] of [[{ client_id: 'a b' }, '/client_id'], [{ client_id: 3 }, '/client_id'], [{ with: MARTA }, '/with'], [{ size: 1 }, '/size']])
		assert.equal((await refusal(still(ines, keys))).field, field);
});

test('not of a camera that is off, nor from a line that does not carry the call, nor by somebody else', async () => {
	assert.equal((await refusal(still(tess, { with: INES }))).reason, 'call.state', 'hers is off');
	const desk = await people.ines.line();
	assert.equal((await refusal(still(desk, {}))).reason, 'call.state');
	await desk.close();
	const marta = await people.marta.line();
	assert.equal((await refusal(still(marta, {}))).status, 404);
	await marta.close();
	await tess.request('call.status', { call: call.id, muted: false, camera: false });
	assert.equal((await refusal(still(ines, {}))).reason, 'call.state');
	await tess.request('call.status', { call: call.id, muted: false, camera: true });
});

test('that one draws on a still is told, and forgotten when it is over', async () => {
	const party = (line, frozen) => line.next('call', (e) => e.call.parties[0]?.frozen === frozen);
	await ines.request('call.status', { call: call.id, frozen: true });
	await party(tess, true);
	await ines.request('call.status', { call: call.id, frozen: false });
	await party(tess, false);
});

test('what was sent while it went on is in the summaries of both, and of nobody else; what is deleted is not', async () => {
	const { id } = await people.tess.api.post('/v1/conversations', { with: INES });
	const other = await people.tess.api.post('/v1/conversations', { with: MARTA });
	const photo = await sendFile(people.tess.api, id, 'Photo.png', png(64, 48), 'Photo 1');
	const wrong = await sendFile(people.ines.api, id, 'wrong.png', png(32, 32));
	await sendFile(people.tess.api, other.id, 'elsewhere.png', png(16, 16));
	await ines.request('delete', { conversation: id, seq: wrong.seq });
	await tess.request('call.hangup', { call: call.id });
	await ines.next('call', state(call.id, 'ended'));
	const summary = (who) => until(async () => (await who.api.ask('GET', `/v1/calls/${call.id}`)).body?.files, 'the summary');
	for (const who of [people.ines, people.tess]) {
		const files = await summary(who);
		assert.deepEqual(files.map(({ id: message, from, text, file }) => [message, from, text, file.name, file.width]), [[photo.id, TESS, 'Photo 1', 'Photo.png', 64]]);
	}
});

test('of two calls each has its own, in a long conversation', async () => {
	const { id } = await people.tess.api.post('/v1/conversations', { with: INES });
	for (let i = 0; i < 30; i++)
		await tess.request('send', { conversation: id, client_id: `between-${i}`, text: `${i}` });
	await sleep(5);
	const second = await talk(tess, ines, INES);
	const sent = await sendFile(people.ines.api, id, 'plan.png', png(20, 10));
	await tess.request('call.hangup', { call: second.id });
	const files = await until(async () => (await people.ines.api.ask('GET', `/v1/calls/${second.id}`)).body?.files, 'the summary');
	assert.deepEqual(files.map(({ id: message }) => message), [sent.id]);
});

test('where the rules let him send no files he is not asked, and the asker hears why', async () => {
	call = await talk(tess, ines, INES);
	await tess.request('call.status', { call: call.id, muted: false, camera: true });
	tenantOf(world, 'brightwater').external_access.off_actions = ['file'];
	await server.load(world);
	const problem = await refusal(still(ines, { client_id: 'photo-9' }));
	assert.deepEqual([problem.status, problem.reason], [403, problem.answer.reason]);
	assert.equal(problem.answer.allowed, false);
	await tess.request('call.hangup', { call: call.id });
});
