// The second factor: switched on with a code, asked for at sign-in, each code once; recovery codes; off again.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PASSWORD, Server, demoWorld } from '../harness/server.mjs';
import { totp } from '../harness/totp.mjs';

const TESS = 'tess@brightwater.example', NORA = 'nora@brightwater.example', OMAR = 'omar@brightwater.example';
/* Each test has a person of its own: ten sign-ins a minute are enough for people, not for tests. */
const RAVI = 'ravi@aldous.example', LEA = 'lea@aldous.example', MARTA = 'marta@aldous.example';

let server, nora, tess;
before(async () => {
	server = await Server.start({ world: demoWorld(), owners: [NORA] });
	nora = await server.person(NORA);
	tess = await server.person(TESS);
	await server.setPassword(OMAR);
});
after(() => server.stop());

let clients = 20;
const open = (address, more = {}) => server.api(null, `127.0.0.${clients++}`).ask('POST', '/v1/session', { body: { address, password: PASSWORD, ...more } });
const path = '/v1/me/second-factor';
const is = ({ status, body }, wanted, reason) => assert.deepEqual([status, body?.reason], [wanted, reason]);

/* Switched on as a person would; what is left to use is the code of the next step, and the recovery codes. */
async function enrol(person) {
	const { secret } = await person.api.post(path, { password: PASSWORD });
	const { recovery } = await person.api.fetch('PUT', path, { body: { code: totp(secret, -1) } });
	return { secret, recovery };
}

test('it is on when a code was shown, and not before', async () => {
	assert.deepEqual(await tess.api.get(path), { on: false, required: false, recovery_left: 0 });
	is(await tess.api.ask('PUT', path, { body: { code: '000000' } }), 404, 'not_found');
	is(await tess.api.ask('POST', path, { body: { password: 'not the password' } }), 403, 'password.wrong');
	const first = await tess.api.post(path, { password: PASSWORD });
	assert.match(first.secret, /^[A-Z2-7]{32}$/);
	assert.equal(first.uri, `otpauth://totp/Farhand:${TESS}?secret=${first.secret}&issuer=Farhand`);
	assert.equal((await open(TESS)).status, 200);
	const { secret } = await tess.api.post(path, { password: PASSWORD });
	assert.notEqual(secret, first.secret);
	is(await tess.api.ask('PUT', path, { body: { code: totp(secret, 5) } }), 403, 'code.wrong');
	assert.deepEqual(await tess.api.get(path), { on: false, required: false, recovery_left: 0 });
	const { recovery } = await tess.api.fetch('PUT', path, { body: { code: totp(secret) } });
	assert.equal(new Set(recovery).size, 10);
	for (const code of recovery) assert.match(code, /^([a-z2-7]{4}-){3}[a-z2-7]{4}$/);
	assert.deepEqual(await tess.api.get(path), { on: true, required: false, recovery_left: 10 });
	is(await tess.api.ask('POST', path, { body: { password: PASSWORD } }), 409, 'factor.on');
	await tess.api.post(`${path}/off`, { password: PASSWORD });
});

test('sign-in asks for a code only behind the right password, and takes each code once', async () => {
	const ravi = await server.person(RAVI), { secret } = await enrol(ravi);
	const wrong = await open(RAVI, { password: 'not the password' });
	assert.equal((await open(RAVI, { password: 'not the password', code: totp(secret, 1) })).text, wrong.text);
	is(wrong, 401, 'session.refused');
	const asked = await open(RAVI);
	is(asked, 403, 'session.code');
	assert.equal(asked.headers['set-cookie'], undefined);
	is(await open(RAVI, { code: totp(secret, 5) }), 403, 'code.wrong');
	const code = totp(secret, 1);
	assert.equal((await open(RAVI, { code })).status, 200);
	is(await open(RAVI, { code }), 403, 'code.wrong');
	/* An account without one takes no notice. */
	assert.equal((await open(OMAR, { code: '000000' })).status, 200);
	await ravi.api.post(`${path}/off`, { password: PASSWORD });
	assert.equal((await open(RAVI)).status, 200);
});

test('two sign-ins with one code at once: one of them', async () => {
	const lea = await server.person(LEA), { secret, recovery } = await enrol(lea);
	for (const code of [totp(secret, 1), recovery[3]]) {
		const answers = await Promise.all([open(LEA, { code }), open(LEA, { code })]);
		assert.deepEqual(answers.map(({ status }) => status === 200).sort(), [false, true]);
	}
	await lea.api.post(`${path}/off`, { password: PASSWORD });
});

test('a recovery code stands for one, once, however it is written; a crash does not bring it back', async () => {
	const omar = await server.person(OMAR), { secret, recovery } = await enrol(omar);
	assert.equal((await open(OMAR, { code: recovery[0] })).status, 200);
	is(await open(OMAR, { code: recovery[0] }), 403, 'code.wrong');
	assert.equal((await open(OMAR, { code: ` ${recovery[1].toUpperCase().replaceAll('-', '')}` })).status, 200);
	assert.deepEqual(await omar.api.get(path), { on: true, required: false, recovery_left: 8 });
	await server.kill9();
	await server.restart();
	is(await open(OMAR, { code: recovery[1] }), 403, 'code.wrong');
	is(await open(OMAR), 403, 'session.code');
	assert.equal((await open(OMAR, { code: totp(secret, 1) })).status, 200);
	assert.doesNotMatch(server.log(), new RegExp(secret));
});

test('five wrong codes, and the right one waits too', async () => {
	nora = await server.person(NORA);
	const { secret } = await enrol(nora);
	for (let i = 0; i < 5; i++) is(await open(NORA, { code: `wrong ${i}` }), 403, 'code.wrong');
	const late = await open(NORA, { code: totp(secret, 1) });
	is(late, 429, 'session.throttled');
	assert.ok(Number(late.headers['retry-after']) > 60);
});

test('an owner switches it off for whoever lost it all; nobody else does', async () => {
	assert.equal((await nora.api.ask('DELETE', `/v1/accounts/${OMAR}/second-factor`)).status, 204);
	assert.equal((await nora.api.ask('DELETE', `/v1/accounts/${OMAR}/second-factor`)).status, 204);
	assert.equal((await open(OMAR)).status, 200);
});

test('a link for the password does not get round it', async () => {
	const { secret } = await enrol(await server.person(MARTA));
	const link = await server.operator.post(`/v1/accounts/${MARTA}/password-link`);
	await server.api().fetch('POST', '/v1/password-link/use', { body: { token: link.path.split('#')[1], password: PASSWORD } });
	is(await open(MARTA), 403, 'session.code');
	assert.equal((await open(MARTA, { code: totp(secret, 1) })).status, 200);
});
