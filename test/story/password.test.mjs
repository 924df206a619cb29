// Passwords: by a link, one's own, one that must be changed; and what a password may be.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { PASSWORD, Server, demoWorld, tenantOf } from '../harness/server.mjs';

const TESS = 'tess@brightwater.example', NORA = 'nora@brightwater.example', OMAR = 'omar@brightwater.example', INES = 'ines@aldous.example';
const KNOWN = 'correct horse battery', NEW = 'a whole new pass phrase';

let server, folder, nora;
before(async () => {
	const hash = (text) => createHash('sha1').update(text).digest('hex').toUpperCase();
	folder = mkdtempSync(join(tmpdir(), 'farhand-known-'));
	const known = [KNOWN, ...Array.from({ length: 500 }, (_, i) => `known ${i}`)].map(hash).sort();
	writeFileSync(join(folder, 'known'), known.map((line, i) => `${line}:${i}\r\n`).join(''));
	server = await Server.start({ world: demoWorld(), owners: [NORA], settings: { 'password.length': 12, 'password.breached': join(folder, 'known') } });
	nora = await server.person(NORA);
});
after(async () => {
	await server.stop();
	rmSync(folder, { recursive: true });
});

let clients = 20;
/* Each from an address of its own: what is asked here is not how often one may try. */
const open = (address, password, more = {}) => server.api(null, `127.0.0.${clients++}`).ask('POST', '/v1/session', { body: { address, password, ...more } });
const link = async (address, api = nora.api) => (await api.post(`/v1/accounts/${address}/password-link`)).path.match(/^\/password#([\w-]{43})$/)[1];
const check = (token) => server.api().ask('POST', '/v1/password-link/check', { body: { token } });
const use = (token, password) => server.api().ask('POST', '/v1/password-link/use', { body: { token, password } });
const gone = ({ status, body }) => assert.deepEqual([status, body.reason], [404, 'link.gone']);

test('an invitation sets the first password, once', async () => {
	const token = await link(OMAR);
	const { body } = await check(token);
	assert.deepEqual([body.address, body.name, body.first, body.password_chars], [OMAR, 'Omar Haddad', true, 12]);
	assert.ok(Date.parse(body.expires) > Date.now() + 47 * 3600e3 && Date.parse(body.expires) < Date.now() + 49 * 3600e3);
	assert.equal((await open(OMAR, NEW)).status, 401);
	assert.equal((await use(token, NEW)).status, 204);
	assert.equal((await open(OMAR, NEW)).status, 200);
	gone(await check(token));
	gone(await use(token, 'yet another pass phrase'));
	assert.equal((await open(OMAR, NEW)).status, 200);
});

test('a lost password: the link ends the sessions there were; a newer link replaces it', async () => {
	const tess = await server.person(TESS), line = await tess.line();
	const first = await link(TESS), second = await link(TESS);
	gone(await check(first));
	assert.equal((await check(second)).body.first, false);
	assert.equal((await tess.api.ask('GET', '/v1/me')).status, 200);
	assert.equal((await use(second, NEW)).status, 204);
	assert.equal(await line.closed, 4401);
	assert.equal((await tess.api.ask('GET', '/v1/me')).status, 401);
	assert.equal((await open(TESS, PASSWORD)).status, 401);
	assert.equal((await open(TESS, NEW)).status, 200);
});

test('two who use one link at once: one of them', async () => {
	const token = await link(TESS);
	const answers = await Promise.all([use(token, 'the first pass phrase'), use(token, 'the second pass phrase')]);
	assert.deepEqual(answers.map(({ status }) => status).sort(), [204, 404]);
	const won = answers[0].status === 204 ? 'the first pass phrase' : 'the second pass phrase';
	assert.equal((await open(TESS, won)).status, 200);
});

test('a link dies with a new password, and with its account', async () => {
	const made_up = await check('x'.repeat(43));
	gone(made_up);
	let token = await link(TESS);
	await server.setPassword(TESS);
	assert.equal((await check(token)).text, made_up.text);
	token = await link(TESS);
	const world = demoWorld();
	tenantOf(world, 'brightwater').accounts.find(({ address }) => address === TESS).enabled = false;
	await server.load(world);
	assert.equal((await check(token)).text, made_up.text);
	assert.equal((await nora.api.ask('POST', `/v1/accounts/${TESS}/password-link`)).body.reason, 'identity.disabled');
	await server.load(demoWorld());
	assert.equal((await check(token)).text, made_up.text);
});

test('a link survives a crash, and is kept as a hash only', async () => {
	const token = await link(TESS);
	await server.kill9();
	await server.restart();
	nora = await server.person(NORA);
	assert.equal((await check(token)).status, 200);
	assert.equal((await use(token, NEW)).status, 204);
	await server.kill9();
	await server.restart();
	nora = await server.person(NORA);
	gone(await check(token));
	assert.equal((await open(TESS, NEW)).status, 200);
	assert.doesNotMatch(server.log(), new RegExp(token));
});

test('one\'s own password: the old one is asked, the other sessions end, this one stays', async () => {
	const desk = await server.person(INES), phone = await server.person(INES);
	const lines = [await desk.line(), await phone.line()];
	const put = (body) => desk.api.ask('PUT', '/v1/me/password', { body });
	const wrong = await put({ password: 'not the password', new_password: NEW });
	assert.deepEqual([wrong.status, wrong.body.reason], [403, 'password.wrong']);
	assert.equal((await phone.api.ask('GET', '/v1/me')).status, 200);
	assert.equal((await put({ password: PASSWORD, new_password: NEW })).status, 204);
	assert.equal(await lines[1].closed, 4401);
	assert.equal((await phone.api.ask('GET', '/v1/me')).status, 401);
	assert.equal((await desk.api.ask('GET', '/v1/me')).status, 200);
	assert.deepEqual(await lines[0].settled(), []);
	assert.equal((await open(INES, PASSWORD)).status, 401);
	assert.equal((await open(INES, NEW)).status, 200);
	await lines[0].close();
});

test('who has a screen, but not the password, may not guess on', async () => {
	await server.setPassword(INES);
	const desk = await server.person(INES);
	let refused, tries = 0;
	do {
		refused = await desk.api.ask('PUT', '/v1/me/password', { body: { password: `guess ${tries++}`, new_password: NEW } });
	} while (refused.status === 403 && tries < 40);
	assert.deepEqual([refused.status, refused.body.reason], [429, 'session.throttled']);
	assert.ok(Number(refused.headers['retry-after']) >= 1);
});

test('a password that must be changed opens nothing until it is', async () => {
	await nora.api.fetch('PUT', `/v1/accounts/${TESS}/password`, { body: { password: 'given by the admin', must_change: true } });
	const wrong = await open(TESS, 'another guess at it');
	assert.equal(wrong.body.reason, 'session.refused');
	const asked = await open(TESS, 'given by the admin');
	assert.deepEqual([asked.status, asked.body.reason, asked.headers['set-cookie']], [403, 'password.change', undefined]);
	/* Whoever does not know the password learns nothing. */
	assert.equal((await open(TESS, 'another guess at it', { new_password: NEW })).text, wrong.text);
	assert.equal((await open(TESS, 'given by the admin', { new_password: 'short' })).body.field, '/new_password');
	assert.equal((await open(TESS, 'given by the admin', { new_password: KNOWN })).body.field, '/new_password');
	assert.equal((await open(TESS, 'given by the admin', { new_password: NEW })).status, 200);
	assert.equal((await open(TESS, 'given by the admin')).status, 401);
	assert.equal((await open(TESS, NEW)).status, 200);
});

test('rules: length in characters, not the address, not what others know; spaces and any script are fine', async () => {
	const put = (password) => nora.api.ask('PUT', `/v1/accounts/${OMAR}/password`, { body: { password } });
	const refused = async (password, reason, least) => {
		const { status, body } = await put(password);
		assert.deepEqual([status, body.reason, body.field, body.least], [400, reason, '/password', least], password);
	};
	await refused('eleven char', 'password.short', 12);
	await refused('üüüüüüüüüüü', 'password.short', 12);
	await refused(OMAR.toUpperCase(), 'password.address');
	await refused(KNOWN, 'password.known');
	for (const fine of ['twelve chars', 'üüüüüüüüüüüü', '            ', '正しい馬の電池のホチキスです']) {
		assert.equal((await put(fine)).status, 204, fine);
		assert.equal((await open(OMAR, fine)).status, 200, fine);
	}
});

test('a list that is none stops the start', async () => {
	writeFileSync(join(folder, 'none'), 'password\n123456\n');
	for (const name of ['none', 'absent'])
		await assert.rejects(Server.start({ settings: { 'password.breached': join(folder, name) } }), /password\.breached|farhandd ended with 1/);
});
