// A device that is hard to type on signs in by a short code that somebody allows elsewhere: once, in time, told, and seen in the audit.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server, demoWorld } from '../harness/server.mjs';

const TESS = 'tess@brightwater.example', OMAR = 'omar@brightwater.example';
const QUEST = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) OculusBrowser/34.0 Chrome/124.0 Safari/537.36';

let server, tess, omar;
before(async () => {
	server = await Server.start({ world: demoWorld(), settings: { 'requests.second': 1000 } });
	[tess, omar] = [await server.person(TESS), await server.person(OMAR)];
});
after(() => server.stop());

const begin = async () => (await server.api().ask('POST', '/v1/device-codes', { body: {}, headers: { 'user-agent': QUEST } })).body;
const wait = (ticket) => server.api().ask('POST', '/v1/device-codes/wait', { body: { ticket } });
const say = (who, code, allow) => who.api.ask('POST', '/v1/device-codes/answer', { body: { code, allow } });
const look = (who, code) => who.api.ask('POST', '/v1/device-codes/look', { body: { code } });
const reason = ({ status, body }) => [status, body?.reason];
const cookieOf = ({ headers }) => [headers['set-cookie'] ?? []].flat()[0]?.split(';')[0];
const me = async (cookie) => (await server.api().ask('GET', '/v1/me', { headers: { cookie } })).body?.person?.address;

test('allowed, it is signed in as who allowed it: a session of its own that can be ended', async () => {
	const { code, ticket, interval, expires } = await begin();
	assert.match(code, /^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
	assert.ok(interval > 0 && Date.parse(expires) > Date.now() + 9 * 60000);
	assert.equal((await wait(ticket)).status, 202);

	const seen = await look(tess, code.toLowerCase().replace('-', ' '));
	assert.deepEqual([seen.status, seen.body.browser, seen.body.system, seen.body.peer], [200, 'Meta Quest Browser', 'Linux', '127.0.0.1']);
	assert.equal((await say(tess, code, true)).status, 204);
	const open = await wait(ticket);
	assert.deepEqual([open.status, open.body.me.person.address], [200, TESS]);
	const cookie = cookieOf(open);
	assert.equal(await me(cookie), TESS);
	assert.equal(cookieOf(await wait(ticket)), cookie, 'an answer that was lost is given again, not another session');

	const { sessions } = await tess.api.get('/v1/me/sessions');
	const its = sessions.find(({ browser }) => browser === 'Meta Quest Browser');
	assert.ok(its);
	await tess.api.ask('DELETE', `/v1/me/sessions/${its.id}`);
	assert.equal(await me(cookie), undefined);
	const audit = JSON.stringify(await server.operator.get('/v1/audit'));
	assert.match(audit, /device\.allow/);
	assert.match(audit, /"by":"code"/);
});

test('a code is used once, by one person, and a denial is told', async () => {
	const { code, ticket } = await begin();
	assert.equal((await say(omar, code, false)).status, 204);
	assert.deepEqual(reason(await wait(ticket)), [403, 'device.denied']);
	assert.deepEqual(reason(await say(tess, code, true)), [404, 'device.gone']);
	assert.deepEqual(reason(await look(tess, code)), [404, 'device.gone']);
});

test('who asks too soon is told to slow down; a made-up ticket and code are nobody\'s', async () => {
	const { ticket } = await begin();
	assert.equal((await wait(ticket)).status, 202);
	const soon = await wait(ticket);
	assert.deepEqual([...reason(soon), soon.headers['retry-after']], [429, 'request.too_many', '3']);
	assert.deepEqual(reason(await wait('made-up')), [404, 'device.gone']);
	for (const [body, field] of [[{ allow: true }, '/code'], [{ code: 'BBBB-BBBB' }, '/allow'], [{ code: 'BBBB-BBBB', allow: 1 }, '/allow'], [{ code: 'x'.repeat(17), allow: true }, '/code'], [{ code: 'B', allow: true, by: 1 }, '/by']])
		assert.equal((await tess.api.ask('POST', '/v1/device-codes/answer', { body })).body.field, field);
});

test('what was allowed by a session that has ended since is not opened', async () => {
	const other = await server.person(OMAR);
	const { code, ticket } = await begin();
	assert.equal((await say(other, code, true)).status, 204);
	assert.equal((await other.api.ask('DELETE', '/v1/session')).status, 204);
	assert.deepEqual(reason(await wait(ticket)), [404, 'device.gone']);
});

test('guessing ends soon, and costs nobody else anything', async () => {
	const { code, ticket } = await begin();
	let tries = 0;
	while ((await look(omar, 'BCDF-GHJK')).status === 404) assert.ok(++tries < 20);
	assert.ok(tries >= 5);
	assert.equal((await look(omar, code)).status, 429, 'not even the right one');
	assert.equal((await say(tess, code, true)).status, 204);
	assert.equal((await wait(ticket)).status, 200);
});

test('over a restart nothing waits', async () => {
	const { code, ticket } = await begin();
	await server.halt();
	await server.restart();
	const again = await server.person(TESS);
	assert.deepEqual(reason(await say(again, code, true)), [404, 'device.gone']);
	assert.deepEqual(reason(await wait(ticket)), [404, 'device.gone']);
});

test('from one place codes are given slowly', async () => {
	let made = 0;
	for (;;) {
		const { status } = await server.api().ask('POST', '/v1/device-codes', { body: {} });
		if (status === 429) break;
		assert.equal(status, 201);
		assert.ok(++made <= 12);
	}
});
