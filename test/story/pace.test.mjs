// How often one may ask, by address before sign-in and by account after it; and what refusals carry on the wire.
import assert from 'node:assert/strict';
import tls from 'node:tls';
import { after, before, test } from 'node:test';
import { Server, demoWorld } from '../harness/server.mjs';

const TESS = 'tess@brightwater.example', OMAR = 'omar@brightwater.example';

let server, tess;
before(async () => {
	server = await Server.start({ world: demoWorld(), settings: { 'requests.second': 20 } });
	tess = await server.person(TESS);
});
after(() => server.stop());

/* Many requests on one connection at once: what comes back is their statuses and the first 429. */
function burst(n, head, from) {
	return new Promise((done, reject) => {
		const socket = tls.connect({ host: '127.0.0.1', port: server.port, ca: server.ca, localAddress: from, servername: 'localhost' });
		let text = '';
		socket.on('secureConnect', () => socket.write(`${head}\r\n\r\n`.repeat(n)));
		socket.setEncoding('utf8').on('data', (part) => {
			text += part;
			const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));
			if (statuses.length < n || !text.endsWith('}')) return;
			socket.destroy();
			done({ statuses, text });
		});
		socket.on('error', reject);
	});
}

const paced = ({ statuses, text }, first) => {
	assert.equal(statuses[0], first);
	assert.ok(statuses.includes(429), 'some are too many');
	/* What was let through before is the burst, and what came back with time. */
	assert.ok(statuses.indexOf(429) >= 100, `${statuses.indexOf(429)} before the first`);
	const refusal = text.slice(text.indexOf('HTTP/1.1 429'));
	assert.match(refusal, /^[^{]*\r\nRetry-After: [1-9]\d*\r\n/);
	assert.match(refusal, /"reason":"request\.too_many"/);
};

test('who is not signed in is counted by his address', async () => {
	for (const [from, route] of [['127.0.0.51', 'GET /v1/me'], ['127.0.0.52', 'GET /v1/live']])
		paced(await burst(400, `${route} HTTP/1.1\r\nHost: localhost`, from), 401);
	/* Another address, and whoever is signed in at the same one, go on. */
	assert.equal((await server.api(null, '127.0.0.53').ask('GET', '/v1/me')).status, 401);
	assert.equal((await server.api(tess.token, '127.0.0.51').ask('GET', '/v1/me')).status, 200);
});

test('whoever is signed in is counted by his account, on every route', async () => {
	const head = (token, route) => `${route} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}`;
	const omar = await server.person(OMAR);
	paced(await burst(900, head(omar.token, 'GET /v1/people?q=ines'), '127.0.0.54'), 200);
	const ask = { body: { to: TESS, action: 'find' } };
	const refused = await omar.api.ask('POST', '/v1/reach', ask);
	if (refused.status === 429) assert.equal(refused.body.reason, 'request.too_many');
	assert.equal((await tess.api.ask('POST', '/v1/reach', { body: { to: OMAR, action: 'find' } })).status, 200);
});

test('405 names the methods, 401 the way to sign in', async () => {
	const { status, headers } = await tess.api.ask('PATCH', '/v1/session');
	assert.deepEqual([status, headers.allow], [405, 'POST, DELETE']);
	assert.equal((await tess.api.ask('PUT', '/v1/me')).headers.allow, 'GET, HEAD');
	for (const answer of [await server.api().ask('GET', '/v1/me'), await server.api('made-up').ask('GET', '/v1/me'),
		await server.api().ask('POST', '/v1/session', { body: { address: TESS, password: 'not the password' } })])
		assert.deepEqual([answer.status, answer.headers['www-authenticate']], [401, 'Bearer realm="farhand"']);
});

test('what can\'t be read is a problem object too', async () => {
	const { text } = await burst(1, 'GET /v1/me HTTP/1.1\r\nHost: a\r\nHost: b');
	assert.match(text, /^HTTP\/1\.1 400 /);
	assert.match(text, /\r\nContent-Type: application\/problem\+json\r\n/);
	assert.deepEqual(JSON.parse(text.slice(text.indexOf('\r\n\r\n'))), { type: 'about:blank', title: 'Bad Request', status: 400 });
});
