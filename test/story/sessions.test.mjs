// One's own sessions: seen, ended one by one or all others, with their lines and calls, at once and for good.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { state, talk } from '../harness/call.mjs';
import { Line } from '../harness/line.mjs';
import { PASSWORD, Server, demoWorld } from '../harness/server.mjs';

const TESS = 'tess@brightwater.example', INES = 'ines@aldous.example', LEA = 'lea@aldous.example';
const PHONE = 'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36';
const DESK = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0';

let server;
before(async () => {
	server = await Server.start({ world: demoWorld() });
	for (const address of [TESS, INES, LEA]) await server.setPassword(address);
});
after(() => server.stop());

async function open(address, agent) {
	const { status, body } = await server.api().ask('POST', '/v1/session', { body: { address, password: PASSWORD }, headers: agent ? { 'user-agent': agent } : {} });
	assert.equal(status, 200);
	return server.api(body.token);
}
const list = async (api) => (await api.get('/v1/me/sessions')).sessions;

test('one sees one\'s own, the newest first, and which one asks', async () => {
	const before = Date.now();
	const desk = await open(TESS, DESK), phone = await open(TESS, PHONE), program = await open(TESS, '<b>');
	await open(INES, DESK);
	const seen = await list(phone);
	assert.deepEqual(seen.map(({ browser, system, current }) => [browser, system, current]), [[null, null, false], ['Chrome', 'Android', true], ['Firefox', 'Linux', false]]);
	for (const { made, seen: at } of seen) {
		assert.ok(Date.parse(made) >= before - 1000 && Date.parse(made) <= Date.now());
		assert.ok(Date.parse(at) >= Date.parse(made));
	}
	assert.deepEqual((await list(desk)).map(({ id, current }) => [id, current]), seen.map(({ id }, i) => [id, i === 2]));
	assert.equal(await program.ask('DELETE', '/v1/me/sessions').then(({ status }) => status), 204);
	assert.equal((await list(program)).length, 1);
});

test('ending one closes its lines at once, and no other\'s; a restart does not bring it back', async () => {
	const desk = await open(TESS, DESK), phone = await open(TESS, PHONE);
	const mine = await (await server.person(TESS)).line();
	const lost = await Line.open({ ...server, token: phone.token });
	const [{ id }] = (await list(desk)).filter(({ system }) => system === 'Android');
	assert.equal((await desk.ask('DELETE', `/v1/me/sessions/${id}`)).status, 204);
	assert.equal(await lost.closed, 4401);
	assert.deepEqual(await mine.settled(), []);
	assert.equal((await phone.ask('GET', '/v1/me')).status, 401);
	const again = await desk.ask('DELETE', `/v1/me/sessions/${id}`);
	assert.deepEqual([again.status, again.body.reason], [404, 'not_found']);
	await mine.close();
	await server.kill9();
	await server.restart();
	assert.equal((await server.api(phone.token).ask('GET', '/v1/me')).status, 401);
	assert.equal((await server.api(desk.token).ask('GET', '/v1/me')).status, 200);
});

test('another\'s session is nobody\'s', async () => {
	const ines = await open(INES, DESK), tess = await open(TESS, PHONE);
	const [{ id }] = await list(ines);
	const absent = await tess.ask('DELETE', '/v1/me/sessions/999999');
	for (const other of [id, '0', '1e3', '-1', '9'.repeat(40)])
		assert.equal((await tess.ask('DELETE', `/v1/me/sessions/${other}`)).status, 404, other);
	assert.equal((await tess.ask('DELETE', `/v1/me/sessions/${id}`)).text, absent.text);
	assert.equal((await ines.ask('GET', '/v1/me')).status, 200);
});

test('ending all others ends the call on one of them; this one stays', async () => {
	const caller = await server.person(LEA), callee = await server.person(INES), other = await server.person(INES);
	const lines = [await caller.line(), await callee.line(), await other.line()];
	const call = await talk(lines[0], lines[1], INES);
	assert.equal((await other.api.ask('DELETE', '/v1/me/sessions')).status, 204);
	assert.equal(await lines[1].closed, 4401);
	await lines[0].next('call', state(call.id, 'ended'));
	assert.equal((await callee.api.ask('GET', '/v1/me')).status, 401);
	assert.equal((await list(other.api)).length, 1);
	for (const line of [lines[0], lines[2]]) await line.close();
});

const skip = spawnSync('sqlite3', ['--version']).error ? 'sqlite3 is not there' : false;

test('fifty an account: with one more the one that was not seen for longest ends, with its line', { skip }, async () => {
	const desk = await open(LEA, DESK);
	await desk.ask('DELETE', '/v1/me/sessions');
	const old = await open(LEA, PHONE);
	await server.halt();
	spawnSync('sqlite3', [join(server.settings.data, 'farhand.db'), `
		UPDATE session SET made = made - 300000, seen = made - 300000 WHERE account = (SELECT id FROM account WHERE address = '${LEA}') AND system = 'Android';
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 48)
			INSERT INTO session (hash, account, made, expires, seen) SELECT randomblob(32), account, made, expires, made FROM session, n WHERE account = (SELECT id FROM account WHERE address = '${LEA}') AND system = 'Linux';`]);
	await server.restart();
	const line = await Line.open({ ...server, token: old.token });
	assert.equal((await list(server.api(desk.token))).length, 50);
	const fresh = await open(LEA, DESK);
	assert.equal(await line.closed, 4401);
	assert.equal((await server.api(old.token).ask('GET', '/v1/me')).status, 401);
	assert.equal((await list(fresh)).length, 50);
	assert.equal((await server.api(desk.token).ask('GET', '/v1/me')).status, 200);
});
