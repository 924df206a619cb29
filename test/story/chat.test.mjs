// Chat: stored before acknowledged, exactly once, in order, on every device.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server, demoWorld } from '../harness/server.mjs';

const INES = 'ines@aldous.example', TESS = 'tess@brightwater.example', OMAR = 'omar@brightwater.example';

let server, ines, tess, omar;
before(async () => {
	server = await Server.start({ world: demoWorld() });
	ines = await server.person(INES);
	tess = await server.person(TESS);
	omar = await server.person(OMAR);
});
after(() => server.stop());

const open = async (from, to) => (await from.api.post('/v1/conversations', { with: to })).id;
const send = (person, conversation, body) => person.api.ask('POST', `/v1/conversations/${conversation}/messages`, { body });
const history = (person, conversation, query = '') => person.api.get(`/v1/conversations/${conversation}/messages${query}`);
const texts = (messages) => messages.map((m) => m.text);

test('a conversation is opened once, from either end, and told with its first message', async () => {
	const line = await ines.line();
	const first = await tess.api.ask('POST', '/v1/conversations', { body: { with: INES } });
	assert.equal(first.status, 201);
	assert.equal(first.body.with.address, INES);
	assert.deepEqual([first.body.last, first.body.closed], [null, null]);
	const again = await ines.api.ask('POST', '/v1/conversations', { body: { with: TESS } });
	assert.equal(again.status, 200);
	assert.equal(again.body.id, first.body.id);
	assert.deepEqual(await line.settled(), []);

	const { status, body } = await send(tess, first.body.id, { client_id: 'first', text: 'The pump hums' });
	assert.equal(status, 201);
	const told = await line.settled();
	assert.deepEqual(told.map((e) => e.ev), ['conversation', 'message']);
	assert.equal(told[0].conversation.with.address, TESS);
	assert.deepEqual(told[1].message, body.message);
	assert.deepEqual((await ines.api.get('/v1/conversations')).conversations[0].last, body.message);
	await line.close();
});

test('what is acknowledged is stored: it outlives the server', async () => {
	const id = await open(tess, INES);
	const { message } = await tess.line().then((line) => line.request('send', { conversation: id, client_id: 'keep', text: 'Do not lose me' }));
	await server.kill9();
	await server.restart();
	[ines, tess, omar] = await Promise.all([INES, TESS, OMAR].map((address) => server.person(address)));
	assert.deepEqual((await history(ines, id, '?limit=1')).messages, [message]);
});

test('the same client_id again is the same message, over HTTP and over a line', async () => {
	const id = await open(tess, INES);
	const line = await tess.line(), reader = await ines.line();
	const body = { client_id: 'twice', text: 'Only once, please' };
	const first = await send(tess, id, body);
	const again = await send(tess, id, body);
	const by_line = await line.request('send', { conversation: id, ...body });
	assert.deepEqual([first.status, again.status], [201, 200]);
	assert.deepEqual(again.body, first.body);
	assert.deepEqual(by_line.message, first.body.message);
	assert.equal((await reader.settled()).length, 1);
	assert.equal((await line.settled()).length, 1);

	for (const refused of [(await send(tess, id, { ...body, text: 'Something else' })).body, (await line.ask('send', { conversation: id, ...body, text: 'Else' })).error]) {
		assert.equal(refused.status, 400);
		assert.equal(refused.field, '/client_id');
	}
	assert.deepEqual(await reader.settled(), []);
	await line.close();
	await reader.close();
});

test('all devices of both people stay in step', async () => {
	const id = await open(tess, INES);
	const devices = await Promise.all([tess, tess, ines, ines].map((person) => person.line()));
	const [phone, desk, , tablet] = devices;
	for (let i = 0; i < 5; i++) {
		await phone.request('send', { conversation: id, client_id: `p${i}`, text: `phone ${i}` });
		await tablet.request('send', { conversation: id, client_id: `t${i}`, text: `tablet ${i}` });
		await desk.request('send', { conversation: id, client_id: `d${i}`, text: `desk ${i}` });
	}
	/* Reaching out is told as a contact, too, to the one who did. */
	const heard = (await Promise.all(devices.map((line) => line.settled()))).map((events) => events.filter((e) => e.ev === 'message').map((e) => e.message));
	assert.equal(heard[0].length, 15);
	for (const other of heard) assert.deepEqual(other, heard[0]);
	const seqs = heard[0].map((m) => m.seq);
	assert.deepEqual(seqs, seqs.map((_, i) => seqs[0] + i));
	await Promise.all(devices.map((line) => line.close()));
});

test('history comes in pages, the oldest first in each', async () => {
	const id = await open(omar, INES);
	for (let i = 1; i <= 7; i++) await send(omar, id, { client_id: `h${i}`, text: `line ${i}` });
	const last = await history(ines, id, '?limit=3');
	assert.deepEqual([texts(last.messages), last.more], [['line 5', 'line 6', 'line 7'], true]);
	const middle = await history(ines, id, `?limit=3&before=${last.messages[0].seq}`);
	assert.deepEqual([texts(middle.messages), middle.more], [['line 2', 'line 3', 'line 4'], true]);
	const first = await history(ines, id, `?limit=3&before=${middle.messages[0].seq}`);
	assert.deepEqual([texts(first.messages), first.more], [['line 1'], false]);
	assert.equal((await ines.api.ask('GET', `/v1/conversations/${id}/messages?limit=101`)).body.reason, 'request.field');
});

test('who was offline gets what was missed, exactly once and in order, and what is said meanwhile behind it', async () => {
	const id = await open(tess, INES), sender = await tess.line();
	let line = await ines.line();
	const say = (text) => sender.request('send', { conversation: id, client_id: text.replaceAll(' ', '-'), text });
	await say('seen live');
	const { message } = await line.next('message', (e) => e.message.text === 'seen live');
	await line.drop();
	for (let i = 0; i < 130; i++) await say(`missed ${i}`);
	line = await ines.line({ since: message.pos });
	assert.equal(line.snapshot.reset, false);
	await say('after');
	const got = (await line.settled()).map((e) => e.message.text);
	assert.deepEqual(got, [...Array.from({ length: 130 }, (_, i) => `missed ${i}`), 'after']);
	await line.close();

	const fresh = await ines.line();
	assert.deepEqual(await fresh.settled(), [], 'without since nothing is told twice');
	assert.equal(fresh.snapshot.conversations.find((c) => c.id === id).last.text, 'after');
	await fresh.close();
	await sender.close();
});

test('more than a thousand missed: the page is told to fetch pages instead', async () => {
	const id = await open(omar, 'ravi@aldous.example');
	await server.setPassword('ravi@aldous.example');
	const ravi = await server.person('ravi@aldous.example');
	let line = await ravi.line();
	const { pos } = line.snapshot;
	await line.close();
	/* A line each, since one may send 240 frames at once and 60 a second then. */
	for (let batch = 0; batch < 5; batch++) {
		const sender = await omar.line();
		await Promise.all(Array.from({ length: 205 }, (_, i) => sender.request('send', { conversation: id, client_id: `m${batch}-${i}`, text: 'x' })));
		await sender.close();
	}
	line = await ravi.line({ since: pos });
	assert.equal(line.snapshot.reset, true);
	assert.deepEqual(await line.settled(), []);
	await line.close();
});

test('control characters are refused by the path of their field, and nothing is stored', async () => {
	const id = await open(tess, INES), line = await tess.line();
	const before = await history(tess, id, '?limit=1');
	for (const text of ['bell \u0007', 'escape \u001b[31m', 'delete \u007f', '', ' \n\t ']) {
		const { status, body } = await send(tess, id, { client_id: 'ctl', text });
		assert.equal(status, 400, JSON.stringify(text));
		assert.equal(body.field, '/text', JSON.stringify(text));
		assert.equal((await line.ask('send', { conversation: id, client_id: 'ctl', text })).error.field, '/text');
	}
	/* A NUL does not get through the JSON reader. */
	assert.equal((await send(tess, id, { client_id: 'ctl', text: 'nul \u0000' })).body.reason, 'request.malformed');
	for (const client_id of ['', 'with space', 'x'.repeat(65), 'ümlaut', '../up'])
		assert.equal((await send(tess, id, { client_id, text: 'fine' })).body.field, '/client_id', client_id);
	assert.equal((await send(tess, id, { client_id: 'more', text: 'fine', html: '<b>' })).body.field, '/html');
	assert.deepEqual(await history(tess, id, '?limit=1'), before);
	await line.close();
});

test('a message takes 16 KiB and not a byte more, whatever its letters', async () => {
	const id = await open(tess, INES);
	const full = 'ż'.repeat(8192);
	assert.equal((await send(tess, id, { client_id: 'full', text: full })).status, 201);
	assert.equal((await history(ines, id, '?limit=1')).messages[0].text, full);
	const { status, body } = await send(tess, id, { client_id: 'over', text: `${full}.` });
	assert.deepEqual([status, body.field], [400, '/text']);
	assert.equal((await send(tess, id, { client_id: 'far-over', text: 'x'.repeat(70000) })).status, 413);
	const tricky = 'tab\tline\n"quotes" \\ \u2028 😀 <b>not bold</b>';
	assert.equal((await send(tess, id, { client_id: 'tricky', text: tricky })).body.message.text, tricky);
});

test('nobody writes to himself', async () => {
	const { status, body } = await tess.api.ask('POST', '/v1/conversations', { body: { with: TESS } });
	assert.deepEqual([status, body.reason], [409, 'call.self']);
});

test('a conversation of others is not there', async () => {
	const id = await open(tess, INES), line = await omar.line();
	const absent = await omar.api.ask('GET', '/v1/conversations/999999999/messages');
	assert.equal(absent.status, 404);
	for (const path of [`/v1/conversations/${id}/messages`, `/v1/conversations/${id}`])
		assert.equal((await omar.api.ask('GET', path)).text, absent.text);
	assert.equal((await send(omar, id, { client_id: 'in', text: 'let me in' })).text, absent.text);
	assert.deepEqual((await line.ask('send', { conversation: id, client_id: 'in', text: 'let me in' })).error, absent.body);
	assert.equal((await line.settled()).length, 0);
	await line.close();
});

test('read-only when the border closes, open again without a new connection', async () => {
	const id = await open(tess, INES);
	const [a, b] = [await ines.line(), await tess.line()];
	const text = { conversation: id, text: 'still there?' };
	await server.editAccess('aldous', { mode: 'block', block: ['brightwater.example'] });
	for (const line of [a, b]) {
		const { conversation } = await line.next('conversation', (e) => e.conversation.id === id);
		assert.equal(conversation.closed.reason, 'external.blocked');
		assert.equal(conversation.closed.tenant, 'aldous');
		const { error } = await line.ask('send', { ...text, client_id: 'closed' });
		assert.equal(error.status, 403);
		assert.equal(error.reason, 'external.blocked');
		assert.equal(error.answer.allowed, false);
	}
	assert.ok((await history(tess, id)).messages.length > 0, 'what was said stays readable');
	assert.equal((await tess.api.get(`/v1/conversations/${id}`)).closed.reason, 'external.blocked');

	await server.editAccess('aldous', { mode: 'open', block: [] });
	for (const line of [a, b])
		assert.equal((await line.next('conversation', (e) => e.conversation.id === id)).conversation.closed, null);
	const { message } = await b.request('send', { ...text, client_id: 'closed' });
	assert.deepEqual((await a.next('message')).message, message);
	await a.close();
	await b.close();
});
