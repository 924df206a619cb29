// WebSocket framing, closing and limits.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { alive, closeFrame, counts, countsUntil, dial, exchange, frame, serverStart, upgrade, upgradeHead } from './client.mjs';

let server, port;
before(async () => ({ port } = server = await serverStart()));
after(() => server.stop());
afterEach(async () => {
	await alive(port);
	await countsUntil(port, (seen) => seen.sockets === 0);
});

const TEXT = 1, BINARY = 2, PING = 9, PONG = 10, MORE = 0;

async function echoes(wire, text) {
	wire.send(frame(TEXT, text));
	const got = await wire.frame();
	assert.equal(got?.opcode, TEXT);
	assert.equal(got.fin, true);
	assert.equal(got.payload.toString(), text);
}

test('echo: empty, short, 125, 126, 65,535, 65,536, 70,000 bytes', async () => {
	const wire = await upgrade(port);
	for (const n of [0, 1, 125, 126, 65535, 65536, 70000]) await echoes(wire, 'ä'.repeat(n >> 1) + 'x'.repeat(n & 1));
	wire.send(closeFrame(1000));
	await wire.closesWith(1000);
	assert.equal((await countsUntil(port, (seen) => seen.sockets === 0)).code, 1000);
});

test('the frame that claims 2^64 - 4 bytes', async () => {
	const wire = await upgrade(port);
	wire.send(Buffer.from('82fffffffffffffffffc41424344', 'hex'));
	await wire.closesWith(1002);
	const text = await upgrade(port);
	text.send(Buffer.from('81fffffffffffffffffc41424344', 'hex'));
	await text.closesWith(1002);
});

test('a frame that claims 2^62 bytes', async () => {
	const wire = await upgrade(port);
	wire.send(frame(TEXT, '', { claim: 1n << 62n }));
	await wire.closesWith(1009);
});

test('a length not in its shortest form', async () => {
	const wire = await upgrade(port);
	wire.send(frame(TEXT, 'hello', { claim: 5n }));
	await wire.closesWith(1002);
});

test('fragments with a ping between', async () => {
	const wire = await upgrade(port);
	wire.send(frame(TEXT, 'Hel', { fin: false })).send(frame(PING, 'p')).send(frame(MORE, 'l', { fin: false })).send(frame(MORE, 'o'));
	const pong = await wire.frame();
	assert.equal(pong.opcode, PONG);
	assert.equal(pong.payload.toString(), 'p');
	assert.equal((await wire.frame()).payload.toString(), 'Hello');
	wire.destroy();
});

test('a character split over fragments', async () => {
	const wire = await upgrade(port);
	const bytes = Buffer.from('€𝄞');
	wire.send(frame(TEXT, bytes.subarray(0, 1), { fin: false })).send(frame(MORE, bytes.subarray(1, 5), { fin: false })).send(frame(MORE, bytes.subarray(5)));
	assert.equal((await wire.frame()).payload.toString(), '€𝄞');
	wire.destroy();
});

test('everything byte by byte', async () => {
	const wire = await upgrade(port);
	const bytes = Buffer.concat([frame(TEXT, 'one', { fin: false }), frame(PING, 'x'), frame(MORE, ' two'), frame(TEXT, 'y'.repeat(200))]);
	for (const byte of bytes) wire.send(Buffer.from([byte]));
	assert.equal((await wire.frame()).opcode, PONG);
	assert.equal((await wire.frame()).payload.toString(), 'one two');
	assert.equal((await wire.frame()).payload.length, 200);
	wire.destroy();
});

test('1,000 small messages in one go', async () => {
	const wire = await upgrade(port);
	wire.send(Buffer.concat(Array.from({ length: 1000 }, (_, i) => frame(TEXT, `m${i}`))));
	for (let i = 0; i < 1000; i++) assert.equal((await wire.frame()).payload.toString(), `m${i}`);
	wire.destroy();
});

test('more than the limit, whole and in fragments: 1009', async () => {
	const whole = await upgrade(port);
	whole.send(frame(TEXT, 'x'.repeat((256 << 10) + 1)));
	await whole.closesWith(1009);
	const parts = await upgrade(port);
	parts.send(frame(TEXT, 'x'.repeat(200 << 10), { fin: false })).send(frame(MORE, 'x'.repeat(57 << 10)));
	await parts.closesWith(1009);
	const exact = await upgrade(port);
	await echoes(exact, 'x'.repeat(256 << 10));
	exact.destroy();
});

for (const [name, bytes] of [['a lone continuation', [0x80]], ['an overlong', [0xc0, 0xaf]], ['a surrogate', [0xed, 0xa0, 0x80]], ['above U+10FFFF', [0xf4, 0x90, 0x80, 0x80]], ['cut', [0xe2, 0x82]]]) {
	test(`invalid UTF-8, ${name}: 1007`, async () => {
		const wire = await upgrade(port);
		wire.send(frame(TEXT, Buffer.from(bytes)));
		await wire.closesWith(1007);
		assert.equal((await countsUntil(port, (seen) => seen.sockets === 0)).code, 1007);
	});
}

test('invalid UTF-8 in a message that never ends: 1007 at once', async () => {
	const wire = await upgrade(port);
	wire.send(frame(TEXT, Buffer.from([0x61, 0xff]), { fin: false }));
	await wire.closesWith(1007);
});

const broken = {
	unmasked: frame(TEXT, 'x', { masked: false }),
	RSV1: frame(TEXT, 'x', { rsv: 4 }),
	RSV2: frame(TEXT, 'x', { rsv: 2 }),
	RSV3: frame(PING, 'x', { rsv: 1 }),
	'opcode 3': frame(3, 'x'),
	'opcode 11': frame(11, 'x'),
	'a fragmented control frame': frame(PING, 'x', { fin: false }),
	'a ping of 126 bytes': frame(PING, 'x'.repeat(126)),
	'a continuation of nothing': frame(MORE, 'x'),
	'a new message inside a message': Buffer.concat([frame(TEXT, 'x', { fin: false }), frame(TEXT, 'y')]),
	'close with one byte': frame(8, 'x'),
	'close 1005': closeFrame(1005),
	'close 1006': closeFrame(1006),
	'close 999': closeFrame(999),
	'close 1015': closeFrame(1015),
	'close 5000': closeFrame(5000),
};
for (const [name, bytes] of Object.entries(broken)) {
	test(`${name}: 1002`, async () => {
		const wire = await upgrade(port);
		wire.send(bytes);
		await wire.closesWith(1002);
	});
}

test('binary: 1003', async () => {
	const wire = await upgrade(port);
	wire.send(frame(BINARY, 'x'));
	await wire.closesWith(1003);
});

test('a close reason that is no UTF-8: 1007', async () => {
	const wire = await upgrade(port);
	wire.send(closeFrame(1000, Buffer.from([0xff])));
	await wire.closesWith(1007);
});

test('a ping of 125 bytes, an empty one, an unasked pong', async () => {
	const wire = await upgrade(port);
	wire.send(frame(PING, 'x'.repeat(125))).send(frame(PONG, 'what')).send(frame(PING));
	const pong = await wire.frame();
	assert.equal(pong.opcode, PONG);
	assert.equal(pong.payload.toString(), 'x'.repeat(125));
	assert.equal((await wire.frame()).payload.length, 0);
	wire.destroy();
});

test('close handshake: code and reason, no code, and what follows is not heard', async () => {
	const wire = await upgrade(port);
	wire.send(Buffer.concat([closeFrame(4000, 'done'), frame(TEXT, 'x')]));
	await wire.closesWith(4000);
	assert.equal((await countsUntil(port, (seen) => seen.sockets === 0)).code, 4000);
	const bare = await upgrade(port);
	bare.send(frame(8));
	await bare.closesWith(null);
	assert.equal((await countsUntil(port, (seen) => seen.sockets === 0)).code, 1005);
});

test('the server closes with a code and waits for the answer', async () => {
	const wire = await upgrade(port, '/close');
	wire.send(frame(TEXT, '4401'));
	const close = await wire.frame();
	assert.equal(close.opcode, 8);
	assert.equal(close.payload.readUInt16BE(0), 4401);
	wire.send(frame(TEXT, 'still talking')).send(closeFrame(4401));
	assert.equal(await wire.ends(), '');
	assert.equal((await countsUntil(port, (seen) => seen.sockets === 0)).code, 4401);
});

test('the server closes and the peer never answers', async () => {
	const wire = await upgrade(port, '/close');
	wire.send(frame(TEXT, '1000'));
	await wire.closesWith(1000);
});

test('a peer that vanishes: 1006', async () => {
	const wire = await upgrade(port);
	await echoes(wire, 'x');
	wire.destroy();
	assert.equal((await countsUntil(port, (seen) => seen.sockets === 0)).code, 1006);
});

test('frames right behind the upgrade', async () => {
	const wire = await dial(port);
	wire.send(Buffer.concat([Buffer.from(upgradeHead('/echo')), frame(TEXT, 'early'), frame(TEXT, 'bird').subarray(0, 5)]));
	assert.equal((await wire.reply()).status, 101);
	assert.equal((await wire.frame()).payload.toString(), 'early');
	wire.destroy();
});

test('an upgrade behind a pipelined late request', async () => {
	const wire = await dial(port);
	wire.send(Buffer.concat([Buffer.from(`GET /later HTTP/1.1\r\nHost: x\r\n\r\n${upgradeHead('/echo')}`), frame(TEXT, 'x')]));
	assert.equal((await wire.reply()).body, 'late');
	assert.equal((await wire.reply()).status, 101);
	assert.equal((await wire.frame()).payload.toString(), 'x');
	wire.destroy();
});

test('Origin is the caller\'s to refuse, before the upgrade', async () => {
	const { reply, wire } = await exchange(port, upgradeHead('/echo', { Origin: 'https://evil.example' }));
	assert.equal(reply.status, 403);
	wire.send('GET /next HTTP/1.1\r\nHost: x\r\n\r\n');
	assert.equal((await wire.reply()).status, 200);
	wire.destroy();
});

test('the subprotocol is echoed when offered', async () => {
	const offered = await upgrade(port, '/echo', { 'Sec-WebSocket-Protocol': 'other, probe.v1 ,more' });
	assert.equal(offered.upgraded.headers['sec-websocket-protocol'], 'probe.v1');
	offered.destroy();
	const not = await upgrade(port, '/echo', { 'Sec-WebSocket-Protocol': 'probe.v11', 'Sec-WebSocket-Extensions': 'permessage-deflate' });
	assert.equal(not.upgraded.headers['sec-websocket-protocol'], undefined);
	assert.equal(not.upgraded.headers['sec-websocket-extensions'], undefined);
	not.destroy();
});

const unfit = [
	['no Upgrade', 426, { Upgrade: null }],
	['another Upgrade', 426, { Upgrade: 'h2c' }],
	['version 8', 426, { 'Sec-WebSocket-Version': '8' }],
	['no version', 426, { 'Sec-WebSocket-Version': null }],
	['no Connection: Upgrade', 400, { Connection: 'keep-alive' }],
	['no key', 400, { 'Sec-WebSocket-Key': null }],
	['a short key', 400, { 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZQ==' }],
	['a key that is no base64', 400, { 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25j!Q==' }],
	['a body', 400, { 'Content-Length': '5' }],
];
for (const [name, status, fields] of unfit) {
	test(`${name}: ${status}`, async () => {
		const { reply, wire } = await exchange(port, upgradeHead('/echo', fields));
		assert.equal(reply.status, status);
		if (status === 426) assert.equal(reply.headers['sec-websocket-version'], '13');
		wire.destroy();
	});
}

test('POST and HTTP/1.0 do not upgrade', async () => {
	for (const bytes of [upgradeHead('/echo').replace('GET', 'POST'), upgradeHead('/echo').replace('HTTP/1.1', 'HTTP/1.0')]) {
		const { reply, wire } = await exchange(port, bytes);
		assert.equal(reply.status, 400);
		wire.destroy();
	}
});

test('a client that never reads is cut, and the others are served', async () => {
	const deaf = await upgrade(port, '/ask');
	const other = await upgrade(port);
	deaf.socket.pause();
	for (let i = 0; i < 60; i++) deaf.send(frame(TEXT, '500000'));
	await countsUntil(port, (seen) => seen.sockets === 1 && seen.code === 1013);
	await echoes(other, 'still here');
	deaf.destroy();
	other.destroy();
});

test('a pinging client that never reads is cut', async () => {
	const deaf = await upgrade(port);
	deaf.socket.pause();
	const pings = Buffer.concat(Array.from({ length: 8000 }, () => frame(PING, 'x'.repeat(125))));
	for (let i = 0; i < 12; i++) deaf.send(pings);
	await countsUntil(port, (seen) => seen.sockets === 0);
	deaf.destroy();
});

test('counts start at nothing open', async () => {
	assert.equal((await counts(port)).sockets, 0);
});
