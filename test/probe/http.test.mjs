// Well-formed HTTP, in all the shapes that clients send.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { alive, countsUntil, dial, exchange, serverStart } from './client.mjs';

let server, port;
before(async () => ({ port } = server = await serverStart()));
after(() => server.stop());
afterEach(() => alive(port));

const get = (path, fields = '') => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${fields}\r\n`;

test('a request is handed over as it was sent', async () => {
	const { reply, wire } = await exchange(port, get('/a%2fb?x=%20y&z', 'X-Probe: \t one  two \t\r\nAccept:\r\n'));
	assert.equal(reply.status, 200);
	assert.equal(reply.headers['content-type'], 'text/plain');
	assert.match(reply.headers.date, /^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/);
	assert.equal(reply.headers.connection, undefined);
	assert.equal(reply.body, 'method=GET\npath=/a%2fb\nquery=x=%20y&z\nhost=localhost\npeer=127.0.0.1\nx-probe=one  two\n');
	wire.destroy();
});

for (const path of ['/../x', '/a/../../etc/passwd', '/%2e%2e/x', '/..%2fx', '//x', '/.\\..\\x'])
	test(`the path ${path} is delivered as sent`, async () => {
		const { reply, wire } = await exchange(port, get(path));
		assert.equal(reply.status, 200);
		assert.ok(reply.body.includes(`path=${path}\n`));
		wire.destroy();
	});

test('head byte by byte', async () => {
	const wire = await dial(port);
	for (const byte of get('/slow', 'X-Probe: bytes\r\n')) {
		wire.send(byte);
		await sleep(1);
	}
	assert.match((await wire.reply()).body, /x-probe=bytes/);
	wire.destroy();
});

test('pipelined requests are answered in order, late ones too', async () => {
	const wire = await dial(port);
	const paths = Array.from({ length: 40 }, (_, i) => (i % 10 === 5 ? '/later' : `/p${i}`));
	wire.send(paths.map((path) => get(path)).join(''));
	for (const path of paths) {
		const reply = await wire.reply();
		assert.equal(reply.status, 200);
		assert.ok(path === '/later' ? reply.body === 'late' : reply.body.includes(`path=${path}\n`), reply.body);
	}
	wire.destroy();
});

test('pipelined behind bodies', async () => {
	const wire = await dial(port);
	wire.send('POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello' +
		'POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nworld\r\n0\r\n\r\n' + get('/third'));
	assert.equal((await wire.reply()).body, '5:hello');
	assert.equal((await wire.reply()).body, '5:world');
	assert.match((await wire.reply()).body, /path=\/third/);
	wire.destroy();
});

test('a chunked body, byte by byte', async () => {
	const wire = await dial(port);
	for (const byte of 'POST /body HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\n00A\r\n0123456789\r\n0\r\n\r\n') {
		wire.send(byte);
		await sleep(1);
	}
	assert.equal((await wire.reply()).body, '13:abc0123456789');
	wire.send(get('/again'));
	assert.equal((await wire.reply()).status, 200);
	wire.destroy();
});

test('a body of 1 MB', async () => {
	const body = 'z'.repeat(1 << 20);
	const { reply, wire } = await exchange(port, `POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
	assert.ok(reply.body.startsWith('1048576:zzz'));
	wire.destroy();
});

test('too large a body: 413, by its length and while it comes', async () => {
	const said = await exchange(port, 'POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 101\r\n\r\n');
	assert.equal(said.reply.status, 413);
	assert.equal(said.reply.headers.connection, 'close');
	assert.equal(await said.wire.ends(), '');
	const came = await exchange(port, `POST /small HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n${'x'.repeat(101)}\r\n`);
	assert.equal(came.reply.status, 413);
	assert.equal(await came.wire.ends(), '');
	const fits = await exchange(port, `POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n${'x'.repeat(100)}`);
	assert.equal(fits.reply.status, 200);
	fits.wire.destroy();
});

test('the answer to a large upload is read before the connection closes', async () => {
	const wire = await dial(port);
	wire.send('POST /small HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n').send(Buffer.alloc(2000000));
	assert.equal((await wire.reply())?.status, 413);
	await wire.ends();
});

test('answered before the body was read: what follows is no request', async () => {
	const { reply, wire } = await exchange(port, 'POST /early HTTP/1.1\r\nHost: x\r\nContent-Length: 60\r\n\r\n' + get('/smuggled'));
	assert.equal(reply.status, 200);
	assert.equal(reply.headers.connection, 'close');
	assert.match(reply.body, /path=\/early/);
	assert.equal(await wire.ends(), '');
});

test('HEAD has the length and no body', async () => {
	const wire = await dial(port);
	wire.send('HEAD /big HTTP/1.1\r\nHost: x\r\n\r\n' + get('/next'));
	const head = await wire.reply(true);
	assert.equal(head.status, 200);
	assert.equal(head.headers['content-length'], '4194304');
	assert.match((await wire.reply()).body, /path=\/next/);
	wire.destroy();
});

test('204 has no length', async () => {
	const { reply, wire } = await exchange(port, get('/nothing'));
	assert.equal(reply.status, 204);
	assert.equal(reply.headers['x-probe'], 'yes');
	assert.equal(reply.headers['content-length'], undefined);
	assert.equal(reply.headers['content-type'], undefined);
	wire.destroy();
});

test('a reply larger than the outgoing queue arrives whole', async () => {
	const wire = await dial(port);
	wire.send(get('/big') + get('/big') + get('/last'));
	assert.equal((await wire.reply()).body.length, 4194304);
	assert.equal((await wire.reply()).body.length, 4194304);
	assert.match((await wire.reply()).body, /path=\/last/);
	wire.destroy();
});

test('Expect: 100-continue', async () => {
	const wire = await dial(port);
	wire.send('POST /body HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n');
	assert.equal((await wire.reply()).status, 100);
	wire.send('hello');
	assert.equal((await wire.reply()).body, '5:hello');
	wire.destroy();
	const refused = await exchange(port, 'POST /small HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 500\r\n\r\n');
	assert.equal(refused.reply.status, 413);
	const other = await exchange(port, get('/', 'Expect: miracles\r\n'));
	assert.equal(other.reply.status, 417);
});

test('HTTP/1.0 closes unless asked', async () => {
	const closes = await exchange(port, 'GET /old HTTP/1.0\r\n\r\n');
	assert.equal(closes.reply.status, 200);
	assert.equal(closes.reply.headers.connection, 'close');
	assert.equal(await closes.wire.ends(), '');
	const keeps = await exchange(port, 'GET /old HTTP/1.0\r\nConnection: keep-alive\r\n\r\n');
	assert.equal(keeps.reply.headers.connection, 'keep-alive');
	keeps.wire.send(get('/new'));
	assert.equal((await keeps.wire.reply()).status, 200);
	keeps.wire.destroy();
});

test('Connection: close', async () => {
	const { reply, wire } = await exchange(port, get('/', 'Connection: close\r\n') + get('/behind'));
	assert.equal(reply.headers.connection, 'close');
	assert.equal(await wire.ends(), '');
});

test('an upgrade to something else is an ordinary request', async () => {
	const { reply, wire } = await exchange(port, get('/h2', 'Upgrade: h2c\r\nConnection: Upgrade\r\n') + get('/then'));
	assert.match(reply.body, /path=\/h2/);
	assert.match((await wire.reply()).body, /path=\/then/);
	wire.destroy();
});

test('20 aborted uploads are told', async () => {
	const had = await countsUntil(port, () => true);
	for (let i = 0; i < 20; i++) {
		const wire = await dial(port);
		wire.send('POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n').send(Buffer.alloc(1000 * i));
		await sleep(5);
		wire.destroy();
	}
	await countsUntil(port, (seen) => seen.gone === had.gone + 20);
});

test('a peer that leaves before a late answer is told once', async () => {
	const had = await countsUntil(port, () => true);
	for (let i = 0; i < 10; i++) {
		const wire = await dial(port);
		/* With more behind it the connection is not read while it waits. */
		wire.send(get(i % 2 ? '/later' : '/never') + (i % 3 ? get('/behind') : ''));
		await sleep(20);
		wire.destroy();
	}
	await countsUntil(port, (seen) => seen.gone === had.gone + 10);
});
