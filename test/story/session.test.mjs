// Signing in and out.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Api } from '../harness/api.mjs';
import { Line } from '../harness/line.mjs';
import { PASSWORD, Server, demoWorld } from '../harness/server.mjs';

const TESS = 'tess@brightwater.example', INES = 'ines@aldous.example', NOBODY = 'nobody@brightwater.example';

let server;
before(async () => {
	server = await Server.start({ world: demoWorld(), owners: [INES] });
	await server.setPassword(TESS);
	await server.setPassword(INES);
});
after(() => server.stop());

const open = (address, password, from) => server.api(null, from).ask('POST', '/v1/session', { body: { address, password } });

test('the right password opens a session, for programs and for pages', async () => {
	const { status, headers, body } = await open(TESS, PASSWORD);
	assert.equal(status, 200);
	assert.equal(body.me.person.address, TESS);
	assert.ok(Date.parse(body.expires) > Date.now());
	assert.equal(headers['cache-control'], 'no-store');
	const [cookie] = headers['set-cookie'];
	assert.match(cookie, /^__Host-farhand=[^;]+; Path=\/; Secure; HttpOnly; SameSite=Strict; Max-Age=\d+$/);

	const by_token = await server.api(body.token).get('/v1/me');
	const by_cookie = await server.api().ask('GET', '/v1/me', { headers: { cookie: cookie.split(';')[0] } });
	assert.deepEqual(by_token, by_cookie.body);
	assert.deepEqual(by_token, body.me);
});

test('an address is read as people type it', async () => {
	assert.equal((await open('Tess@BRIGHTWATER.example', PASSWORD)).status, 200);
});

test('a wrong password, nobody\'s address and a malformed one are the same answer', async () => {
	const wrong = await open(TESS, 'not-the-password');
	assert.equal(wrong.status, 401);
	assert.equal(wrong.body.reason, 'session.refused');
	assert.equal(wrong.headers['set-cookie'], undefined);
	assert.equal((await open(NOBODY, PASSWORD)).text, wrong.text);
	assert.equal((await open('no address at all', PASSWORD)).text, wrong.text);
	/* Known, but nobody ever gave him a password. */
	assert.equal((await open('omar@brightwater.example', PASSWORD)).text, wrong.text);
});

test('too many tries wait, with Retry-After; another address still signs in', async () => {
	const from = '127.0.0.9';
	let refused;
	for (let tries = 0; tries < 40 && refused?.status !== 429; tries++) refused = await open('guess@brightwater.example', 'x'.repeat(8), from);
	assert.equal(refused.status, 429);
	assert.equal(refused.body.reason, 'session.throttled');
	assert.ok(Number(refused.headers['retry-after']) >= 1);
	assert.equal((await open(INES, PASSWORD, from)).status, 200);
});

test('guessing is slowed for a known address as for an unknown one', async () => {
	for (const address of ['lea@aldous.example', 'unknown@aldous.example']) {
		let tries = 0, refused;
		do {
			refused = await open(address, 'a wrong guess', '127.0.0.8');
			tries++;
		} while (refused.status === 401 && tries < 40);
		assert.equal(refused.status, 429, address);
		assert.ok(tries > 5, `${address}: ${tries}`);
	}
});

test('me', async () => {
	const ines = await server.person(INES);
	assert.deepEqual(await ines.api.get('/v1/me'), {
		person: {
			address: INES, name: 'Ines Duarte', title: 'Pump expert', kind: 'internal',
			tenant: { id: 'aldous', name: 'Aldous Pumps', domain: 'aldous.example' }, technician: false, lookalike: null,
		},
		roles: ['owner'],
		tenant: { id: 'aldous', name: 'Aldous Pumps', domain: 'aldous.example', domains: ['aldous.example'] },
		joined: null,
		second_factor_due: false,
	});
});

test('signing out ends the session\'s lines with a goodbye, and no other session\'s', async () => {
	const phone = await server.person(TESS), desk = await server.person(TESS);
	const lines = [await phone.line(), await phone.line()], other = await desk.line();
	assert.equal((await phone.api.ask('DELETE', '/v1/session')).status, 204);
	for (const line of lines) {
		assert.equal(await line.closed, 4401);
		assert.equal(line.log.at(-1).ev, 'bye');
		assert.equal(line.log.at(-1).reason, 'session.ended');
	}
	assert.equal((await phone.api.ask('GET', '/v1/me')).status, 401);
	assert.equal((await desk.api.ask('GET', '/v1/me')).status, 200);
	assert.deepEqual(await other.settled(), []);
	await other.close();
});

test('a new password ends every session of the account', async () => {
	const tess = await server.person(TESS), line = await tess.line();
	await server.setPassword(TESS);
	assert.equal(await line.closed, 4401);
	assert.equal((await tess.api.ask('GET', '/v1/me')).status, 401);
});

test('who signs in with the old password while a new one is set is out', async () => {
	for (let round = 0; round < 10; round++) {
		const address = round % 2 ? 'ravi@aldous.example' : 'omar@brightwater.example';
		if (round < 2) await server.setPassword(address);
		const old = open(address, PASSWORD);
		await Promise.all([old, server.setPassword(address)]);
		const { status, body } = await old;
		/* Let in before and thrown out again, or refused. */
		if (status === 200) assert.equal((await server.api(body.token).ask('GET', '/v1/me')).status, 401, `round ${round}`);
		else assert.equal(status, 401);
	}
});

test('a line needs a session, its own page\'s origin, and hello first', async () => {
	const tess = await server.person(TESS);
	const refused = (options) => assert.rejects(Line.open({ ...server, ...options }), /Unexpected server response: 40[13]/);
	await refused({});
	await refused({ token: 'x'.repeat(43) });
	await refused({ token: tess.token, headers: { origin: 'https://elsewhere.example' } });
	await refused({ headers: { cookie: `__Host-farhand=${tess.token}` } });

	const page = await Line.open({ ...server, headers: { cookie: `__Host-farhand=${tess.token}`, origin: `https://127.0.0.1:${server.port}` } });
	assert.equal(page.snapshot.me.person.address, TESS);
	await page.close();

	const rash = await tess.line({ hello: false });
	assert.equal((await rash.ask('watch', { addresses: [] })).error.field, '/op');
	await rash.request('hello', { since: null });
	await rash.close();

	const silent = await tess.line({ hello: false });
	assert.equal(await silent.closed, 4408);
});

test('a page of another site can change nothing with the cookie', async () => {
	const tess = await server.person(TESS);
	const { status, body } = await new Api({ ...server }).ask('POST', '/v1/conversations', {
		body: { with: INES }, headers: { cookie: `__Host-farhand=${tess.token}`, origin: 'https://elsewhere.example' },
	});
	assert.equal(status, 403);
	assert.equal(body.reason, 'request.origin');
});
