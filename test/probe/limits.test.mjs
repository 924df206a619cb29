// Deadlines, caps and the end of the server. Times are lower bounds and generous upper ones.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { alive, countsUntil, dial, dialGated, dialPlain, frame, serverStart, upgrade } from './client.mjs';

let server, port;
before(async () => ({ port } = server = await serverStart()));
after(() => server.stop());
afterEach(() => alive(port));

const get = (path) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;

test('silent TCP is closed', async () => {
	const wire = await dialPlain(port);
	assert.equal(await wire.ends(), '');
});

test('half a TLS handshake is closed', async () => {
	const wire = await dialPlain(port);
	wire.send(Buffer.from('16030102000100', 'hex'));
	await wire.ends();
});

test('silent TLS is closed', async () => {
	const wire = await dial(port);
	assert.equal(await wire.ends(), '');
});

test('slowloris: a head that never ends gets 408, however it drips', async () => {
	const wire = await dial(port);
	const start = Date.now();
	wire.send('GET / HTTP/1.1\r\nHost: x\r\n');
	const drip = setInterval(() => wire.send('X: y\r\n'), 100);
	const reply = await wire.reply();
	clearInterval(drip);
	assert.equal(reply.status, 408);
	assert.ok(Date.now() - start >= 900);
	await wire.ends();
});

test('a body that never ends gets 408, and its handler hears', async () => {
	const had = await countsUntil(port, () => true);
	const wire = await dial(port);
	wire.send('POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n');
	const drip = setInterval(() => wire.send('z'), 100);
	const reply = await wire.reply();
	clearInterval(drip);
	assert.equal(reply.status, 408);
	await wire.ends();
	await countsUntil(port, (seen) => seen.gone === had.gone + 1);
});

test('half a TLS record costs no time, and is read when it is whole', async () => {
	const { wire, gate } = await dialGated(port);
	gate.hold = true;
	wire.send(get('/half'));
	await sleep(50);
	assert.ok(gate.held.length > 30);
	gate.release(20);
	const before = server.cpuMs();
	await sleep(500);
	const spent = server.cpuMs() - before;
	assert.ok(spent < 150, `${spent} ms of CPU in 500 ms`);
	gate.release(1000);
	assert.match((await wire.reply()).body, /path=\/half/);
	wire.destroy();
});

test('an idle connection is closed without a word', async () => {
	const wire = await dial(port);
	wire.send(get('/'));
	assert.equal((await wire.reply()).status, 200);
	const start = Date.now();
	assert.equal(await wire.ends(), '');
	assert.ok(Date.now() - start >= 1500);
});

test('an idle WebSocket is pinged, and kept while it answers', async () => {
	const wire = await upgrade(port);
	for (let i = 0; i < 3; i++) {
		const ping = await wire.frame();
		assert.equal(ping?.opcode, 9);
		wire.send(frame(10, ping.payload));
	}
	wire.send(frame(1, 'x'));
	assert.equal((await wire.frame()).payload.toString(), 'x');
	wire.destroy();
	await countsUntil(port, (seen) => seen.sockets === 0);
});

test('a WebSocket that does not answer its ping is cut', async () => {
	const wire = await upgrade(port);
	const start = Date.now();
	assert.equal((await wire.frame()).opcode, 9);
	assert.equal(await wire.frame(), null);
	assert.ok(Date.now() - start >= 1800);
	assert.equal((await countsUntil(port, (seen) => seen.sockets === 0)).code, 1006);
});

test('40 connections of one address, then no more, and again when they go', async () => {
	const held = [];
	for (let i = 0; i < 40; i++) held.push(await upgrade(port, '/echo', {}, { localAddress: '127.0.0.9' }));
	assert.equal(await dial(port, { localAddress: '127.0.0.9' }), null);
	await alive(port);
	for (const wire of held) wire.destroy();
	await countsUntil(port, (seen) => seen.sockets === 0);
	const again = await upgrade(port, '/echo', {}, { localAddress: '127.0.0.9' });
	again.destroy();
});

test('60 connections of all, then no more, and again when they go', async () => {
	const held = [];
	for (let i = 0; i < 60; i++) {
		const wire = await dial(port, { localAddress: `127.0.1.${1 + (i % 3)}` });
		assert.ok(wire, `connection ${i}`);
		held.push(wire);
	}
	assert.equal(await dial(port, { localAddress: '127.0.1.4' }), null);
	for (const wire of held) wire.destroy();
	for (let i = 0; i < 100; i++) {
		const wire = await dial(port);
		if (wire) {
			wire.destroy();
			return;
		}
		await sleep(50);
	}
	assert.fail('the places were not given back');
});

test('only http/1.1 is spoken, and TLS 1.2 with AEAD or 1.3', async () => {
	assert.equal(await dial(port, { ALPNProtocols: ['h2'] }), null);
	const both = await dial(port, { ALPNProtocols: ['h2', 'http/1.1'] });
	assert.equal(both.socket.alpnProtocol, 'http/1.1');
	assert.equal(both.socket.getProtocol(), 'TLSv1.3');
	assert.equal(both.socket.getEphemeralKeyInfo().name, 'X25519');
	both.destroy();
	const older = await dial(port, { maxVersion: 'TLSv1.2' });
	assert.equal(older.socket.getProtocol(), 'TLSv1.2');
	assert.match(older.socket.getCipher().name, /^ECDHE-ECDSA-.*(GCM|POLY1305)/);
	older.destroy();
	assert.equal(await dial(port, { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA256' }), null);
	assert.equal(await dial(port, { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }), null);
});

test('another certificate is for new connections; those there go on', async () => {
	const wire = await upgrade(port);
	const had = wire.socket.getPeerCertificate().fingerprint256;
	server.reload();
	for (;;) {
		const next = await dial(port);
		const has = next.socket.getPeerCertificate().fingerprint256;
		next.destroy();
		if (has !== had) break;
	}
	wire.send(frame(1, 'x'));
	assert.equal((await wire.frame()).payload.toString(), 'x');
	wire.destroy();
});

test('the end: WebSockets hear 1001, idle ones close, running replies are finished', async () => {
	const own = await serverStart();
	const socket = await upgrade(own.port);
	const idle = await dial(own.port);
	const late = await dial(own.port);
	const never = await dial(own.port);
	const upload = await dial(own.port);
	const silent = await dialPlain(own.port);
	idle.send(get('/'));
	assert.equal((await idle.reply()).status, 200);
	late.send(get('/later') + get('/behind'));
	never.send(get('/never'));
	upload.send('POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n123');
	await sleep(100);
	const start = Date.now();
	own.term();
	await socket.closesWith(1001);
	assert.equal(await idle.ends(), '');
	const reply = await late.reply();
	assert.equal(reply.body, 'late');
	assert.equal(reply.headers.connection, 'close');
	assert.equal(await late.ends(), '');
	assert.equal(await never.ends(), '');
	await upload.ends();
	await silent.ends();
	await own.stop();
	assert.ok(Date.now() - start < 10000);
});
