// Malformed and ambiguous HTTP: one refusal, then the connection closes. Never a second answer.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { alive, dial, dialPlain, exchange, serverStart } from './client.mjs';

let server, port;
before(async () => ({ port } = server = await serverStart()));
after(() => server.stop());
afterEach(() => alive(port));

const hidden = 'GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n';
const post = (fields, rest) => `POST /body HTTP/1.1\r\nHost: x\r\n${fields}\r\n${rest}`;
const many = Array.from({ length: 2000 }, (_, i) => `X${i}: y\r\n`).join('');

const refused = [
	['CL + TE', 400, post('Content-Length: 4\r\nTransfer-Encoding: chunked\r\n', `0\r\n\r\n${hidden}`)],
	['TE + CL', 400, post('Transfer-Encoding: chunked\r\nContent-Length: 4\r\n', `0\r\n\r\n${hidden}`)],
	['two CL', 400, post('Content-Length: 5\r\nContent-Length: 0\r\n', `hello${hidden}`)],
	['two equal CL', 400, post('Content-Length: 5\r\nContent-Length: 5\r\n', `hello${hidden}`)],
	['CL 5, 5', 400, post('Content-Length: 5, 5\r\n', `hello${hidden}`)],
	['CL 2^64', 400, post('Content-Length: 18446744073709551616\r\n', hidden)],
	['CL 2^64 + 5', 400, post('Content-Length: 18446744073709551621\r\n', `hello${hidden}`)],
	['CL 2^63', 400, post('Content-Length: 9223372036854775808\r\n', hidden)],
	['CL xyz', 400, post('Content-Length: xyz\r\n', hidden)],
	['CL empty', 400, post('Content-Length:\r\n', hidden)],
	['CL 0x5', 400, post('Content-Length: 0x5\r\n', hidden)],
	['CL 5 5', 400, post('Content-Length: 5 5\r\n', hidden)],
	['space before the colon', 400, post('Content-Length : 5\r\n', `hello${hidden}`)],
	['CL -1', 400, post('Content-Length: -1\r\n', hidden)],
	['CL +4', 400, post('Content-Length: +4\r\n', `abcd${hidden}`)],
	['TE xchunked', 400, post('Transfer-Encoding: xchunked\r\n', `0\r\n\r\n${hidden}`)],
	['TE chunked, identity', 400, post('Transfer-Encoding: chunked, identity\r\n', `0\r\n\r\n${hidden}`)],
	['TE gzip, chunked', 400, post('Transfer-Encoding: gzip, chunked\r\n', `0\r\n\r\n${hidden}`)],
	['two TE', 400, post('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', `0\r\n\r\n${hidden}`)],
	['TE with a vertical tab', 400, post('Transfer-Encoding: \x0bchunked\r\n', `0\r\n\r\n${hidden}`)],
	['TE in HTTP/1.0', 400, `POST /body HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`],
	['a bad chunk size', 400, post('Transfer-Encoding: chunked\r\n', `xyz\r\n${hidden}`)],
	['a negative chunk size', 400, post('Transfer-Encoding: chunked\r\n', `-1\r\n${hidden}`)],
	['a chunk size of 2^64', 400, post('Transfer-Encoding: chunked\r\n', `10000000000000000\r\n${hidden}`)],
	['a chunk longer than it says', 400, post('Transfer-Encoding: chunked\r\n', `3\r\nabcdef\r\n0\r\n\r\n${hidden}`)],
	['a chunk with bare LF', 400, post('Transfer-Encoding: chunked\r\n', `3\nabc\r\n0\r\n\r\n${hidden}`)],
	['a chunk extension', 400, post('Transfer-Encoding: chunked\r\n', `3;name=value\r\nabc\r\n0\r\n\r\n${hidden}`)],
	['an endless chunk extension', 400, post('Transfer-Encoding: chunked\r\n', `3;${'a'.repeat(20000)}`)],
	['a trailer', 400, post('Transfer-Encoding: chunked\r\n', `3\r\nabc\r\n0\r\nHost: y\r\n\r\n${hidden}`)],
	['a folded line', 400, `GET / HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n${hidden}`],
	['a folded line behind leading CRLFs', 400, `\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\nX: a\r\n\tb\r\n\r\n${hidden}`],
	['a folded TE', 400, post('Transfer-Encoding:\r\n chunked\r\n', `0\r\n\r\n${hidden}`)],
	['bare LF', 400, `GET / HTTP/1.1\nHost: x\n\n${hidden}`],
	['bare LF in one line', 400, `GET / HTTP/1.1\r\nHost: x\nX: y\r\n\r\n${hidden}`],
	['bare CR', 400, `GET / HTTP/1.1\r\nHost: x\rX: y\r\n\r\n${hidden}`],
	['NUL in a value', 400, `GET / HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n${hidden}`],
	['a control character in a value', 400, `GET / HTTP/1.1\r\nHost: x\r\nX: a\x01b\r\n\r\n${hidden}`],
	['DEL in a value', 400, `GET / HTTP/1.1\r\nHost: x\r\nX: a\x7fb\r\n\r\n${hidden}`],
	['NUL in a name', 400, `GET / HTTP/1.1\r\nHost: x\r\nX\0Y: a\r\n\r\n${hidden}`],
	['a name with a space', 400, `GET / HTTP/1.1\r\nHost: x\r\nX Y: a\r\n\r\n${hidden}`],
	['a name with obs-text', 400, `GET / HTTP/1.1\r\nHost: x\r\nX\xe4: a\r\n\r\n${hidden}`],
	['a line without a colon', 400, `GET / HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n${hidden}`],
	['two Host', 400, `GET / HTTP/1.1\r\nHost: x\r\nhost: y\r\n\r\n${hidden}`],
	['no Host', 400, `GET / HTTP/1.1\r\n\r\n${hidden}`],
	['an empty Host', 400, `GET / HTTP/1.1\r\nHost:\r\n\r\n${hidden}`],
	['a Host with a path', 400, `GET / HTTP/1.1\r\nHost: x/y\r\n\r\n${hidden}`],
	['two hosts in one', 400, `GET / HTTP/1.1\r\nHost: x, y\r\n\r\n${hidden}`],
	['two Host in HTTP/1.0', 400, `GET / HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n${hidden}`],
	['garbage: one word', 400, 'hello\r\n\r\n'],
	['garbage: bytes', 400, '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
	['garbage: no version', 505, `GET /\r\nHost: x\r\n\r\n${hidden}`],
	['garbage: HTTP/9.9', 505, `GET / HTTP/9.9\r\nHost: x\r\n\r\n${hidden}`],
	['garbage: HTP/1.1', 400, `GET / HTP/1.1\r\nHost: x\r\n\r\n${hidden}`],
	['garbage: an unknown method', 400, `BREW / HTTP/1.1\r\nHost: x\r\n\r\n${hidden}`],
	['HTTP/2 preface', 400, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
	['HTTP/0.9', 505, `GET / HTTP/0.9\r\nHost: x\r\n\r\n${hidden}`],
	['HTTP/2.0', 505, `GET / HTTP/2.0\r\nHost: x\r\n\r\n${hidden}`],
	['CONNECT', 501, `CONNECT x:443 HTTP/1.1\r\nHost: x\r\n\r\n${hidden}`],
	['TRACE', 501, `TRACE / HTTP/1.1\r\nHost: x\r\n\r\n${hidden}`],
	['an absolute target', 400, `GET https://y/ HTTP/1.1\r\nHost: x\r\n\r\n${hidden}`],
	['OPTIONS *', 400, `OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n${hidden}`],
	['a fragment', 400, `GET /a#b HTTP/1.1\r\nHost: x\r\n\r\n${hidden}`],
	['a target with obs-text', 400, `GET /\xe4 HTTP/1.1\r\nHost: x\r\n\r\n${hidden}`],
	['a target with a tab', 400, `GET /a\tb HTTP/1.1\r\nHost: x\r\n\r\n${hidden}`],
	['a header of 100 kB', 431, `GET / HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(100000)}\r\n\r\n`],
	['a target of 100 kB', 431, `GET /${'y'.repeat(100000)} HTTP/1.1\r\nHost: x\r\n\r\n`],
	['2,000 headers', 431, `GET / HTTP/1.1\r\nHost: x\r\n${many}\r\n`],
	['65 headers', 431, `GET / HTTP/1.1\r\nHost: x\r\n${many.split('\r\n').slice(0, 64).join('\r\n')}\r\n\r\n`],
];

for (const [name, status, bytes] of refused) {
	test(`${name}: ${status}`, async () => {
		const { reply, wire } = await exchange(port, bytes);
		assert.equal(reply?.status, status);
		assert.equal(reply.headers.connection, 'close');
		assert.equal(await wire.ends(), '');
	});
}

test('the same, byte by byte in one segment each, where it is short', async () => {
	for (const [name, status, bytes] of refused.filter(([, , b]) => b.length < 200)) {
		const wire = await dial(port);
		for (const byte of bytes) wire.send(byte);
		const reply = await wire.reply();
		assert.equal(reply?.status, status, name);
		assert.equal(await wire.ends(), '', name);
	}
});

test('64 headers are fine', async () => {
	const { reply, wire } = await exchange(port, `GET / HTTP/1.1\r\nHost: x\r\n${many.split('\r\n').slice(0, 63).join('\r\n')}\r\n\r\n`);
	assert.equal(reply.status, 200);
	wire.destroy();
});

test('a head at the limit, and one byte above', async () => {
	const head = 'GET / HTTP/1.1\r\nHost: x\r\nX: \r\n\r\n';
	const at = (n) => head.replace('X: ', `X: ${'y'.repeat(n - head.length)}`);
	const fits = await exchange(port, at(8192));
	assert.equal(fits.reply.status, 200);
	fits.wire.destroy();
	const above = await exchange(port, at(8193));
	assert.equal(above.reply.status, 431);
});

test('plain HTTP on the TLS port is closed', async () => {
	const wire = await dialPlain(port);
	wire.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
	await wire.ends();
});
