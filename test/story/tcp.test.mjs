// Media over TCP on the HTTPS port: for networks that let nothing else through.
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { flow, talk, until } from '../harness/call.mjs';
import { Media } from '../harness/ice.mjs';
import { metricsRead } from '../harness/metrics.mjs';
import { Server, demoWorld } from '../harness/server.mjs';

const INES = 'ines@aldous.example';

let server, ines, tess;
before(async () => {
	server = await Server.start({ world: demoWorld() });
	ines = await (await server.person(INES)).line();
	tess = await (await server.person('tess@brightwater.example')).line();
});
after(() => server.stop());

const hangUp = (call) => tess.request('call.hangup', { call: call.id });
const counted = async (id) => (await server.operator.get('/v1/calls')).calls.find((call) => call.id === id);
const metric = async (name) => metricsRead((await server.api().ask('GET', '/metrics')).text).get(name);

test('every description offers TCP on the HTTPS port, behind UDP', async () => {
	const call = await talk(tess, ines, INES);
	for (const side of [call.from, call.to]) {
		assert.deepEqual(new Set(side.theirs.streams.map((s) => `${s.address}:${s.port}`)), new Set([`127.0.0.1:${server.port}`]));
		const [udp, tcp] = ['udp', 'tcp'].map((kind) => Number(side.sdp.match(new RegExp(`a=candidate:\\S+ 1 ${kind} (\\d+)`))[1]));
		assert.ok(tcp < udp);
	}
	await hangUp(call);
});

for (const [what, how] of Object.entries({ 'both over TCP': { from: { tcp: true }, to: { tcp: true } }, 'one over TCP': { to: { tcp: true } } })) {
	test(`${what}: media both ways, and the end closes the connection`, async () => {
		const call = await talk(tess, ines, INES);
		const media = await flow(call, how);
		for (const leg of (await counted(call.id)).legs) assert.ok(leg.connected && leg.packets_in > 20 && leg.packets_out > 20);
		assert.equal(await metric('farhand_relay_streams'), Object.keys(how).length);
		await hangUp(call);
		await media.to.lost;
		assert.equal(await metric('farhand_relay_streams'), 0);
		media.close();
	});
}

test('a rule that closes cuts TCP too, before the admin hears that it is saved', async () => {
	const call = await talk(tess, ines, INES);
	const media = await flow(call, { from: { tcp: true }, to: { tcp: true } });
	const { body: before } = await server.operator.ask('GET', '/v1/tenants/aldous/external-access');
	await server.editAccess('aldous', { mode: 'off' });
	const [was] = (await counted(call.id)).legs;
	assert.equal(await metric('farhand_relay_streams'), 0);
	await Promise.all([media.from.lost, media.to.lost]);
	assert.deepEqual((await counted(call.id)).legs[0], was);
	media.close();
	await server.editAccess('aldous', { mode: before.mode });
});

/* A socket of one's own on the HTTPS port; what came back until it was closed. */
async function knock(bytes) {
	const socket = net.connect(server.port, '127.0.0.1');
	let heard = 0;
	socket.on('error', () => {}).on('data', (data) => { heard += data.length; });
	socket.write(bytes);
	await new Promise((closed) => socket.on('close', closed));
	return heard;
}

test('who is no browser of a call hears nothing and is closed; TLS goes on beside it', async () => {
	const taken = await metric('farhand_relay_streams_taken_total');
	assert.equal(await knock(Buffer.from([0, 20, ...Buffer.alloc(20)])), 0);
	assert.equal(await knock(Buffer.from([0x01, 0x00, ...Buffer.alloc(256, 0x80)])), 0);
	assert.equal(await knock(Buffer.from([0x13, 0xff])), 0, 'the longest length that is no TLS, and no datagram\'s');
	assert.equal(await metric('farhand_relay_streams_taken_total'), taken + 3);
	assert.ok((await server.operator.get('/v1/calls')).calls, 'HTTPS is there');
});

test('a first byte that comes alone and late is waited for', async () => {
	const call = await talk(tess, ines, INES);
	const media = new Media(call.from.mine, call.from.theirs, { tcp: true });
	/* Connected for a while and silent: nothing is decided before the first byte. */
	await until(async () => await metric('farhand_connections') > 2, 'the silent connection');
	assert.equal(await metric('farhand_relay_streams'), 0);
	assert.equal(await media.check(), 200);
	assert.equal(await metric('farhand_relay_streams'), 1);
	media.close();
	await until(async () => await metric('farhand_relay_streams') === 0, 'the end of the connection');
	await hangUp(call);
});
