// What an operator does: another certificate, numbers, a service manager, a sandbox, a backup.
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import tls from 'node:tls';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Api } from '../harness/api.mjs';
import { flow, place, state, talk } from '../harness/call.mjs';
import { metricsRead } from '../harness/metrics.mjs';
import { Notified } from '../harness/notified.mjs';
import { Server, demoWorld } from '../harness/server.mjs';

const INES = 'ines@aldous.example', TESS = 'tess@brightwater.example';
const unit = fileURLToPath(new URL('../../packaging/farhand.service', import.meta.url));
const has = (program) => spawnSync(program, ['--version']).error === undefined;

let server, other, ines, tess, id, folder;
before(async () => {
	folder = mkdtempSync(join(tmpdir(), 'farhand-operate-'));
	/* Another server is an easy way to another certificate. */
	other = await Server.start();
	server = await Server.start({ world: demoWorld(), owners: [INES] });
	ines = await server.person(INES);
	tess = await server.person(TESS);
	id = (await tess.api.post('/v1/conversations', { with: INES })).id;
});
after(async () => {
	await server.stop();
	await other.stop();
	rmSync(folder, { recursive: true, force: true });
});

/** Put a copy of `from` in the place of `to` at once, as who renews a certificate does. */
function put(from, to) {
	copyFileSync(from, `${to}.new`);
	renameSync(`${to}.new`, to);
}

const file = (of, name) => join(of.settings.data, name);
const times = (of, event) => of.log().split(`"ev":"${event}"`).length - 1;

/** SIGHUP, and wait until the log says `event` once more. */
async function reload(of, event) {
	const before = times(of, event);
	process.kill(of.pid, 'SIGHUP');
	while (times(of, event) === before) await sleep(10);
}

/** The certificate that a new connection is shown, in PEM's base64. */
function shown(of) {
	return new Promise((resolve, reject) => {
		const socket = tls.connect({ host: '127.0.0.1', port: of.port, rejectUnauthorized: false }, () => {
			resolve(socket.getPeerCertificate().raw.toString('base64'));
			socket.destroy();
		});
		socket.on('error', reject);
	});
}

const inFile = (path) => readFileSync(path, 'utf8').replace(/-----[^-]+-----|\s/g, '');

test('a renewed certificate is shown to new connections, and lines stay', async () => {
	const line = await tess.line(), own = inFile(file(server, 'tls.pem'));
	const [old_chain, old_key] = [join(folder, 'old.pem'), join(folder, 'old.key')];
	copyFileSync(file(server, 'tls.pem'), old_chain);
	copyFileSync(file(server, 'tls.key'), old_key);
	assert.equal(await shown(server), own);

	put(file(other, 'tls.pem'), file(server, 'tls.pem'));
	/* The new chain and the old key do not fit: the old pair stays. */
	await reload(server, 'certificate.kept');
	assert.equal(await shown(server), own);
	put(file(other, 'tls.key'), file(server, 'tls.key'));
	await reload(server, 'certificate.changed');
	assert.equal(await shown(server), inFile(file(other, 'tls.pem')));
	await line.request('send', { conversation: id, client_id: 'renewed', text: 'Still here' });

	writeFileSync(file(server, 'tls.pem'), 'nonsense\n');
	await reload(server, 'certificate.kept');
	unlinkSync(file(server, 'tls.pem'));
	await reload(server, 'certificate.kept');
	assert.equal(await shown(server), inFile(file(other, 'tls.pem')));

	put(old_chain, file(server, 'tls.pem'));
	put(old_key, file(server, 'tls.key'));
	await reload(server, 'certificate.changed');
	assert.equal(await shown(server), own);
	await line.request('send', { conversation: id, client_id: 'renewed-2', text: 'Still here' });
	await line.close();
});

test('a certificate elsewhere, behind links as certbot has them, is renewed through the sandbox', async () => {
	const live = join(folder, 'live'), archive = join(folder, 'archive');
	const lay = (from, n) => {
		for (const [name, source] of [['chain.pem', 'tls.pem'], ['key.pem', 'tls.key']]) {
			copyFileSync(file(from, source), join(archive, `${n}-${name}`));
			symlinkSync(`../archive/${n}-${name}`, join(live, `${name}.new`));
			renameSync(join(live, `${name}.new`), join(live, name));
		}
	};
	mkdirSync(live);
	mkdirSync(archive);
	lay(server, 1);
	/* The harness trusts the file in the data folder. */
	const data = join(folder, 'linked');
	mkdirSync(data, { mode: 0o700 });
	copyFileSync(file(server, 'tls.pem'), join(data, 'tls.pem'));
	const linked = await Server.start({ settings: { data, 'tls.certificate': join(live, 'chain.pem'), 'tls.key': join(live, 'key.pem') } });
	assert.equal(await shown(linked), inFile(file(server, 'tls.pem')));
	lay(other, 2);
	await reload(linked, 'certificate.changed');
	assert.equal(await shown(linked), inFile(file(other, 'tls.pem')));
	await linked.stop();
});

test('/metrics is well formed, says what there is, and names nobody', async () => {
	const read = async () => metricsRead((await server.api().ask('GET', '/metrics')).text);
	const { status, headers, text } = await server.api().ask('GET', '/metrics');
	assert.equal(status, 200);
	assert.equal(headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
	assert.doesNotMatch(text, /example|aldous|brightwater/);
	const first = metricsRead(text);
	assert.deepEqual([first.get('farhand_lines'), first.get('farhand_endpoints'), first.get('farhand_calls{state="talking"}')], [0, 0, 0]);
	assert.equal(first.get('farhand_world_tenants'), demoWorld().tenants.length);
	for (const name of ['process_cpu_seconds_total', 'process_resident_memory_bytes', 'process_open_fds', 'process_start_time_seconds'])
		assert.ok(first.get(name) > 0, name);

	const [a, b, c] = [await ines.line(), await tess.line(), await tess.line()];
	const ringing = await place(b, INES);
	let now = await read();
	assert.deepEqual([now.get('farhand_lines'), now.get('farhand_endpoints'), now.get('farhand_calls{state="ringing"}')], [3, 2, 1]);
	assert.ok(now.get('farhand_permits') >= 1);
	await b.request('call.hangup', { call: ringing.id });
	const call = await talk(b, a, INES), media = await flow(call);
	now = await read();
	assert.deepEqual(['farhand_leg_media_bytes_count', 'farhand_legs_silent_total'].map((name) => now.get(name)), [2, 2], 'the call that was not answered');
	assert.deepEqual([now.get('farhand_calls{state="talking"}'), now.get('farhand_relay_legs')], [1, 2]);
	await b.request('call.hangup', { call: call.id });
	await a.next('call', state(call.id, 'ended'));
	media.close();
	await server.api().ask('GET', '/v1/me');
	await b.ask('send', { conversation: '999999999', client_id: 'm', text: 'nowhere' });
	await b.request('send', { conversation: id, client_id: 'metrics', text: 'one write' });
	const then = await read();
	assert.equal(then.get('farhand_refusals_total{reason="session.required"}') - now.get('farhand_refusals_total{reason="session.required"}'), 1);
	assert.equal(then.get('farhand_refusals_total{reason="not_found"}') - now.get('farhand_refusals_total{reason="not_found"}'), 1);
	assert.ok(then.get('farhand_http_responses_total{class="4xx"}') > now.get('farhand_http_responses_total{class="4xx"}'));
	assert.ok(then.get('farhand_store_commits_total') > now.get('farhand_store_commits_total'));
	assert.equal(then.get('farhand_permits'), 0);
	assert.deepEqual([then.get('farhand_leg_media_bytes_count'), then.get('farhand_legs_silent_total'), then.get('farhand_leg_media_bytes_bucket{le="+Inf"}'), then.get('farhand_leg_media_bytes_bucket{le="0"}')], [4, 2, 4, 2]);
	assert.ok(then.get('farhand_leg_media_bytes_sum') > 1000);
	for (const [name, value] of now)
		if (/_total(\{|$)/.test(name)) assert.ok(then.get(name) >= value, name);
	for (const line of [a, b, c]) await line.close();
});

const outside = Object.values(networkInterfaces()).flat().find((of) => of.family === 'IPv4' && !of.internal)?.address;

test('/metrics from elsewhere takes the operator\'s token', { skip: outside ? false : 'this machine has no address but loopback' }, async () => {
	const open = await Server.start({ settings: { 'listen.address': '0.0.0.0' }, world: demoWorld() });
	const person = await open.person(TESS);
	const ask = async (token) => (await fromOutside(open, token).ask('GET', '/metrics')).status;
	assert.deepEqual([await ask(null), await ask(person.token), await ask('nonsense'), await ask(open.operator.token)], [404, 404, 404, 200]);
	assert.equal((await open.api().ask('GET', '/metrics')).status, 200);
	await open.stop();
});

function fromOutside(of, token) {
	return new Api({ port: of.port, ca: of.ca, token, from: outside });
}

test('a service manager hears of the start, of a reload, of a loop that turns, and of the stop', async () => {
	const path = join(folder, 'notify'), manager = await Notified.open(path);
	Object.assign(process.env, { NOTIFY_SOCKET: path, WATCHDOG_USEC: '100000' });
	const told = await Server.start();
	delete process.env.NOTIFY_SOCKET;
	delete process.env.WATCHDOG_USEC;
	let at = await manager.until('READY=1');
	at = await manager.until('WATCHDOG=1', at);
	at = await manager.until('WATCHDOG=1', at);
	process.kill(told.pid, 'SIGHUP');
	at = await manager.until('RELOADING=1|MONOTONIC_USEC=', at);
	at = await manager.until('READY=1', at);
	await told.stop();
	at = await manager.until('STOPPING=1', at);
	await sleep(200);
	assert.ok(!manager.heard.slice(at).includes('WATCHDOG=1'));
	manager.close();
});

test('the sandbox closes behind the start, unless it is switched off', async () => {
	const kept = (of, key) => readFileSync(`/proc/${of.pid}/status`, 'utf8').split('\n').find((l) => l.startsWith(`${key}:`)).split(/\s+/)[1];
	assert.deepEqual([kept(server, 'NoNewPrivs'), kept(server, 'Seccomp')], ['1', '2']);
	assert.equal(times(server, 'sandbox.no_seccomp'), 0);
	assert.equal(times(server, 'sandbox.files') + times(server, 'sandbox.no_landlock'), 1);
	const open = await Server.start({ settings: { sandbox: 'off' } });
	assert.deepEqual([kept(open, 'Seccomp'), times(open, 'sandbox.files')], ['0', 0]);
	await open.stop();
});

test('the unit file leaves little open', { skip: has('systemd-analyze') ? false : 'systemd-analyze is not there' }, () => {
	const { stdout, status } = spawnSync('systemd-analyze', ['security', '--offline=true', '--threshold=15', unit], { encoding: 'utf8' });
	assert.equal(status, 0, stdout);
	const verdict = spawnSync('systemd-analyze', ['security', '--offline=true', unit], { encoding: 'utf8' });
	assert.doesNotMatch(verdict.stderr, /Unknown|ignoring/);
});
