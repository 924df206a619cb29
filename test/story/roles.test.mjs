// Every route by everybody: who may, who may not, and that a refusal changes nothing and tells nothing.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { talk } from '../harness/call.mjs';
import { PIECE, begin, sendFile } from '../harness/file.mjs';
import { joined, linkOf } from '../harness/join.mjs';
import { PASSWORD, Server, demoWorld, tenantOf } from '../harness/server.mjs';

const file = (path) => new URL(`../../${path}`, import.meta.url);
const MARTA = 'marta@aldous.example', TESS = 'tess@brightwater.example', NORA = 'nora@brightwater.example';
/* All but the last two belong to Aldous, and so does what the routes below are about. */
const ACTORS = {
	user: 'lea@aldous.example', auditor: 'gil@aldous.example', licence_admin: 'uma@aldous.example', access_admin: 'ravi@aldous.example',
	owner: 'ines@aldous.example', foreign_owner: 'petra@castellan.example',
};
const GONE = 'gone@aldous.example';
const world = demoWorld();
for (const address of [ACTORS.auditor, ACTORS.licence_admin, GONE])
	tenantOf(world, 'aldous').accounts.push({ address, name: address, licences: [{ sku: 'connect' }] });
/* Off to people outside until an admin says otherwise. */
for (const id of ['aldous', 'brightwater']) tenantOf(world, id).external_access.off_actions = [];
const access = { ...tenantOf(world, 'aldous').external_access };
const any = { 'if-match': '*' };
const tenant = { path: ['aldous'], others: ['brightwater'], absent: ['nobody'] };
const account = { path: [MARTA], others: [NORA], absent: ['made-up@brightwater.example'] };
const role = { path: [MARTA, 'access_admin'], others: [NORA, 'owner'], absent: ['made-up@brightwater.example', 'owner'] };

/*
 * A request for each route of the table, and what it gives those who may (`of` names who gets something else). `others` is the
 * same of another tenant's, `absent` of nobody's, `alike` (else `absent`) what looks like a missing one to those who may. Who may is not said here: it is the table's own, by doc/openapi.json.
 * `conversation` is one of Tess and Marta, `session` is Marta's, `link` is Tess'; neither of them acts. `joined` came by a link of the owner's.
 */
const samples = {
	'POST /v1/session': { status: 401, body: { address: 'nobody@aldous.example', password: 'wrong wrong' } },
	'POST /v1/device-codes': { status: 201, body: {} },
	'POST /v1/device-codes/wait': { status: 404, body: { ticket: 'made-up' } },
	'POST /v1/device-codes/look': { status: 404, body: { code: 'BBBB-BBBB' } },
	'POST /v1/device-codes/answer': { status: 404, body: { code: 'BBBB-BBBB', allow: false } },
	'GET /v1/me': { status: 200 },
	'GET /v1/me/sessions': { status: 200 },
	'DELETE /v1/me/sessions': { status: 204 },
	'DELETE /v1/me/sessions/{id}': { status: 404, path: ['session'], absent: ['9999999'] },
	'PUT /v1/me/password': { status: 403, body: { password: 'not the password', new_password: 'a whole new one' } },
	'GET /v1/me/second-factor': { status: 200 },
	'POST /v1/me/second-factor': { status: 403, body: { password: 'not the password' } },
	'PUT /v1/me/second-factor': { status: 404, body: { code: '000000' } },
	'POST /v1/me/second-factor/off': { status: 403, body: { password: 'not the password' } },
	'GET /v1/people': { status: 200, query: '?q=lea' },
	'POST /v1/reach': { status: 200, of: { operator: 400 }, body: { to: MARTA, action: 'find' } },
	'GET /v1/conversations': { status: 200 },
	'POST /v1/conversations': { status: 201, body: { with: MARTA } },
	'GET /v1/conversations/{id}': { status: 404, path: ['conversation'], absent: ['9999999'] },
	'GET /v1/conversations/{id}/messages': { status: 404, path: ['conversation'], absent: ['9999999'] },
	'POST /v1/conversations/{id}/messages': { status: 404, path: ['conversation'], absent: ['9999999'], body: { client_id: 'x', text: 'x' } },
	'GET /v1/tenants/{tenant}/external-access': { status: 200, ...tenant },
	'PUT /v1/tenants/{tenant}/external-access': { status: 200, ...tenant, body: access, headers: any },
	'POST /v1/tenants/{tenant}/external-access/preview': { status: 200, ...tenant, body: { mode: 'off' } },
	'GET /v1/tenants/{tenant}/people/{person}': { status: 200, path: ['aldous', MARTA], others: ['brightwater', NORA], absent: ['nobody', MARTA], alike: ['aldous', MARTA] },
	'DELETE /v1/tenants/{tenant}/people/{person}': { status: 200, path: ['aldous', GONE], others: ['brightwater', NORA], absent: ['nobody', GONE], alike: ['aldous', GONE] },
	'GET /v1/tenants/{tenant}/retention': { status: 200, ...tenant },
	'PUT /v1/tenants/{tenant}/retention': { status: 200, ...tenant, body: { messages_days: null, calls_days: 36500 }, headers: any },
	'POST /v1/tenants/{tenant}/retention/preview': { status: 200, ...tenant, body: { messages_days: 1, calls_days: null } },
	'GET /v1/tenants/{tenant}/sign-in-rule': { status: 200, ...tenant },
	'PUT /v1/tenants/{tenant}/sign-in-rule': { status: 200, ...tenant, body: { second_factor: 'optional' }, headers: any },
	'POST /v1/tenants/{tenant}/sign-in-rule/preview': { status: 200, ...tenant, body: { second_factor: 'required' } },
	'GET /v1/calls': { status: 200 },
	'GET /v1/audit': { status: 200 },
	'GET /v1/tenants/{tenant}/audit': { status: 200, ...tenant },
	'PUT /v1/contacts/{contact}': { status: 200, path: [TESS], body: { state: 'accepted' } },
	'DELETE /v1/contacts/{contact}': { status: 204, path: [TESS] },
	'PUT /v1/conversations/{id}/messages/{seq}': { status: 404, path: ['conversation', '1'], absent: ['9999999', '1'], body: { text: 'x' } },
	'DELETE /v1/conversations/{id}/messages/{seq}': { status: 404, path: ['conversation', '1'], absent: ['9999999', '1'] },
	'POST /v1/conversations/{id}/uploads': { status: 404, path: ['conversation'], absent: ['9999999'], body: { client_id: 'x', name: 'x', size: 1 } },
	'GET /v1/uploads/{id}': { status: 404, path: ['upload'], absent: ['made-up'] },
	'PATCH /v1/uploads/{id}': { status: 404, path: ['upload'], absent: ['made-up'], body: 'x', headers: { 'content-type': PIECE, 'upload-offset': '0' } },
	'DELETE /v1/uploads/{id}': { status: 404, path: ['upload'], absent: ['made-up'] },
	'GET /v1/files/{id}': { status: 404, path: ['file'], absent: ['made-up'] },
	'GET /v1/messages': { status: 200, query: '?q=secret' },
	'PUT /v1/preferences': { status: 200, body: { status: 'available' } },
	'GET /v1/calls/history': { status: 200 },
	'GET /v1/calls/{call}': { status: 404, path: ['call'], absent: ['made-up'] },
	'PUT /v1/calls/{call}/note': { status: 404, path: ['call'], absent: ['made-up'], body: { text: 'x' } },
	'PUT /v1/calls/{call}/quality': { status: 404, path: ['call'], absent: ['made-up'], body: { kbps: [1], rtt_ms: [1, 1], loss_percent: [0, 0] } },
	'GET /v1/tenants/{tenant}/calls': { status: 200, ...tenant },
	'GET /v1/tenants/{tenant}/calls.csv': { status: 200, ...tenant },
	'DELETE /v1/tenants/{tenant}/calls/{call}': { status: 404, path: ['aldous', 'made-up'], others: ['brightwater', 'call'], absent: ['nobody', 'call'], alike: ['aldous', 'call'] },
	'GET /v1/world': { status: 200 },
	'PUT /v1/world': { status: 200, body: world, headers: any },
	'PUT /v1/accounts/{address}/password': { status: 204, ...account, body: { password: PASSWORD } },
	'POST /v1/accounts/{address}/password-link': { status: 201, ...account },
	'DELETE /v1/accounts/{address}/second-factor': { status: 204, ...account },
	'POST /v1/password-link/check': { status: 404, body: { token: 'made-up' } },
	'POST /v1/password-link/use': { status: 404, body: { token: 'made-up', password: 'a whole new one' } },
	'GET /v1/sign-in': { status: 200 },
	'POST /v1/password-link/request': { status: 409, body: { address: MARTA } },
	'POST /v1/accounts/{address}/password-mail': { status: 409, ...account, alike: account.path },
	'GET /v1/join-links': { status: 200 },
	'POST /v1/join-links': { status: 201, body: {} },
	'DELETE /v1/join-links/{link}': { status: 404, path: ['link'], absent: ['9999999'] },
	'POST /v1/join-links/{link}/admit': { status: 404, path: ['link'], absent: ['9999999'], body: { visitor: 'made-up' } },
	'POST /v1/join-links/{link}/refuse': { status: 404, path: ['link'], absent: ['9999999'], body: { visitor: 'made-up' } },
	'POST /v1/join/check': { status: 404, body: { token: 'made-up' } },
	'POST /v1/join': { status: 404, body: { token: 'made-up', name: 'Somebody' } },
	'POST /v1/join/wait': { status: 404, body: { ticket: 'made-up' } },
	'POST /v1/join/leave': { status: 404, body: { ticket: 'made-up' } },
	'PUT /v1/accounts/{address}/roles/{role}': { status: 204, ...role },
	/* The operator finds what the owner before him took already. */
	'DELETE /v1/accounts/{address}/roles/{role}': { status: 204, of: { operator: 404 }, ...role },
	/* The last, since it ends the sessions. */
	'DELETE /v1/session': { status: 204 },
};

/* The table of routes, as the server's unit test holds doc/openapi.json to it; what has no x-may is served beside the table. */
const { paths } = JSON.parse(readFileSync(file('doc/openapi.json'), 'utf8'));
const may = new Map(Object.entries(paths).flatMap(([path, item]) => Object.entries(item).map(([method, operation]) =>
	[`${method.toUpperCase()} ${path}`, operation['x-may']])).filter(([, words]) => words));

/* Of what is the actor's own tenant's, or of nobody's in particular. */
function allowed(route, name) {
	const words = may.get(route);
	const own = name === 'foreign_owner' ? !/\{(tenant|address)\}/.test(route) : true;

	return words.includes('anyone') || (!['nobody', 'operator', 'joined'].includes(name) && words.includes('signed_in')) ||
		(own && words.includes(name.replace('foreign_', '')));
}

function expected(route, name) {
	const { status, of = {} } = samples[route];

	if (allowed(route, name)) return of[name] ?? status;
	return name === 'nobody' ? 401 : 403;
}

let server, actors, marta, conversation, session, link, call, lines, upload, shared;
before(async () => {
	server = await Server.start({ world, owners: [ACTORS.owner, ACTORS.foreign_owner, NORA], settings: { 'requests.second': 10000 } });
	for (const role of ['access_admin', 'licence_admin', 'auditor']) await server.grant(ACTORS[role], role);
	actors = [['nobody', server.api()]];
	for (const [name, address] of Object.entries(ACTORS)) actors.push([name, (await server.person(address)).api]);
	actors.push(['joined', (await joined(server, await server.person(ACTORS.owner))).api], ['operator', server.operator]);
	const tess = await server.person(TESS), nora = await server.person(NORA);
	marta = await server.person(MARTA);
	conversation = (await tess.api.post('/v1/conversations', { with: MARTA })).id;
	await tess.api.post(`/v1/conversations/${conversation}/messages`, { client_id: 'secret', text: 'between Tess and Marta' });
	shared = (await sendFile(tess.api, conversation, 'x', Buffer.from('between Tess and Marta'))).file.id;
	upload = (await begin(tess.api, conversation, 'x', 1)).body.id;
	session = (await marta.api.get('/v1/me/sessions')).sessions[0].id;
	link = (await linkOf(tess)).id;
	lines = [await tess.line(), await nora.line()];
	call = await talk(lines[0], lines[1], NORA);
});
after(async () => {
	for (const line of lines) await line.close();
	await server.stop();
});

const fill = (pattern, segments = []) => segments.reduce((path, segment) => path.replace(/\{\w+\}/, segment), pattern);

function ask(api, route, segments) {
	const [method, pattern] = route.split(' '), { body, headers, query = '' } = samples[route];
	return api.ask(method, fill(pattern, segments?.map((s) => ({ conversation, session, upload, file: shared, link, call: call.id })[s] ?? s)) + query, { body, headers });
}

/* All that a refused request might have changed, as far as the server tells. */
async function everything() {
	const world = await server.operator.ask('GET', '/v1/world');
	const { messages } = await marta.api.get(`/v1/conversations/${conversation}/messages`);
	return JSON.stringify([world.headers.etag, world.text, messages, (await marta.api.ask('GET', '/v1/me')).text]);
}

test('every route of the table has a request here, and is in the source', () => {
	const bare = (routes) => routes.map((route) => route.replace(/\{\w+\}/g, '{}')).sort();
	const source = readFileSync(file('src/edge/route.c'), 'utf8');
	const served = [...source.matchAll(/^\t\{ "([A-Z]+)", "(\/v1[^"]*)"/gm)].map(([, method, path]) => `${method} ${path}`);
	assert.ok(served.length > 10);
	assert.deepEqual(bare([...may.keys()]), served.sort());
	assert.deepEqual(Object.keys(samples).sort(), [...may.keys()].sort());
});

for (const route of Object.keys(samples)) {
	const { path, others, absent, alike = absent } = samples[route];
	test(route, async () => {
		for (const [name, api] of actors) {
			const before = await everything();
			const answer = await ask(api, route, path);
			assert.equal(answer.status, expected(route, name), `${name}: ${answer.text}`);
			/* A new password has ended Marta's session. */
			if (answer.status === 204 && route.endsWith('/password')) marta = await server.person(MARTA);
			if (answer.status < 300) continue;
			assert.match(answer.headers['content-type'], /^application\/problem\+json/);
			assert.doesNotMatch(answer.text, /between Tess/);
			assert.equal(await everything(), before, `${name} changed something`);
			/* What there is and what there is not look alike. */
			if (absent && name !== 'operator') assert.equal((await ask(api, route, allowed(route, name) ? alike : absent)).text, answer.text, name);
		}
		if (!others) return;
		for (const [name, api] of actors.slice(0, -1)) {
			const before = await everything();
			const answer = await ask(api, route, others);
			assert.equal(answer.status, name === 'nobody' ? 401 : 403, `${name} of another tenant's`);
			assert.equal((await ask(api, route, absent)).text, answer.text, name);
			assert.equal(await everything(), before, `${name} changed something`);
		}
		assert.equal((await ask(server.operator, route, absent)).status, 404);
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

test('a document that would disable the last owner is refused, and one that leaves another is not', async () => {
	const castellan = structuredClone(tenantOf(world, 'castellan')), load = () => server.operator.ask('PUT', '/v1/world', { body: { version: 1, tenants: [castellan] }, headers: any });
	castellan.accounts.find(({ address }) => address === ACTORS.foreign_owner).enabled = false;
	const refused = await load();
	assert.deepEqual([refused.status, refused.body.reason], [409, 'role.last_owner']);
	castellan.accounts = castellan.accounts.filter(({ address }) => address !== ACTORS.foreign_owner);
	assert.equal((await server.operator.ask('PUT', '/v1/world?prune=1', { body: { version: 1, tenants: [castellan] }, headers: any })).status, 409);
	assert.equal((await (await server.person(ACTORS.foreign_owner)).api.ask('GET', '/v1/me')).status, 200);
	await server.grant('jonas@castellan.example', 'owner');
	castellan.accounts.push({ ...tenantOf(world, 'castellan').accounts.find(({ address }) => address === ACTORS.foreign_owner), enabled: false });
	assert.equal((await load()).status, 200);
	await server.load(world);
});

test('whoever was disabled signs in anew when he is enabled again', async () => {
	const lea = await server.person(ACTORS.user), line = await lea.line(), changed = structuredClone(world);
	tenantOf(changed, 'aldous').accounts.find(({ address }) => address === ACTORS.user).enabled = false;
	await server.load(changed);
	assert.equal(await line.closed, 4401);
	await server.load(world);
	assert.equal((await lea.api.ask('GET', '/v1/me')).status, 401);
	assert.equal((await (await server.person(ACTORS.user)).api.ask('GET', '/v1/me')).status, 200);
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
