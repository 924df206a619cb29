// A person's rights: what is kept about him as a file, and that he is erased, for good, through kills, and the same when asked twice.
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { state, talk, until } from '../harness/call.mjs';
import { PASSWORD, Server, demoWorld, tenantOf } from '../harness/server.mjs';

const INES = 'ines@aldous.example', LEA = 'lea@aldous.example', TESS = 'tess@brightwater.example', NORA = 'nora@brightwater.example', OMAR = 'omar@brightwater.example';
const skip = spawnSync('sqlite3', ['--version']).error ? 'sqlite3 is not there' : false;

let server, ines, tess, nora, omar, n = 0;
const path = (address, tenant = 'brightwater') => `/v1/tenants/${tenant}/people/${encodeURIComponent(address)}`;
const open = async (from, to) => (await from.api.post('/v1/conversations', { with: to })).id;
const send = (who, id, text) => who.api.post(`/v1/conversations/${id}/messages`, { client_id: `c${++n}`, text });
const messages = async (who, id) => (await who.api.get(`/v1/conversations/${id}/messages`)).messages;
const sql = (text) => {
	const { status, stdout, stderr } = spawnSync('sqlite3', ['-batch', join(server.settings.data, 'farhand.db'), text], { encoding: 'utf8' });
	assert.equal(status, 0, stderr);
	return stdout.trim();
};
before(async () => {
	server = await Server.start({ world: demoWorld(), owners: [NORA] });
	[ines, tess, nora, omar] = await Promise.all([INES, TESS, NORA, OMAR].map((address) => server.person(address)));
});
after(() => server.stop());

test('the file has what he said and did, and not what others said', async () => {
	const id = await open(tess, INES);
	await send(tess, id, 'hello "Ines" \u00e9');
	await send(ines, id, 'for Tess only');
	const line = await tess.line(), far = await ines.line();
	const call = await talk(line, far, INES);
	await line.request('call.hangup', { call: call.id });
	await until(async () => (await tess.api.get('/v1/calls/history')).calls.length === 1, 'the record');
	await tess.api.fetch('PUT', `/v1/calls/${call.id}/note`, { body: { text: 'the pump leaks' } });
	await tess.api.fetch('PUT', '/v1/contacts/eve%40nowhere.example', { body: { state: 'blocked' } });
	await omar.api.fetch('PUT', `/v1/contacts/${encodeURIComponent(TESS)}`, { body: { state: 'blocked', report: 'a secret report' } });
	await line.close();
	await far.close();
	const { status, headers, body } = await nora.api.ask('GET', path(TESS));
	assert.equal(status, 200);
	assert.match(headers['content-disposition'], /person\.json/);
	assert.deepEqual([body.account.address, body.account.name, body.second_factor], [TESS, 'Tess Walcott', false]);
	assert.ok(body.account.contacts.some((c) => c.address === 'eve@nowhere.example' && c.state === 'blocked'));
	assert.deepEqual(body.messages.map(({ with: other, text }) => [other, text]), [[INES, 'hello "Ines" \u00e9']]);
	assert.match(body.messages[0].at, /^20\d\d-\d\d-\d\dT[\d:.]+Z$/);
	assert.deepEqual(body.calls.map(({ with: other, note, outgoing }) => [other, note, outgoing]), [[INES, 'the pump leaks', true]]);
	assert.equal(body.sessions.length, 1);
	assert.ok(body.audit.some(({ actor, what }) => actor === TESS && what === 'session.open'), JSON.stringify(body.audit));
	assert.doesNotMatch(JSON.stringify(body), /for Tess only|a secret report|farhand-story/);
	const rows = (await nora.api.get('/v1/tenants/brightwater/audit')).rows;
	assert.deepEqual([rows[0].what, rows[0].actor, rows[0].detail], ['person.export', NORA, { address: TESS }]);
});

test('more than one step of it is whole and in order', { skip }, async () => {
	const id = await open(omar, NORA);
	for (let i = 0; i < 450; i += 50) await Promise.all(Array.from({ length: 50 }, (_, k) => send(k % 2 ? nora : omar, id, `m${i + k}`)));
	const { messages: own } = await nora.api.get(path(OMAR));
	assert.deepEqual(own.map(({ text }) => text), (await (async () => {
		const all = [];
		for (let before = '';;) {
			const page = await omar.api.get(`/v1/conversations/${id}/messages?limit=100${before}`);
			all.unshift(...page.messages.filter(({ from }) => from === OMAR));
			if (!page.more) return all;
			before = `&before=${page.messages[0].seq}`;
		}
	})()).map(({ text }) => text));
	assert.equal(own.length, 225);
});

test('erased: signed out and out of the call at once; then his words, notes, marks and name are nowhere', { skip }, async () => {
	const id = await open(tess, INES), [far, near] = [await tess.line(), await ines.line()];
	await send(tess, id, 'the confidential valve');
	await near.next('message', (e) => e.message.text === 'the confidential valve');
	const call = await talk(far, near, INES);
	await far.request('mark.add', { call: call.id, mark: { id: 'm1', kind: 'step', of: TESS, points: [[0.5, 0.5]], text: 'my own words' } });
	const password = tess.token;
	const first = await nora.api.ask('DELETE', path(TESS));
	assert.deepEqual([first.status, first.body.address], [200, TESS]);
	assert.equal(await far.closed, 4401);
	await near.next('call', state(call.id, 'ended'));
	assert.equal((await server.api(password).ask('GET', '/v1/me')).status, 401);
	assert.equal((await server.api().ask('POST', '/v1/session', { body: { address: TESS, password: PASSWORD } })).status, 401);
	assert.equal((await ines.api.post('/v1/reach', { to: TESS, action: 'chat' })).allowed, false);
	/* The other side hears that what he wrote was erased. */
	await near.next('changed', (e) => e.message.conversation === id && e.message.deleted);
	await until(() => sql('SELECT count(*) FROM erasure WHERE address IS NOT NULL') === '0', 'the last step');
	const seen = await messages(ines, id);
	assert.deepEqual(seen.map(({ text, deleted }) => [text, deleted]), [['', true], ['for Tess only', false], ['', true]]);
	assert.match(seen[0].from, /^erased-\d+@brightwater\.example$/);
	const told = (await ines.api.get('/v1/conversations')).conversations.find((c) => c.id === id);
	assert.deepEqual([told.with.name, told.with.title, told.closed !== null], ['Erased account', '', true]);
	const { calls } = await ines.api.get('/v1/calls/history');
	assert.deepEqual(calls.map(({ with: other }) => [other.name, other.address]), [['Erased account', seen[0].from], ['Erased account', seen[0].from]]);
	const drawn = await ines.api.get(`/v1/calls/${call.id}`);
	assert.deepEqual(drawn.drawn.map(({ mark }) => [mark.id, mark.by, mark.text]), [['m1', seen[0].from, null]]);
	assert.doesNotMatch(JSON.stringify(drawn), /my own words|tess@/);
	assert.deepEqual((await ines.api.get('/v1/messages?q=confidential')).messages, []);

	/* Asked again, the same; a stranger's address is no answer. */
	assert.deepEqual((await nora.api.ask('DELETE', path(TESS))).body, first.body);
	assert.deepEqual((await server.operator.ask('DELETE', path(TESS))).body, first.body);
	assert.equal((await nora.api.ask('DELETE', path('made-up@brightwater.example'))).status, 404);
	assert.equal((await nora.api.ask('GET', path(TESS))).status, 404);
	const rows = (await nora.api.get('/v1/tenants/brightwater/audit')).rows;
	assert.deepEqual([rows.filter(({ what }) => what === 'person.erase').map(({ actor, detail }) => [actor, detail])], [[[NORA, { address: TESS }]]]);
	await near.close();

	/* Nowhere but in the audit log, whose rows can't change, and in what others keep of their own. */
	const dump = sql("SELECT quote(text) FROM message; SELECT quote(note) FROM call_side; SELECT quote(events) FROM call_marks; SELECT address, name, people FROM call_record; SELECT address, name FROM account; SELECT address FROM erasure");
	assert.doesNotMatch(dump, /confidential|my own words|the pump leaks|Tess Walcott|tess@brightwater/);
	assert.equal(sql("INSERT INTO word(word) VALUES ('integrity-check')"), '');
	for (const table of ['session', 'password', 'role', 'preference'])
		assert.equal(sql(`SELECT count(*) FROM ${table} WHERE account IN (SELECT account FROM erasure)`), '0', table);
});

test('the same address given to somebody new is somebody new', { skip }, async () => {
	const world = demoWorld();
	await server.load(world);
	const other = await server.person(TESS).catch(async () => (await server.setPassword(TESS), server.person(TESS)));
	assert.deepEqual((await other.api.get('/v1/conversations')).conversations, []);
	assert.deepEqual((await other.api.get('/v1/calls/history')).calls, []);
	assert.notEqual((await nora.api.ask('DELETE', path(TESS))).status, 404);
	assert.equal((await other.api.ask('GET', '/v1/me')).status, 401);
});

test('not the last owner, no service account, nobody of another organisation', async () => {
	const last = await nora.api.ask('DELETE', path(NORA));
	assert.deepEqual([last.status, last.body.reason], [409, 'role.last_owner']);
	assert.equal((await nora.api.ask('GET', '/v1/me')).status, 200);
	assert.equal((await nora.api.ask('DELETE', path(INES))).status, 404);
	assert.equal((await nora.api.ask('DELETE', path(INES, 'aldous'))).status, 403);
	assert.equal((await nora.api.ask('GET', path(INES))).status, 404);
	assert.equal((await ines.api.ask('GET', '/v1/me')).status, 200);
	const world = demoWorld();
	tenantOf(world, 'brightwater').accounts.push({ address: 'robot@brightwater.example', kind: 'service', name: 'R' });
	await server.load(world);
	assert.equal((await nora.api.ask('DELETE', path('robot@brightwater.example'))).status, 400);
});

test('farhandctl exports and erases; without --yes it does nothing', async () => {
	const world = demoWorld(), address = 'leaver@aldous.example';
	tenantOf(world, 'aldous').accounts.push({ address, name: 'Leaver', licences: [] });
	await server.load(world);
	const words = ['aldous', address, '--server', `https://localhost:${server.port}`, '--token-file', join(server.settings.data, 'operator.token'), '--ca', join(server.settings.data, 'tls.pem')];
	const ctl = (...args) => promisify(execFile)(join(process.env.FARHAND_BUILD, 'src/ctl/farhandctl'), ['person', ...args]).then(({ stdout }) => ({ code: 0, stdout }), ({ code }) => ({ code }));
	const kept = await ctl('export', ...words);
	assert.equal(JSON.parse(kept.stdout).account.name, 'Leaver');
	assert.equal((await ctl('erase', ...words)).code, 2);
	assert.equal((await ctl('export', ...words)).code, 0);
	const gone = await ctl('erase', ...words, '--yes');
	assert.equal(JSON.parse(gone.stdout).address, address);
	assert.equal((await ctl('export', ...words)).code, 1);
	assert.deepEqual(await ctl('erase', ...words, '--yes'), gone);
});

test('a guest is erased by his host, and his home stays', async () => {
	const world = demoWorld();
	tenantOf(world, 'brightwater').accounts.push({ kind: 'guest', home: LEA, name: 'Lea', state: 'accepted' });
	await server.load(world);
	const guest = 'lea=aldous.example@brightwater.example';
	assert.equal((await nora.api.ask('DELETE', path(guest))).status, 200);
	const { tenants } = await server.operator.get('/v1/world');
	assert.doesNotMatch(JSON.stringify(tenantOf({ tenants }, 'brightwater').accounts.filter(({ kind }) => kind === 'guest')), /lea/i);
	assert.equal((await (await server.person(LEA)).api.ask('GET', '/v1/me')).status, 200);
	/* What is left is a sound world, that can be applied as it was exported. */
	assert.equal((await server.load({ version: 1, tenants })).accounts_changed, 0);
});

test('killed again and again, it ends; what others wrote stays', { skip }, async () => {
	const id = await open(omar, NORA), before = (await nora.api.get(path(NORA))).messages.length;
	assert.ok(before > 100);
	assert.equal((await nora.api.ask('DELETE', path(OMAR))).status, 200);
	for (let i = 0; i < 3; i++) {
		await server.kill9();
		await server.restart();
	}
	await until(() => sql('SELECT count(*) FROM erasure WHERE address IS NOT NULL') === '0', 'the last step');
	nora = await server.person(NORA);
	assert.equal((await nora.api.get(path(NORA))).messages.length, before);
	assert.equal(sql(`SELECT count(*) FROM message WHERE conversation = ${id} AND text <> '' AND sender IN (SELECT account FROM erasure)`), '0');
	assert.ok((await messages(nora, id)).length > 0);
	assert.equal(sql('SELECT count(*) FROM inbox WHERE account IN (SELECT account FROM erasure)'), '0');
});
