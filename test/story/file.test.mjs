// Files: up in pieces, resumed, sent with a message, read by the two and by nobody else, swept when nobody has them any more.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { until } from '../harness/call.mjs';
import { append, ask, begin, png, send, sendFile, upload } from '../harness/file.mjs';
import { Server, demoWorld, tenantOf } from '../harness/server.mjs';

const INES = 'ines@aldous.example', TESS = 'tess@brightwater.example', MARTA = 'marta@aldous.example', NORA = 'nora@brightwater.example';
const MEGABYTE = 1000000;

let server, tess, ines, marta, id;
before(async () => {
	const world = demoWorld();
	/* Files are among what is off to people outside until an admin says otherwise. */
	for (const tenant of ['aldous', 'brightwater']) tenantOf(world, tenant).external_access.off_actions = [];
	server = await Server.start({ world, owners: [NORA], settings: { 'file.megabytes': 3, 'file.tenant_megabytes': 8, 'requests.second': 1000 } });
	[tess, ines, marta] = [await server.person(TESS), await server.person(INES), await server.person(MARTA)];
	id = (await tess.api.post('/v1/conversations', { with: INES })).id;
});
after(() => server.stop());

const hash = (bytes) => createHash('sha256').update(bytes).digest('hex');
const names = () => readdirSync(join(server.settings.data, 'files')).sort();
const reason = ({ status, body }) => [status, body?.reason];

test('a file goes up in pieces, is sent, comes to both lines, and is read whole and in part', async () => {
	const lines = [await tess.line(), await ines.line()], bytes = randomBytes(2500000);
	const message = await sendFile(tess.api, id, 'Pump “4”.bin', bytes, 'The log');
	assert.deepEqual(message.file, { id: message.file.id, name: 'Pump “4”.bin', type: 'application/octet-stream', size: bytes.length, width: null, height: null });
	for (const line of lines) assert.deepEqual((await line.next('message', (e) => e.message.pos === message.pos)).message, message);
	assert.deepEqual((await ines.api.get(`/v1/conversations/${id}/messages`)).messages.at(-1), message);

	const path = `/v1/files/${message.file.id}`, whole = await ask(ines.api, 'GET', path);
	assert.equal(whole.status, 200);
	assert.ok(whole.bytes.equals(bytes));
	assert.equal(whole.headers['content-security-policy'], "sandbox; default-src 'none'; frame-ancestors 'none'");
	assert.equal(whole.headers['content-disposition'], 'attachment; filename="Pump ___4___.bin"; filename*=UTF-8\'\'Pump%20%E2%80%9C4%E2%80%9D.bin');
	assert.deepEqual(['x-content-type-options', 'cache-control', 'accept-ranges', 'content-type'].map((name) => whole.headers[name]),
		['nosniff', 'private, no-cache', 'bytes', 'application/octet-stream']);
	const part = async (range, headers = {}) => ask(ines.api, 'GET', path, { headers: { range, ...headers } });
	for (const [range, from, to] of [['bytes=0-9', 0, 10], ['bytes=2400000-', 2400000, 2500000], ['bytes=-7', 2499993, 2500000], ['bytes=5-99999999', 5, 2500000]]) {
		const answer = await part(range);
		assert.deepEqual([answer.status, answer.headers['content-range']], [206, `bytes ${from}-${to - 1}/2500000`]);
		assert.ok(answer.bytes.equals(bytes.subarray(from, to)), range);
	}
	const beyond = await part('bytes=2500000-');
	assert.deepEqual([beyond.status, beyond.headers['content-range']], [416, 'bytes */2500000']);
	assert.equal((await part('bytes=0-1', { 'if-range': '"other"' })).status, 200);
	assert.equal((await part('bytes=0-1', { 'if-range': whole.headers.etag })).status, 206);
	assert.deepEqual([(await ask(ines.api, 'GET', path, { headers: { 'if-none-match': whole.headers.etag } })).status,
		(await ask(ines.api, 'HEAD', path)).headers['content-length']], [304, '2500000']);
	for (const line of lines) await line.close();
});

test('a picture is known by its bytes, not by its name', async () => {
	assert.deepEqual((await sendFile(tess.api, id, 'plan.txt', png(640, 480))).file, { ...(await last()).file, type: 'image/png', width: 640, height: 480 });
	assert.equal((await sendFile(tess.api, id, 'page.png', Buffer.from('<script>alert(1)</script>'))).file.type, 'application/octet-stream');
});

async function last() {
	return (await tess.api.get(`/v1/conversations/${id}/messages`)).messages.at(-1);
}

test('an upload goes on where it was, through a kill of the server, and a piece at the wrong place changes nothing', async () => {
	const bytes = randomBytes(1500000), { body: begun } = await begin(tess.api, id, 'long.bin', bytes.length, 'resume-me');
	assert.equal((await append(tess.api, begun.id, 0, bytes.subarray(0, 700000))).body.offset, 700000);
	for (const offset of [0, 699999, 700001]) assert.deepEqual(reason(await append(tess.api, begun.id, offset, bytes.subarray(0, 10))), [409, 'file.offset']);
	await server.kill9();
	await server.restart();
	[tess, ines, marta].forEach((person) => (person.api = server.api(person.token)));
	const again = await begin(tess.api, id, 'long.bin', bytes.length, 'resume-me');
	assert.deepEqual([again.status, again.body.id, again.body.offset], [200, begun.id, 700000]);
	assert.deepEqual(reason(await begin(tess.api, id, 'other.bin', bytes.length, 'resume-me')), [400, 'request.field']);
	assert.deepEqual(reason(await send(tess.api, id, begun.id)), [400, 'request.field'], 'not whole');
	const done = await append(tess.api, begun.id, 700000, bytes.subarray(700000));
	assert.equal(done.body.file.size, bytes.length);
	assert.deepEqual(reason(await append(tess.api, begun.id, 1500000, Buffer.from('x'))), [409, 'file.offset']);
	const first = await send(tess.api, id, begun.id, '', 'once'), second = await send(tess.api, id, begun.id, '', 'once');
	assert.deepEqual([first.status, second.status], [201, 200]);
	assert.deepEqual(second.body.message, first.body.message);
	assert.deepEqual(reason(await send(tess.api, id, begun.id)), [400, 'request.field'], 'an upload is sent once');
	assert.ok((await ask(ines.api, 'GET', `/v1/files/${begun.id}`)).bytes.equals(bytes));
});

test('what is wrong with a piece or a name is said, and what is too large', async () => {
	const { body } = await begin(tess.api, id, 'x', 10);
	for (const headers of [{ 'upload-offset': 'x' }, { 'upload-offset': '-1' }, { 'upload-offset': '1e3' }, { 'upload-offset': '9'.repeat(30) }])
		assert.deepEqual([...reason(await append(tess.api, body.id, 0, Buffer.from('x'), headers))], [400, 'request.field']);
	assert.equal((await append(tess.api, body.id, 0, Buffer.from('x'), { 'content-type': 'application/octet-stream' })).status, 415);
	assert.equal((await append(tess.api, body.id, 0, Buffer.alloc(11))).status, 400);
	assert.equal((await append(tess.api, body.id, 0, Buffer.alloc((1 << 20) + 1))).status, 413);
	assert.equal((await ask(tess.api, 'DELETE', `/v1/uploads/${body.id}`)).status, 204);
	for (const name of ['', '.', '..', '../x', 'a/b', 'a\\b', 'a\nb', 'photo\u202egpj.exe', 'x'.repeat(256)])
		assert.deepEqual(reason(await begin(tess.api, id, name, 10)), [400, 'request.field'], JSON.stringify(name));
	for (const size of [0, -1, 1.5, '10', null]) assert.equal((await begin(tess.api, id, 'x', size)).status, 400, String(size));
	assert.deepEqual(reason(await begin(tess.api, id, 'x', 3 * MEGABYTE + 1)), [413, 'file.too_large']);
});

test('an organisation has so much room, and what is let go gives it back', async () => {
	const begun = [];
	let full;
	while ((full = await begin(tess.api, id, 'big.bin', 2 * MEGABYTE)).status === 201) begun.push(full.body.id);
	assert.deepEqual(reason(full), [413, 'file.quota']);
	assert.equal((await begin(ines.api, id, 'of another organisation.bin', 2 * MEGABYTE)).status, 201);
	for (const upload of begun) assert.equal((await ask(tess.api, 'DELETE', `/v1/uploads/${upload}`)).status, 204);
	const small = [];
	while ((full = await begin(tess.api, id, 'small', 1)).status === 201) small.push(full.body.id);
	assert.deepEqual(reason(full), [429, 'file.too_many']);
	for (const upload of small) await ask(tess.api, 'DELETE', `/v1/uploads/${upload}`);
});

test('absent and not yours are one answer', async () => {
	const { file } = await sendFile(tess.api, id, 'between the two', Buffer.from('secret')), mine = await upload(tess.api, id, 'mine', Buffer.from('abc'));
	const absent = 'a'.repeat(26);
	const both = async (method, path, options) => {
		const [there, not] = [await ask(marta.api, method, path(file.id), options), await ask(marta.api, method, path(absent), options)];
		assert.deepEqual([there.status, String(there.bytes)], [404, String(not.bytes)], method);
	};
	await both('GET', (of) => `/v1/files/${of}`);
	await both('GET', (of) => `/v1/uploads/${of}`);
	assert.equal((await ask(server.api(''), 'GET', `/v1/files/${file.id}`)).status, 401);
	for (const who of [marta, ines]) {
		assert.equal((await ask(who.api, 'GET', `/v1/uploads/${mine}`)).status, 404);
		assert.equal((await append(who.api, mine, 0, Buffer.from('x'))).status, 404);
		assert.equal((await ask(who.api, 'DELETE', `/v1/uploads/${mine}`)).status, 404);
		assert.equal((await ask(who.api, 'GET', `/v1/files/${mine}`)).status, 404, 'not sent yet');
	}
	assert.equal((await begin(marta.api, id, 'x', 1)).status, 404);
	assert.deepEqual(reason(await send(ines.api, id, mine)), [400, 'request.field'], 'not his');
	const own = (await marta.api.post('/v1/conversations', { with: INES })).id;
	assert.deepEqual(reason(await send(marta.api, own, mine)), [400, 'request.field']);
	await ask(tess.api, 'DELETE', `/v1/uploads/${mine}`);
});

test('a gate that closes for files stops them on their way and keeps what was delivered', async () => {
	const kept = await sendFile(tess.api, id, 'kept', Buffer.from('delivered')), bytes = Buffer.alloc(100, 1);
	const { body: going } = await begin(tess.api, id, 'on its way', 100), whole = await upload(tess.api, id, 'whole', bytes);
	await append(tess.api, going.id, 0, bytes.subarray(0, 50));
	await server.editAccess('brightwater', { off_actions: ['file'] });
	const closed = [await append(tess.api, going.id, 50, bytes.subarray(50)), await begin(tess.api, id, 'x', 1), await send(tess.api, id, whole)];
	for (const answer of closed) assert.deepEqual([answer.status, answer.body.reason, answer.body.side], [403, 'external.action_off', 'from']);
	assert.equal((await tess.api.ask('POST', `/v1/conversations/${id}/messages`, { body: { client_id: 'words', text: 'still goes' } })).status, 201);
	assert.equal(String((await ask(tess.api, 'GET', `/v1/files/${kept.file.id}`)).bytes), 'delivered');
	assert.equal((await ask(tess.api, 'GET', `/v1/uploads/${going.id}`)).body.offset, 50);
	await server.editAccess('brightwater', { off_actions: [] });
	assert.equal((await append(tess.api, going.id, 50, bytes.subarray(50))).status, 200);
	assert.equal((await send(tess.api, id, whole)).status, 201);
	assert.equal((await send(tess.api, id, going.id)).status, 201);
});

test('a content is kept once, and goes with the last message that carries it', async () => {
	const bytes = randomBytes(1000), one = await sendFile(tess.api, id, 'one', bytes), two = await sendFile(ines.api, id, 'two', bytes);
	assert.ok(names().includes(hash(bytes)));
	assert.equal((await tess.api.ask('DELETE', `/v1/conversations/${id}/messages/${one.seq}`)).body.message.file, null);
	assert.equal((await ask(ines.api, 'GET', `/v1/files/${one.file.id}`)).status, 404);
	await until(() => !names().some((name) => name.endsWith('.part')), 'parts to be swept');
	assert.ok((await ask(tess.api, 'GET', `/v1/files/${two.file.id}`)).bytes.equals(bytes));
	await ines.api.ask('DELETE', `/v1/conversations/${id}/messages/${two.seq}`);
	await until(() => !names().includes(hash(bytes)), 'the content to be swept');
});
