// First contact (reach rules, 5.7): a request, accepted or blocked, reported, taken back; and what reaching out writes.
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { iceMake, offer } from '../harness/sdp.mjs';
import { Server, demoWorld, tenantOf } from '../harness/server.mjs';

const INES = 'ines@aldous.example', TESS = 'tess@brightwater.example', OMAR = 'omar@brightwater.example', NORA = 'nora@brightwater.example';
const SAM = 'sam@sole.example';
const has = (program) => spawnSync(program, ['--version']).error === undefined;

/* Aldous asks before anybody outside may call; Brightwater does not. Sam's firm has one person, a guest of Brightwater's. */
function world() {
	const w = demoWorld();
	tenantOf(w, 'aldous').external_access.first_contact = 'ask';
	w.tenants.push({ id: 'sole', name: 'Sole', domains: ['sole.example'], licences: [{ sku: 'remote-assist' }],
		accounts: [{ address: SAM, name: 'Sam Sole', licences: [{ sku: 'remote-assist' }] }] });
	tenantOf(w, 'brightwater').accounts.push({ kind: 'guest', home: SAM, name: 'Sam', state: 'accepted' });
	return w;
}

let server, ines, tess, omar, nora;
before(async () => {
	server = await Server.start({ world: world(), owners: [INES] });
	[ines, tess, omar, nora] = await Promise.all([INES, TESS, OMAR, NORA].map((address) => server.person(address)));
});
after(() => server.stop());

const open = async (from, to) => (await from.api.post('/v1/conversations', { with: to })).id;
const conversation = (person, id) => person.api.get(`/v1/conversations/${id}`);
const put = (person, address, body) => person.api.ask('PUT', `/v1/contacts/${encodeURIComponent(address)}`, { body });
const drop = (person, address) => person.api.ask('DELETE', `/v1/contacts/${encodeURIComponent(address)}`);
const reach = (person, to, action) => person.api.post('/v1/reach', { to, action });
let n = 0;
const send = (person, id, text = 'Hello') => person.api.ask('POST', `/v1/conversations/${id}/messages`, { body: { client_id: `c${++n}`, text } });

/** What an account of the kept world has as contacts: { address: state }. */
async function contacts(address) {
	const { tenants } = await server.operator.get('/v1/world');
	const account = tenants.flatMap((t) => t.accounts).find((a) => a.address === address || a.home === address);
	return Object.fromEntries(account.contacts.map((c) => [c.address, c.state]));
}

test('the first message is a request: it arrives, writes accepted into the sender\'s contacts, and nothing more is open yet', async () => {
	const line = await ines.line(), far = await tess.line();
	const id = await open(tess, INES);
	assert.equal((await send(tess, id)).status, 201);
	const told = await line.next('conversation');
	assert.deepEqual([told.conversation.waits_for, told.conversation.contact, told.conversation.closed], ['me', null, null]);
	await line.next('message');
	const theirs = await conversation(tess, id);
	assert.deepEqual([theirs.waits_for, theirs.contact], ['them', 'accepted']);
	assert.deepEqual([await contacts(TESS), await contacts(INES)], [{ [INES]: 'accepted' }, {}]);
	const own = await far.next('contact');
	assert.deepEqual([own.address, own.state], [INES, 'accepted']);

	for (const action of ['call', 'presence', 'video', 'annotate']) {
		const answer = await reach(tess, INES, action);
		assert.deepEqual([answer.allowed, answer.reason], [false, 'contact.pending'], action);
	}
	assert.equal((await reach(tess, INES, 'chat')).allowed, true);
	assert.equal((await far.request('watch', { addresses: [INES] })).presence[0].state, null);
	assert.equal((await far.ask('call.place', { to: INES, video: false, sdp: offer(iceMake()) })).error.reason, 'contact.pending');
	await line.close();
	await far.close();
});

test('accepting opens what waited, on every device of both, without a reload', async () => {
	const line = await ines.line(), other = await ines.line(), far = await tess.line();
	const id = await open(tess, INES);
	await far.request('watch', { addresses: [INES] });
	const answer = await put(ines, TESS, { state: 'accepted' });
	assert.deepEqual([answer.status, answer.body], [200, { address: TESS, state: 'accepted' }]);
	for (const device of [line, other]) {
		const { conversation: now } = await device.next('conversation');
		assert.deepEqual([now.id, now.waits_for, now.contact], [id, null, 'accepted']);
		await device.next('contact', (e) => e.address === TESS && e.state === 'accepted');
	}
	assert.equal((await far.next('conversation')).conversation.waits_for, null);
	assert.equal((await far.next('presence')).state, 'available');
	assert.equal((await reach(tess, INES, 'call')).allowed, true);
	for (const device of [line, other, far]) await device.close();
});

test('taking it back makes it a request again; twice is no error', async () => {
	const far = await tess.line();
	await far.request('watch', { addresses: [INES] });
	assert.equal((await drop(ines, TESS)).status, 204);
	assert.equal((await far.next('conversation')).conversation.waits_for, 'them');
	assert.equal((await drop(ines, TESS)).status, 204);
	assert.equal((await reach(tess, INES, 'call')).reason, 'contact.pending');
	assert.deepEqual(await contacts(INES), {});
	await far.close();
});

test('answering a request accepts it', async () => {
	const id = await open(ines, TESS);
	assert.equal((await send(ines, id, 'Here I am')).status, 201);
	assert.deepEqual(await contacts(INES), { [TESS]: 'accepted' });
	assert.equal((await reach(tess, INES, 'call')).allowed, true);
});

test('a block closes the chat at once and says nothing of why; the blocked one can\'t tell it from anybody unreachable', async () => {
	const far = await tess.line(), near = await ines.line();
	const id = await open(tess, INES);
	assert.equal((await put(ines, TESS, { state: 'blocked' })).status, 200);
	const { conversation: told } = await far.next('conversation');
	assert.equal(told.closed.reason, 'unreachable');
	assert.deepEqual([told.waits_for, told.closed.tenant, told.closed.rule], [null, null, null]);
	const own = (await near.next('conversation')).conversation;
	assert.deepEqual([own.contact, own.closed], ['blocked', null], 'blocking does not bind oneself');
	const refused = await send(tess, id), unknown = await tess.api.ask('POST', '/v1/conversations', { body: { with: 'made-up@aldous.example' } });
	assert.equal(refused.status, 403);
	assert.equal(refused.body.reason, 'unreachable');
	assert.deepEqual(refused.body.answer, unknown.body.answer);
	/* What changes nothing that she sees is not told to her. */
	await far.settled();
	await put(ines, TESS, { state: 'blocked', report: '' });
	assert.deepEqual(await far.settled(), []);
	/* Writing does not undo a block that was made by hand. */
	assert.equal((await send(ines, id, 'A last word')).status, 201);
	assert.equal((await contacts(INES))[TESS], 'blocked');
	assert.equal((await drop(ines, TESS)).status, 204);
	assert.equal((await far.next('conversation', (e) => e.conversation.closed === null)).conversation.waits_for, 'them');
	await far.close();
	await near.close();
});

test('a block ends the call that is running', async () => {
	await put(ines, TESS, { state: 'accepted' });
	const far = await tess.line(), near = await ines.line();
	const { call } = await far.request('call.place', { to: INES, video: false, sdp: offer(iceMake()) });
	await near.next('call');
	await put(ines, TESS, { state: 'blocked' });
	const { call: ended } = await far.next('call', (e) => e.call.id === call.id && e.call.state === 'ended');
	assert.equal(ended.ended.reason, 'unreachable');
	await drop(ines, TESS);
	await far.close();
	await near.close();
});

test('ringing somebody outside writes accepted, so that he may call back; a refused call and a colleague write nothing', async () => {
	const ravi = await server.person('ravi@aldous.example'), lea = await server.person('lea@aldous.example');
	const [line, near, far] = await Promise.all([ravi.line(), omar.line(), lea.line()]);
	await put(omar, 'ravi@aldous.example', { state: 'accepted' });
	assert.equal((await reach(omar, 'ravi@aldous.example', 'call')).reason, 'contact.pending');
	/* A try that is refused for its description rang nobody. */
	assert.equal((await line.ask('call.place', { to: OMAR, video: false, sdp: 'v=0' })).error.reason, 'call.sdp');
	assert.deepEqual(await contacts('ravi@aldous.example'), {});
	const { call } = await line.request('call.place', { to: OMAR, video: false, sdp: offer(iceMake()) });
	await near.next('call', (e) => e.call.id === call.id);
	const told = await line.next('contact');
	assert.deepEqual([told.address, told.state], [OMAR, 'accepted']);
	await line.request('call.hangup', { call: call.id });
	await near.next('call', (e) => e.call.id === call.id && e.call.state === 'ended');
	assert.deepEqual(await contacts('ravi@aldous.example'), { [OMAR]: 'accepted' });
	assert.equal((await reach(omar, 'ravi@aldous.example', 'call')).allowed, true);
	const back = await near.request('call.place', { to: 'ravi@aldous.example', video: false, sdp: offer(iceMake()) });
	await near.request('call.hangup', { call: back.call.id });
	await line.next('call', (e) => e.call.id === back.call.id && e.call.state === 'ended');

	const inside = await line.request('call.place', { to: 'lea@aldous.example', video: false, sdp: offer(iceMake()) });
	await line.request('call.hangup', { call: inside.call.id });
	assert.deepEqual(await contacts('ravi@aldous.example'), { [OMAR]: 'accepted' });
	/* Whom one blocked stays blocked, though one may ring him. */
	await put(ravi, OMAR, { state: 'blocked' });
	const rung = await line.request('call.place', { to: OMAR, video: false, sdp: offer(iceMake()) });
	await line.request('call.hangup', { call: rung.call.id });
	assert.deepEqual(await contacts('ravi@aldous.example'), { [OMAR]: 'blocked' });
	await drop(ravi, OMAR);
	await drop(omar, 'ravi@aldous.example');
	for (const each of [line, near, far]) await each.close();
});

test('a document that says nothing of contacts leaves people theirs; one that does says all of them; export and apply change nothing', async () => {
	await put(omar, INES, { state: 'blocked' });
	const kept = await contacts(OMAR), of = (w) => tenantOf(w, 'brightwater').accounts.find((a) => a.address === OMAR);
	assert.equal(kept[INES], 'blocked');
	const whole = await server.operator.get('/v1/world');
	assert.equal((await server.load(whole)).accounts_changed, 0);
	assert.deepEqual(await server.operator.get('/v1/world'), whole);

	const silent = structuredClone(whole);
	for (const t of silent.tenants) for (const a of t.accounts) delete a.contacts;
	assert.equal((await server.load(silent)).accounts_changed, 0);
	assert.deepEqual(await server.operator.get('/v1/world'), whole);
	of(silent).title = 'Driller';
	assert.equal((await server.load(silent)).accounts_changed, 1);
	assert.deepEqual([await contacts(OMAR), of(await server.operator.get('/v1/world')).title], [kept, 'Driller']);
	assert.equal((await reach(ines, OMAR, 'chat')).reason, 'unreachable');

	of(whole).contacts = [];
	await server.load(whole);
	assert.deepEqual(await contacts(OMAR), {});
});

test('a report is kept in the audit log of one\'s own organisation, with what was said of it', { skip: has('sqlite3') ? false : 'sqlite3 is not there' }, async () => {
	assert.equal((await put(ines, OMAR, { state: 'blocked', report: 'Sells things' })).status, 200);
	assert.equal((await put(ines, OMAR, { state: 'blocked', report: '' })).status, 200, 'again, without words');
	const query = "SELECT actor, tenant, detail FROM audit WHERE what = 'contact.report' AND detail LIKE '%omar%' ORDER BY id";
	const { stdout } = await promisify(execFile)('sqlite3', ['-json', '-readonly', join(server.settings.data, 'farhand.db'), query]);
	const rows = JSON.parse(stdout);
	assert.deepEqual(rows.map((row) => [row.actor, row.tenant, JSON.parse(row.detail)]),
		[[INES, 'aldous', { about: OMAR, text: 'Sells things' }], [INES, 'aldous', { about: OMAR, text: '' }]]);
	await drop(ines, OMAR);
});

test('a guest is named by his home: blocked wherever he stands', async () => {
	const sam = await server.person(SAM);
	assert.equal((await put(tess, 'sam=sole.example@brightwater.example', { state: 'blocked' })).status, 200);
	assert.equal((await contacts(TESS))[SAM], 'blocked');
	assert.equal((await reach(sam, TESS, 'chat')).reason, 'unreachable');
	assert.equal((await drop(tess, 'sam=sole.example@brightwater.example')).status, 204);
	assert.equal((await reach(sam, TESS, 'chat')).allowed, true);
});

test('real and made-up people are the same answer', async () => {
	const shapes = [];
	for (const address of ['hanna@eastmoor.example', 'made-up@eastmoor.example', 'nobody@nowhere.example']) {
		const kept = await put(nora, address, { state: 'blocked' });
		const gone = await drop(nora, address);
		shapes.push(JSON.stringify([kept.status, kept.text.replaceAll(address, 'X'), gone.status, gone.text]));
	}
	assert.deepEqual(shapes, [shapes[0], shapes[0], shapes[0]]);
});

test('bad input is refused by name, and changes nothing', async () => {
	const before = await server.operator.ask('GET', '/v1/world');
	for (const [address, body, field] of [
		[TESS, { state: 'pending' }, '/state'], [TESS, {}, '/state'], [TESS, { state: 'blocked', why: 1 }, '/why'],
		[TESS, { state: 'accepted', report: 'x' }, '/report'], [TESS, { state: 'blocked', report: 7 }, '/report'],
		[TESS, { state: 'blocked', report: 'x'.repeat(2001) }, '/report'], [TESS, { state: 'blocked', report: 'bell \u0007' }, '/report'],
		['no-address', { state: 'blocked' }, 'address'], [INES, { state: 'blocked' }, 'address'],
	]) {
		const answer = await put(ines, address, body);
		assert.deepEqual([answer.status, answer.body.field], [400, field], JSON.stringify([address, body]));
	}
	assert.equal((await server.operator.ask('GET', '/v1/world')).text, before.text);
});

test('contacts and the request outlive a kill', async () => {
	await put(omar, INES, { state: 'blocked' });
	await server.kill9();
	await server.restart();
	[ines, tess, omar, nora] = await Promise.all([INES, TESS, OMAR, NORA].map((address) => server.person(address)));
	assert.equal((await contacts(OMAR))[INES], 'blocked');
	assert.equal((await reach(ines, OMAR, 'chat')).reason, 'unreachable');
});

test('many first words at once: each is stored once, and each is in the contacts', async () => {
	const people = await Promise.all(['jonas@castellan.example', 'petra@castellan.example'].map((address) => server.person(address)));
	const ids = await Promise.all([...people.map((one) => open(one, INES)), open(people[0], SAM), open(people[1], SAM)]);
	const who = [...people, ...people];
	const sent = await Promise.all(ids.flatMap((id, i) => [send(who[i], id, 'one'), send(who[i], id, 'two'), send(who[i], id, 'three')]));
	for (const { status } of sent) assert.equal(status, 201);
	for (const [i, id] of ids.entries()) assert.equal((await who[i].api.get(`/v1/conversations/${id}/messages`)).messages.length, 3);
	for (const one of people) assert.deepEqual(await contacts(one.address), { [INES]: 'accepted', [SAM]: 'accepted' });
});

test('a tenant\'s people reach out to so many new people in an hour, and then have to wait', async () => {
	const w = await server.operator.get('/v1/world');
	tenantOf(w, 'sole').accounts = tenantOf(w, 'sole').accounts.concat(Array.from({ length: 101 }, (_, i) => ({ address: `p${i}@sole.example`, name: `P${i}`, licences: [{ sku: 'connect' }] })));
	tenantOf(w, 'sole').licences = [{ sku: 'connect' }, { sku: 'remote-assist' }];
	await server.load(w);
	const ravi = await server.person('ravi@aldous.example'), line = await ravi.line();
	let refused = null;
	for (let i = 0; i < 101 && !refused; i++) {
		const id = await open(ravi, `p${i}@sole.example`);
		const answer = await send(ravi, id);
		if (answer.status !== 201) refused = { i, answer, id };
	}
	assert.ok(refused, 'a hundred and one is too many');
	assert.equal(refused.i, 100);
	assert.equal(refused.answer.status, 429);
	assert.equal(refused.answer.body.reason, 'contact.too_many');
	assert.ok(Number(refused.answer.headers['retry-after']) >= 1);
	assert.equal((await line.ask('send', { conversation: refused.id, client_id: 'again', text: 'x' })).error.reason, 'contact.too_many');
	/* Whom one has written to already, colleagues, and who has accepted one, do not count. */
	assert.equal((await send(ravi, await open(ravi, 'p1@sole.example'))).status, 201);
	assert.equal((await send(ravi, await open(ravi, 'lea@aldous.example'))).status, 201);
	const p100 = await server.person('p100@sole.example');
	assert.equal((await put(p100, 'ravi@aldous.example', { state: 'accepted' })).status, 200);
	assert.equal((await send(ravi, refused.id)).status, 201);
	await line.close();
});
