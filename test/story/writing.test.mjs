// Receipts, typing, unread counts, edits, deletions, search: on every device, after a return, after a kill.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server, demoWorld, tenantOf } from '../harness/server.mjs';

const INES = 'ines@aldous.example', TESS = 'tess@brightwater.example', OMAR = 'omar@brightwater.example', LEA = 'lea@aldous.example';
const SAM = 'sam@sole.example', SAM_HERE = 'sam=sole.example@aldous.example';

/* Sam is a guest of Aldous, who may neither edit nor delete what he wrote there. */
function world() {
	const w = demoWorld();
	w.tenants.push({ id: 'sole', name: 'Sole', domains: ['sole.example'], licences: [{ sku: 'connect' }], external_access: { mode: 'off' },
		accounts: [{ address: SAM, name: 'Sam', licences: [{ sku: 'connect' }] }] });
	tenantOf(w, 'aldous').accounts.push({ kind: 'guest', home: SAM, name: 'Sam', state: 'accepted', controls: { edit_messages: false, delete_messages: false } });
	return w;
}

let server, ines, tess, omar, lea;
const everybody = async () => { [ines, tess, omar, lea] = await Promise.all([INES, TESS, OMAR, LEA].map((address) => server.person(address))); };
before(async () => {
	server = await Server.start({ world: world(), owners: [] });
	await everybody();
});
after(() => server.stop());

let n = 0;
const open = async (from, to) => (await from.api.post('/v1/conversations', { with: to })).id;
const conversation = (person, id) => person.api.get(`/v1/conversations/${id}`);
const history = async (person, id) => (await person.api.get(`/v1/conversations/${id}/messages`)).messages;
const send = async (person, id, text) => (await person.api.post(`/v1/conversations/${id}/messages`, { client_id: `w${++n}`, text })).message;
const edit = (person, id, seq, text) => person.api.ask('PUT', `/v1/conversations/${id}/messages/${seq}`, { body: { text } });
const remove = (person, id, seq) => person.api.ask('DELETE', `/v1/conversations/${id}/messages/${seq}`);
const search = async (person, q, before) => person.api.get(`/v1/messages?q=${encodeURIComponent(q)}${before ? `&before=${before}` : ''}`);
const texts = async (person, q) => (await search(person, q)).messages.map((m) => m.text);

test('received, then read: the sender hears of both, one\'s other devices count down, and a return finds it so', async () => {
	const id = await open(tess, INES);
	const far = await tess.line(), phone = await ines.line(), desk = await ines.line();
	for (const text of ['one', 'two', 'three']) await send(tess, id, text);
	assert.deepEqual((({ unread, read, theirs }) => [unread, read, theirs])(await conversation(ines, id)), [3, 0, { delivered: 0, read: 0 }]);
	assert.equal((await conversation(tess, id)).unread, 0, 'one\'s own are read');

	await phone.request('receipt', { conversation: id, seq: 2, read: false });
	const got = await far.next('receipt');
	assert.deepEqual([got.conversation, got.by, got.delivered, got.read], [id, INES, 2, 0]);
	await phone.request('receipt', { conversation: id, seq: 3, read: true });
	const read = await far.next('receipt');
	assert.deepEqual([read.delivered, read.read], [3, 3]);
	for (const device of [phone, desk]) assert.deepEqual((({ by, read: seq }) => [by, seq])(await device.next('receipt')), [INES, 3]);
	assert.deepEqual((await conversation(tess, id)).theirs, { delivered: 3, read: 3 });
	assert.equal((await conversation(ines, id)).unread, 0);

	/* It only grows, never beyond what was written, and says nothing twice. */
	await far.settled();
	await phone.request('receipt', { conversation: id, seq: 1, read: true });
	await phone.request('receipt', { conversation: id, seq: 900, read: true });
	assert.deepEqual(await far.settled(), []);
	assert.equal((await conversation(ines, id)).read, 3);
	await server.kill9();
	await server.restart();
	await everybody();
	assert.deepEqual((({ unread, theirs }) => [unread, theirs])(await conversation(tess, id)), [0, { delivered: 3, read: 3 }]);
});

test('who keeps it to himself is not told on; what was received is', async () => {
	const id = await open(tess, INES);
	const other = await ines.line();
	assert.deepEqual((await ines.api.fetch('PUT', '/v1/preferences', { body: { read_receipts: false } })), { read_receipts: false, status: 'available' });
	assert.deepEqual((await other.next('preferences')).preferences.read_receipts, false);
	const far = await tess.line(), near = await ines.line();
	assert.equal(near.snapshot.preferences.read_receipts, false);
	const { seq } = await send(tess, id, 'secretly read');
	await near.request('receipt', { conversation: id, seq, read: true });
	const told = await far.next('receipt');
	assert.deepEqual([told.delivered, told.read], [seq, 3]);
	assert.equal((await conversation(ines, id)).unread, 0);
	await ines.api.fetch('PUT', '/v1/preferences', { body: { read_receipts: true } });
	for (const line of [other, far, near]) await line.close();
});

test('typing reaches the other\'s devices only, and is kept nowhere', async () => {
	const id = await open(tess, INES);
	const far = await tess.line(), near = await ines.line(), stranger = await omar.line();
	far.say('typing', { conversation: id, on: true });
	const told = await near.next('typing');
	assert.deepEqual([told.conversation, told.by, told.on], [id, TESS, true]);
	far.say('typing', { conversation: id, on: false });
	assert.equal((await near.next('typing')).on, false);
	assert.equal((await stranger.ask('typing', { conversation: id, on: true })).error.reason, 'not_found');
	assert.equal((await far.ask('typing', { conversation: id, on: 'yes' })).error.field, '/on');
	const writes = async () => Number((await server.operator.ask('GET', '/metrics')).text.match(/^farhand_store_writes_submitted_total (\d+)/m)[1]);
	const before = await writes();
	for (let i = 0; i < 50; i++) await far.ask('typing', { conversation: id, on: true });
	assert.equal((await near.settled()).length, 50);
	/* The index of words may be taken up meanwhile. */
	assert.ok(await writes() - before < 5, 'no write for a key');
	for (const line of [far, near, stranger]) await line.close();
});

test('an edit keeps its place, is marked, reaches every device, and is told once more to who was away', async () => {
	const id = await open(tess, INES);
	let away = await ines.line();
	const first = await send(tess, id, 'presure'), second = await send(tess, id, 'is high');
	await away.next('message', (e) => e.message.seq === second.seq);
	await away.drop();

	const far = await tess.line(), near = await ines.line();
	const { status, body } = await edit(tess, id, first.seq, 'pressure');
	assert.equal(status, 200);
	assert.deepEqual({ ...body.message, text: 'presure', edited: null }, first);
	assert.ok(Date.parse(body.message.edited) >= Date.parse(first.at));
	for (const line of [far, near]) {
		const told = await line.next('changed');
		assert.deepEqual(told.message, body.message);
		assert.ok(told.pos > second.pos);
	}
	const again = await near.request('send', { conversation: id, client_id: `w${++n}`, text: 'after it' });
	assert.ok(again.message.pos > second.pos + 1, 'numbers are not used twice');
	away = await ines.line({ since: second.pos });
	assert.deepEqual((await away.settled()).map((e) => [e.ev, e.message.text]), [['changed', 'pressure'], ['message', 'after it']]);
	const third = await ines.line({ since: again.message.pos });
	assert.deepEqual(await third.settled(), []);
	/* Twice edited while away: told once, as it is now. */
	await far.request('edit', { conversation: id, seq: first.seq, text: 'Pressure' });
	await far.request('edit', { conversation: id, seq: first.seq, text: 'The pressure' });
	const late = await ines.line({ since: again.message.pos });
	assert.deepEqual((await late.settled()).map((e) => [e.ev, e.message.seq, e.message.text]), [['changed', first.seq, 'The pressure']]);
	/* The same words again change nothing. */
	await far.settled();
	await far.request('edit', { conversation: id, seq: first.seq, text: 'The pressure' });
	assert.deepEqual(await far.settled(), []);
	assert.deepEqual((await history(ines, id)).filter((m) => m.seq >= first.seq).map((m) => m.text), ['The pressure', 'is high', 'after it']);
	for (const line of [far, near, away, third, late]) await line.close();
});

test('a deletion erases the words and leaves the place; a late resend does not bring it back', async () => {
	const id = await open(tess, INES);
	const body = { client_id: `w${++n}`, text: 'Zanzibar' };
	const { message } = await tess.api.post(`/v1/conversations/${id}/messages`, body);
	const near = await ines.line();
	assert.deepEqual(await texts(ines, 'zanzibar'), ['Zanzibar']);
	const gone = await remove(tess, id, message.seq);
	assert.deepEqual([gone.status, gone.body.message.text, gone.body.message.deleted], [200, '', true]);
	assert.deepEqual((await near.next('changed')).message, gone.body.message);
	assert.deepEqual([await texts(ines, 'zanzibar'), await texts(tess, 'zanzibar')], [[], []]);
	assert.equal((await history(ines, id)).at(-1).text, '');
	assert.equal((await remove(tess, id, message.seq)).status, 404);
	assert.equal((await edit(tess, id, message.seq, 'Back')).status, 404);
	const again = await tess.api.ask('POST', `/v1/conversations/${id}/messages`, { body });
	assert.deepEqual([again.status, again.body.message.seq], [200, message.seq]);
	assert.equal((await history(ines, id)).at(-1).text, '');
	await near.close();
});

test('nobody changes what another wrote, or what is not there', async () => {
	const id = await open(tess, INES);
	const { seq } = await send(tess, id, 'Mine');
	for (const [who, at, where] of [[ines, seq, id], [omar, seq, id], [tess, 9999, id], [tess, 0, id], [tess, 'x', id], [tess, seq, 99999]]) {
		assert.equal((await edit(who, where, at, 'Yours')).status, 404, `${who.address} ${at}`);
		assert.equal((await remove(who, where, at)).status, 404);
	}
	assert.equal((await history(ines, id)).at(-1).text, 'Mine');
	for (const [text, why] of [['a\u0000b', 400], ['a\u0007b', 400], ['a\u0085b', 400], ['  ', 400], ['x'.repeat(16385), 400]])
		assert.equal((await edit(tess, id, seq, text)).status, why);
	const named = await edit(tess, id, seq, 'a\u0085b');
	assert.deepEqual([named.body.field, named.body.detail], ['/text', 'has the control character U+0085']);
});

test('closed is read-only for what was said, too; receipts stay with oneself', async () => {
	const id = await open(tess, INES);
	const { seq } = await send(tess, id, 'Before the border');
	const far = await tess.line(), near = await ines.line();
	await server.editAccess('brightwater', { mode: 'off' });
	for (const answer of [await edit(tess, id, seq, 'After'), await remove(tess, id, seq)]) assert.deepEqual([answer.status, answer.body.reason], [403, 'external.off']);
	await far.settled();
	await near.request('receipt', { conversation: id, seq, read: true });
	near.say('typing', { conversation: id, on: true });
	assert.equal((await conversation(ines, id)).unread, 0);
	await near.settled();
	assert.deepEqual(await far.settled(), []);
	assert.ok((await conversation(tess, id)).theirs.read < seq);
	assert.deepEqual(await texts(tess, 'border'), ['Before the border'], 'history can be searched');
	await server.editAccess('brightwater', { mode: 'allow' });
	await far.close();
	await near.close();
});

test('a request does not tell that it was read', async () => {
	await server.editAccess('aldous', { first_contact: 'ask' });
	const id = await open(omar, INES);
	const { seq } = await send(omar, id, 'Hello?');
	const far = await omar.line(), near = await ines.line();
	await near.request('receipt', { conversation: id, seq, read: true });
	near.say('typing', { conversation: id, on: true });
	await near.settled();
	assert.deepEqual(await far.settled(), []);
	assert.deepEqual((await conversation(omar, id)).theirs, { delivered: 0, read: 0 });
	await server.editAccess('aldous', { first_contact: 'open' });
	await far.close();
	await near.close();
});

test('a guest whose host says so neither edits nor deletes', async () => {
	const sam = await server.person(SAM);
	const id = await open(sam, LEA);
	const { seq } = await send(sam, id, 'From a guest');
	const refused = [await edit(sam, id, seq, 'Else'), await remove(sam, id, seq)];
	assert.deepEqual(refused.map((r) => [r.status, r.body.reason]), [[403, 'guest.edit_messages_off'], [403, 'guest.delete_messages_off']]);
	const own = await send(lea, id, 'From a host');
	assert.equal((await edit(lea, id, own.seq, 'From the host')).status, 200, 'the control is the guest\'s');
	assert.ok(SAM_HERE);
});

test('search finds all words of one\'s own, the last as a beginning, in any case and accent, newest first, in pages', async () => {
	const id = await open(lea, INES);
	await send(lea, id, 'Die Zürcher Pumpe rattert');
	await send(ines, id, 'Which pump? "Type 7" OR none');
	for (const [q, wanted] of [['zurcher PUMPE', 1], ['pump', 2], ['ump', 0], ['pump*', 2], ['"', 0], ['type 7" OR', 1], ['a1', 0], ['who:a1', 0], ['rattert which', 0], ['', 0], ['   ', 0], ['NEAR(', 0], ['!!! pumpe', 1]])
		assert.equal((await texts(lea, q)).length, wanted, q);
	assert.deepEqual(await texts(tess, 'rattert'), [], 'not one\'s own');
	for (let i = 0; i < 60; i++) await send(lea, id, `flange ${i}`);
	const first = await search(ines, 'flange'), rest = await search(ines, 'flange', first.before);
	assert.deepEqual([first.messages.length, rest.messages.length, rest.before], [50, 10, null]);
	assert.deepEqual([...first.messages, ...rest.messages].map((m) => m.text), Array.from({ length: 60 }, (_, i) => `flange ${59 - i}`));
	const { seq } = first.messages[0];
	await edit(lea, id, seq, 'gasket');
	assert.equal((await texts(ines, 'gasket')).length, 1);
	assert.equal((await search(ines, 'flange 59')).messages.length, 0);
	assert.equal((await ines.api.ask('GET', '/v1/messages')).body.field, 'q');
	assert.equal((await ines.api.ask('GET', '/v1/messages?q=x&before=y')).body.field, 'before');
});

test('what was edited and deleted outlives a kill', async () => {
	const id = await open(lea, INES);
	const a = await send(lea, id, 'kept'), b = await send(lea, id, 'erased');
	await edit(lea, id, a.seq, 'kept and changed');
	await remove(lea, id, b.seq);
	await server.kill9();
	await server.restart();
	await everybody();
	assert.deepEqual((await history(ines, id)).slice(-2).map((m) => [m.text, m.deleted, m.edited !== null]), [['kept and changed', false, true], ['', true, false]]);
	assert.deepEqual(await texts(ines, 'changed'), ['kept and changed']);
	const line = await ines.line({ since: b.pos });
	assert.deepEqual((await line.settled()).map((e) => e.message.seq), [a.seq, b.seq]);
	await line.close();
});

test('status: chosen, kept, told to who may know; idle only when every device is', async () => {
	const watcher = await tess.line(), phone = await ines.line(), desk = await ines.line();
	assert.equal((await watcher.request('watch', { addresses: [INES] })).presence[0].state, 'available');
	await phone.request('idle', { idle: true });
	assert.deepEqual(await watcher.settled(), []);
	await desk.request('idle', { idle: true });
	assert.equal((await watcher.next('presence')).state, 'away');
	await phone.request('idle', { idle: false });
	assert.equal((await watcher.next('presence')).state, 'available');
	await ines.api.fetch('PUT', '/v1/preferences', { body: { status: 'busy' } });
	assert.equal((await watcher.next('presence')).state, 'busy');
	assert.equal((await desk.next('preferences')).preferences.status, 'busy');
	await phone.close();
	await desk.close();
	assert.equal((await watcher.next('presence')).state, 'offline');
	const back = await ines.line();
	assert.equal((await watcher.next('presence')).state, 'busy');
	await ines.api.fetch('PUT', '/v1/preferences', { body: { status: 'available' } });
	assert.equal((await watcher.next('presence')).state, 'available');
	/* The idle one goes: what is left decides. */
	const idle = await ines.line();
	await back.request('idle', { idle: true });
	assert.deepEqual(await watcher.settled(), []);
	await idle.close();
	assert.equal((await watcher.next('presence')).state, 'away');
	assert.equal((await ines.api.ask('PUT', '/v1/preferences', { body: { status: 'offline' } })).body.field, '/status');
	assert.equal((await ines.api.ask('PUT', '/v1/preferences', { body: { read_receipts: 1 } })).body.field, '/read_receipts');
	await back.close();
	await watcher.close();
});
