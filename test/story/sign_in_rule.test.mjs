// An organisation may want a second factor of everybody: said before it is saved, in force at once, and never in the middle of a call.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { talk } from '../harness/call.mjs';
import { PASSWORD, Server, demoWorld } from '../harness/server.mjs';
import { totp } from '../harness/totp.mjs';

const NORA = 'nora@brightwater.example', TESS = 'tess@brightwater.example', OMAR = 'omar@brightwater.example';
const INES = 'ines@aldous.example';
const rule = '/v1/tenants/brightwater/sign-in-rule', factor = '/v1/me/second-factor';

let server, nora, tess, omar, ines, clients = 20;
const is = ({ status, body }, wanted, reason) => assert.deepEqual([status, body?.reason], [wanted, reason]);
const open = (address, more = {}) => server.api(null, `127.0.0.${clients++}`).ask('POST', '/v1/session', { body: { address, password: PASSWORD, ...more } });
const put = (who, word, headers = { 'if-match': '*' }) => who.api.ask('PUT', rule, { body: { second_factor: word }, headers });

async function enrol(person) {
	const { secret } = await person.api.post(factor, { password: PASSWORD });
	await person.api.fetch('PUT', factor, { body: { code: totp(secret) } });
	return secret;
}

before(async () => {
	server = await Server.start({ world: demoWorld(), owners: [NORA, INES] });
	[nora, tess, omar, ines] = await Promise.all([NORA, TESS, OMAR, INES].map((address) => server.person(address)));
});
after(() => server.stop());

test('the words are checked; the revision that was seen counts; who wants it has it', async () => {
	const { body, headers } = await nora.api.ask('GET', rule);
	assert.deepEqual(body, { second_factor: 'optional' });
	is(await put(nora, 'always'), 400, 'request.field');
	is(await nora.api.ask('PUT', rule, { body: {}, headers: { 'if-match': '*' } }), 400, 'request.field');
	assert.equal((await nora.api.ask('PUT', rule, { body })).status, 428);
	is(await put(nora, 'required'), 409, 'factor.first');
	assert.deepEqual(await nora.api.post(`${rule}/preview`, { second_factor: 'required' }), { people: 3, without: 3 });
	await enrol(nora);
	assert.deepEqual(await nora.api.post(`${rule}/preview`, { second_factor: 'required' }), { people: 3, without: 2 });
	assert.deepEqual(await nora.api.post(`${rule}/preview`, { second_factor: 'optional' }), { people: 3, without: 0 });
	assert.equal((await put(nora, 'optional', { 'if-match': headers.etag })).status, 200);
	is(await put(nora, 'optional', { 'if-match': headers.etag }), 412, 'revision.stale');
});

test('in force at once: requests are refused, lines end, a call is finished first; another organisation goes on', async () => {
	const [from, to, idle] = [await tess.line(), await ines.line(), await omar.line()];
	const call = await talk(from, to, INES);
	assert.equal((await put(nora, 'required')).status, 200);
	is(await omar.api.ask('GET', '/v1/conversations'), 403, 'factor.required');
	is(await tess.api.ask('GET', '/v1/people'), 403, 'factor.required');
	assert.equal((await ines.api.ask('GET', '/v1/people')).status, 200);
	assert.equal((await nora.api.ask('GET', '/v1/people')).status, 200);
	assert.equal(await idle.closed, 4403);
	assert.equal((await omar.api.get('/v1/me')).second_factor_due, true);
	await assert.rejects(omar.line());
	/* The call still goes, over a line that comes again too; with the call it ends. */
	const again = await tess.line({ replaces: from.snapshot.line });
	await again.request('call.status', { call: call.id, muted: true, camera: true });
	await to.request('call.hangup', { call: call.id });
	assert.equal(await again.closed, 4403);
});

test('set up, one goes on in the same session; it can\'t be switched off again', async () => {
	await enrol(omar);
	assert.equal((await omar.api.get('/v1/me')).second_factor_due, false);
	assert.equal((await omar.api.ask('GET', '/v1/conversations')).status, 200);
	await omar.line();
	is(await omar.api.ask('POST', `${factor}/off`, { body: { password: PASSWORD } }), 403, 'factor.required');
	assert.deepEqual(await omar.api.get(factor), { on: true, required: true, recovery_left: 10 });
});

test('who signs in without one may set it up, sign out, and nothing else', async () => {
	const { status, body } = await open(TESS);
	assert.deepEqual([status, body.me.second_factor_due], [200, true]);
	const api = server.api(body.token);
	is(await api.ask('POST', '/v1/device-codes/look', { body: { code: 'BBBB-BBBB' } }), 403, 'factor.required');
	is(await api.ask('DELETE', '/v1/me/sessions'), 403, 'factor.required');
	assert.deepEqual(await api.get(factor), { on: false, required: true, recovery_left: 0 });
	assert.equal((await api.ask('DELETE', '/v1/session')).status, 204);
	assert.equal((await api.ask('GET', '/v1/me')).status, 401);
});

test('an owner takes somebody\'s second factor back: until there is another, he waits', async () => {
	const line = await omar.line();
	assert.equal((await nora.api.ask('DELETE', `/v1/accounts/${OMAR}/second-factor`)).status, 204);
	is(await omar.api.ask('GET', '/v1/conversations'), 403, 'factor.required');
	assert.equal(await line.closed, 4403);
	await enrol(omar);
	assert.equal((await omar.api.ask('GET', '/v1/conversations')).status, 200);
});

test('it holds over a restart; optional again, everybody goes on', async () => {
	await server.halt();
	await server.restart();
	[tess, nora] = [tess, nora].map(({ address, token }) => server.holder(address, token));
	is(await tess.api.ask('GET', '/v1/conversations'), 403, 'factor.required');
	assert.equal((await put(nora, 'optional')).status, 200);
	assert.equal((await tess.api.ask('GET', '/v1/conversations')).status, 200);
	const rows = (await nora.api.get('/v1/tenants/brightwater/audit')).rows.filter(({ what }) => what === 'sign_in_rule.set');
	assert.deepEqual(rows.map(({ detail }) => detail.second_factor), ['optional', 'required', 'optional']);
});
