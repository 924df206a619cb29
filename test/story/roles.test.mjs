// Every route by everybody: who may, who may not, and that a refusal changes nothing and tells nothing.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { talk } from '../harness/call.mjs';
import { PASSWORD, Server, demoWorld, tenantOf } from '../harness/server.mjs';

const file = (path) => new URL(`../../${path}`, import.meta.url);
const MARTA = 'marta@aldous.example', TESS = 'tess@brightwater.example', NORA = 'nora@brightwater.example';
/* All but the last two belong to Aldous, and so does what the routes below are about. */
const ACTORS = { user: 'lea@aldous.example', access_admin: 'ravi@aldous.example', owner: 'ines@aldous.example', foreign_owner: 'petra@castellan.example' };
const access = { ...tenantOf(demoWorld(), 'aldous').external_access };
const any = { 'if-match': '*' };

/*
 * What each gets: nobody, a user, an access admin, an owner, another tenant's owner, the operator. `conversation` is one of
 * Tess and Marta, of whom none acts. `others`: the same of another tenant, `absent`: the same of nobody.
 */
const signed_in = (status, operator = 403) => [401, status, status, status, status, operator];
const admins = (status) => [401, 403, status, status, 403, status];
const owners = (status) => [401, 403, 403, status, 403, status];
const operator = [401, 403, 403, 403, 403, 200];
const routes = [
	['POST /v1/session', [401, 401, 401, 401, 401, 401], { body: { address: 'nobody@aldous.example', password: 'wrong wrong' } }],
	['GET /v1/me', signed_in(200)],
	['GET /v1/people', signed_in(200), { query: '?q=lea' }],
	['PUT /v1/contacts/{address}', signed_in(200), { path: [TESS], body: { state: 'accepted' } }],
	['DELETE /v1/contacts/{address}', signed_in(204), { path: [TESS] }],
	['POST /v1/reach', signed_in(200, 400), { body: { to: MARTA, action: 'find' } }],
	['GET /v1/conversations', signed_in(200)],
	['POST /v1/conversations', signed_in(201), { body: { with: MARTA } }],
	['GET /v1/conversations/{id}', signed_in(404), { path: ['conversation'], absent: ['9999999'] }],
	['GET /v1/conversations/{id}/messages', signed_in(404), { path: ['conversation'], absent: ['9999999'] }],
	['POST /v1/conversations/{id}/messages', signed_in(404), { path: ['conversation'], absent: ['9999999'], body: { client_id: 'x', text: 'x' } }],
	['PUT /v1/conversations/{id}/messages/{seq}', signed_in(404), { path: ['conversation', '1'], absent: ['9999999', '1'], body: { text: 'x' } }],
	['DELETE /v1/conversations/{id}/messages/{seq}', signed_in(404), { path: ['conversation', '1'], absent: ['9999999', '1'] }],
	['GET /v1/messages', signed_in(200), { query: '?q=secret' }],
	['PUT /v1/preferences', signed_in(200), { body: { status: 'available' } }],
	['GET /v1/tenants/{id}/external-access', admins(200), { path: ['aldous'], others: ['brightwater'], absent: ['nobody'] }],
	['PUT /v1/tenants/{id}/external-access', admins(200), { path: ['aldous'], others: ['brightwater'], absent: ['nobody'], body: access, headers: any }],
	['POST /v1/tenants/{id}/external-access/preview', admins(200), { path: ['aldous'], others: ['brightwater'], absent: ['nobody'], body: { mode: 'off' } }],
	['GET /v1/calls', [401, 403, 200, 200, 200, 200]],
	['GET /v1/calls/history', signed_in(200)],
	['GET /v1/world', operator],
	['PUT /v1/world', operator, { body: demoWorld(), headers: any }],
	['PUT /v1/accounts/{address}/password', owners(204), { path: [MARTA], others: [NORA], absent: ['made-up@brightwater.example'], body: { password: PASSWORD } }],
	['PUT /v1/accounts/{address}/roles/{role}', owners(204), { path: [MARTA, 'access_admin'], others: [NORA, 'owner'], absent: ['made-up@brightwater.example', 'owner'] }],
	/* The operator finds what the owner before him took already. */
	['DELETE /v1/accounts/{address}/roles/{role}', [401, 403, 403, 204, 403, 404], { path: [MARTA, 'access_admin'], others: [NORA, 'owner'], absent: ['made-up@brightwater.example', 'owner'] }],
	/* The last, since it ends the sessions. */
	['DELETE /v1/session', signed_in(204)],
];

let server, actors, marta, conversation, call, lines;
before(async () => {
	server = await Server.start({ world: demoWorld(), owners: [ACTORS.owner, ACTORS.foreign_owner, NORA] });
	await server.grant(ACTORS.access_admin, 'access_admin');
	actors = [['nobody', server.api()]];
	for (const [name, address] of Object.entries(ACTORS)) actors.push([name, (await server.person(address)).api]);
	actors.push(['operator', server.operator]);
	const tess = await server.person(TESS), nora = await server.person(NORA);
	marta = await server.person(MARTA);
	conversation = (await tess.api.post('/v1/conversations', { with: MARTA })).id;
	await tess.api.post(`/v1/conversations/${conversation}/messages`, { client_id: 'secret', text: 'between Tess and Marta' });
	lines = [await tess.line(), await nora.line()];
	call = await talk(lines[0], lines[1], NORA);
});
after(async () => {
	for (const line of lines) await line.close();
	await server.stop();
});

const fill = (pattern, segments = []) => segments.reduce((path, segment) => path.replace(/\{\w+\}/, segment), pattern);

function ask(api, [route, , { body, headers, query = '' } = {}], segments) {
	const [method, pattern] = route.split(' ');
	return api.ask(method, fill(pattern, segments?.map((s) => (s === 'conversation' ? conversation : s))) + query, { body, headers });
}

/* All that a refused request might have changed, as far as the server tells. */
async function everything() {
	const world = await server.operator.ask('GET', '/v1/world');
	const { messages } = await marta.api.get(`/v1/conversations/${conversation}/messages`);
	return JSON.stringify([world.headers.etag, world.text, messages, (await marta.api.ask('GET', '/v1/me')).text]);
}

test('the table is the server\'s own', () => {
	const source = readFileSync(file('src/edge/route.c'), 'utf8');
	const served = [...source.matchAll(/^\t\{ "([A-Z]+)", "(\/v1[^"]*)"/gm)].map(([, method, path]) => `${method} ${path}`);
	assert.ok(served.length > 10);
	assert.deepEqual(routes.map(([route]) => route.replace(/\{\w+\}/g, '{}')).sort(), served.sort());
	if (!existsSync(file('doc/openapi.json'))) return;
	const described = Object.entries(JSON.parse(readFileSync(file('doc/openapi.json'), 'utf8')).paths).flatMap(([path, item]) =>
		Object.keys(item).filter((key) => /^(get|put|post|delete)$/.test(key)).map((key) => `${key.toUpperCase()} ${path.replace(/\{\w+\}/g, '{}')}`));
	for (const route of served) assert.ok(described.includes(route), `${route} is described`);
});

for (const row of routes) {
	const [route, expected, { path, others, absent } = {}] = row;
	test(route, async () => {
		for (const [i, [name, api]] of actors.entries()) {
			const before = await everything();
			const answer = await ask(api, row, path);
			assert.equal(answer.status, expected[i], `${name}: ${answer.text}`);
			/* A new password has ended Marta's session. */
			if (answer.status === 204 && route.endsWith('/password')) marta = await server.person(MARTA);
			if (answer.status < 300) continue;
			assert.match(answer.headers['content-type'], /^application\/problem\+json/);
			assert.doesNotMatch(answer.text, /between Tess/);
			assert.equal(await everything(), before, `${name} changed something`);
			/* What there is and what there is not look alike. */
			if (absent && name !== 'operator') assert.equal((await ask(api, row, absent)).text, answer.text, name);
		}
		if (!others) return;
		for (const [name, api] of actors.slice(0, -1)) {
			const before = await everything();
			const answer = await ask(api, row, others);
			assert.equal(answer.status, name === 'nobody' ? 401 : 403, `${name} of another tenant's`);
			assert.equal((await ask(api, row, absent)).text, answer.text, name);
			assert.equal(await everything(), before, `${name} changed something`);
		}
		assert.equal((await ask(server.operator, row, absent)).status, 404);
	});
}

test('calls are listed to the admins of their tenants only', async () => {
	const ids = async (api) => (await api.get('/v1/calls')).calls.map(({ id }) => id);
	assert.deepEqual(await ids((await server.person(ACTORS.owner)).api), []);
	assert.deepEqual(await ids((await server.person(NORA)).api), [call.id]);
	assert.deepEqual(await ids(server.operator), [call.id]);
});

test('the last owner of a tenant stays', async () => {
	const { status, body } = await server.operator.ask('DELETE', `/v1/accounts/${ACTORS.foreign_owner}/roles/owner`);
	assert.deepEqual([status, body.reason], [409, 'role.last_owner']);
});

test('a role given or taken counts at once, without a new session', async () => {
	const lea = await server.person(ACTORS.user), path = '/v1/tenants/aldous/external-access';
	assert.equal((await lea.api.ask('GET', path)).status, 403);
	await server.grant(ACTORS.user, 'access_admin');
	assert.equal((await lea.api.ask('GET', path)).status, 200);
	await server.operator.fetch('DELETE', `/v1/accounts/${ACTORS.user}/roles/access_admin`);
	assert.equal((await lea.api.ask('GET', path)).status, 403);
});

test('what is no route, no method, no JSON', async () => {
	const api = (await server.person(ACTORS.user)).api;
	assert.equal((await api.ask('GET', '/v1/nothing')).status, 404);
	assert.equal((await api.ask('DELETE', '/v1/me')).status, 405);
	assert.equal((await api.ask('POST', '/v1/reach', { body: '{}', headers: { 'content-type': 'text/plain' } })).status, 415);
	for (const body of ['', '{', '[]', '"x"', '{"to":"a@b","to":"a@b"}', '{"a":'.repeat(40) + '1' + '}'.repeat(40)])
		assert.equal((await api.ask('POST', '/v1/reach', { body })).status, 400, body.slice(0, 30));
	assert.equal((await server.api().ask('GET', '/healthz')).status, 200);
	for (const id of ['%00', '..%2f1', '-1', '1e3', '0x1', '%ff', '9'.repeat(30)])
		assert.equal((await api.ask('GET', `/v1/conversations/${id}/messages`)).status, 404, id);
});
