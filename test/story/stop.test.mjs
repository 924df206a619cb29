// Beginnings and ends: a stop is told and loses nothing, a line may vanish at any moment, and limits hold.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { place, state, talk } from '../harness/call.mjs';
import { iceMake, offer } from '../harness/sdp.mjs';
import { Server, demoWorld } from '../harness/server.mjs';

const INES = 'ines@aldous.example', TESS = 'tess@brightwater.example', RAVI = 'ravi@aldous.example';
const LINES_MOST = 16, FRAMES_BURST = 240;

let server, ines, tess, id;
before(async () => {
	server = await Server.start({ world: demoWorld(), owners: [INES] });
	ines = await server.person(INES);
	tess = await server.person(TESS);
	id = (await tess.api.post('/v1/conversations', { with: INES })).id;
});
after(() => server.stop());

test('a stop says goodbye on every line, and a second start has everything, the call too', async () => {
	const [a, b] = [await ines.line(), await tess.line()];
	const call = await talk(b, a, INES);
	const { message } = await b.request('send', { conversation: id, client_id: 'last', text: 'See you' });
	const world = await server.operator.ask('GET', '/v1/world');
	await server.halt();
	for (const line of [a, b]) {
		assert.equal(await line.closed, 1001);
		assert.equal(line.log.some((f) => f.ev === 'call' && f.call.id === call.id && f.call.state === 'ended'), false);
		assert.deepEqual([line.log.at(-1).ev, line.log.at(-1).reason], ['bye', 'server.stopping']);
	}

	await server.restart();
	for (const person of [ines, tess]) person.api = server.api(person.token);
	const again = await server.operator.ask('GET', '/v1/world');
	assert.equal(again.text, world.text);
	assert.equal(again.headers.etag, world.headers.etag);
	assert.deepEqual((await ines.api.get(`/v1/conversations/${id}/messages?limit=1`)).messages, [message]);
	assert.deepEqual((await ines.api.get('/v1/me')).roles, ['owner']);
	const line = await ines.line();
	assert.deepEqual([line.snapshot.call.id, line.snapshot.call.state], [call.id, 'talking']);
	await line.request('call.hangup', { call: call.id });
	await line.close();
});

test('lines and requests that vanish in the middle leave nothing behind', async () => {
	for (let round = 0; round < 15; round++) {
		const [a, b] = [await ines.line(), await tess.line()];
		const saving = round % 3 ? null : server.editAccess('aldous', { off_actions: round % 2 ? ['file'] : [] });
		const asked = [];
		for (let i = 0; i < 15; i++) asked.push(b.ask('send', { conversation: id, client_id: `v${round}-${i}`, text: 'going' }));
		asked.push(b.ask('watch', { addresses: [INES, RAVI, TESS] }), a.ask('watch', { addresses: [TESS] }));
		asked.push(b.ask('call.place', { to: INES, video: true, sdp: offer(iceMake()) }));
		asked.push(a.ask('call.place', { to: TESS, video: true, sdp: offer(iceMake()) }));
		for (const answer of asked) answer.catch(() => {});
		const requests = Array.from({ length: 5 }, () => {
			const req = https.request({ host: '127.0.0.1', port: server.port, ca: server.ca, path: '/v1/session', method: 'POST', agent: false, headers: { 'content-type': 'application/json' } });
			req.on('error', () => {});
			req.end(JSON.stringify({ address: `v${round}@aldous.example`, password: 'wrong wrong' }));
			return req;
		});
		await sleep(round);
		for (const req of requests) req.destroy();
		await Promise.all([a.drop(), b.drop(), saving]);
		/* The call waits 20 s for its line; the operator's new world does not. */
		await server.editAccess('aldous', { mode: 'off' });
		await server.editAccess('aldous', { mode: 'open' });
	}
	const { calls } = await server.operator.get('/v1/calls');
	assert.deepEqual(calls.filter((call) => call.state !== 'ended'), []);
});

test('a sign-out in the middle of one\'s own requests', async () => {
	for (let round = 0; round < 3; round++) {
		const person = await server.person(TESS), line = await person.line();
		for (let i = 0; i < 30; i++) line.ask('send', { conversation: id, client_id: `o${round}-${i}`, text: 'out' }).catch(() => {});
		await place(line, INES).catch(() => {});
		assert.equal((await person.api.ask('DELETE', '/v1/session')).status, 204);
		assert.equal(await line.closed, 4401);
	}
});

test('an account has so many lines and no more', async () => {
	const lines = [];
	for (let i = 0; i < LINES_MOST; i++) lines.push(await ines.line());
	await assert.rejects(ines.line(), /429/);
	await lines.pop().close();
	lines.push(await ines.line());
	const call = await place(await tess.line(), INES);
	for (const line of lines) await line.next('call', state(call.id, 'ringing'));
	await lines[0].request('call.decline', { call: call.id });
	for (const line of lines) await line.close();
});

test('a line that shouts is closed', async () => {
	const line = await tess.line();
	for (let i = 0; i < 3 * FRAMES_BURST; i++) line.say('point', { call: 'x', of: INES, at: null });
	assert.equal(await line.closed, 4429);
});

test('what is no request of the protocol is refused by its field, and the line lives on', async () => {
	const line = await tess.line();
	const bad = [['/op', 'dance', {}], ['/since', 'hello', { since: -1 }], ['/colour', 'watch', { addresses: [], colour: 'red' }],
		['/addresses', 'watch', { addresses: 'all' }], ['/addresses/1', 'watch', { addresses: [INES, 'nonsense'] }],
		['/addresses', 'watch', { addresses: Array(201).fill(INES) }], ['/to', 'call.place', { video: true, sdp: 'x' }]];
	for (const [field, op, keys] of bad) {
		const { error } = await line.ask(op, keys);
		assert.equal(error?.status, 400, op);
		if (op !== 'hello') assert.equal(error.field, field);
	}
	line.ws.send('{"id":1,"id":2,"op":"hello"}');
	line.ws.send('[]');
	line.ws.send('{"op":"send"}');
	line.ws.send('{"id":-3,"op":"watch","addresses":[]}');
	assert.deepEqual(await line.settled(), []);
	assert.equal(line.log.filter((frame) => frame.re === null && frame.error.status === 400).length, 4);
	await line.close();
});
