// Backup and restore, as an operator does them: under load, and through a kill.
import assert from 'node:assert/strict';
import { execFile, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ask, begin, sendFile } from '../harness/file.mjs';
import { Server, demoWorld, tenantOf } from '../harness/server.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const ctl = join(resolve(root, process.env.FARHAND_BUILD ?? 'build'), 'src/ctl/farhandctl');
const INES = 'ines@aldous.example', TESS = 'tess@brightwater.example';
const run = (...args) => spawnSync(ctl, args, { encoding: 'utf8' });
/* Not in the way of the load. */
const runBeside = promisify(execFile);

/* More than one piece. */
const picture = randomBytes(1500000);

let server, tess, id, folder, sent;
before(async () => {
	folder = mkdtempSync(join(tmpdir(), 'farhand-backup-'));
	const world = demoWorld();
	for (const tenant of ['aldous', 'brightwater']) tenantOf(world, tenant).external_access.off_actions = [];
	server = await Server.start({ settings: { 'audit.seconds': 1 }, world });
	tess = await server.person(TESS);
	id = (await tess.api.post('/v1/conversations', { with: INES })).id;
	sent = (await sendFile(tess.api, id, 'leak.bin', picture)).file;
	await begin(tess.api, id, 'never sent', 10);
});
after(async () => {
	await server.stop();
	rmSync(folder, { recursive: true, force: true });
});

async function texts(api) {
	const all = [];
	for (let before = '', more = true; more;) {
		const page = await api.get(`/v1/conversations/${id}/messages?limit=100${before}`);
		all.unshift(...page.messages);
		({ more } = page);
		before = `&before=${page.messages[0].seq}`;
	}
	return all;
}

test('a backup under load is whole, and a server restored from it has all that was stored before, and no session', async () => {
	const line = await tess.line(), backup = join(folder, 'backup'), data = join(folder, 'restored');
	let n = 0, going = true;
	const load = (async () => {
		for (; going; n++) await line.request('send', { conversation: id, client_id: `load-${n}`, text: `Message ${n}` });
	})();
	while (n < 50) await sleep(5);
	const stored = n;
	const { stdout } = await runBeside(ctl, ['backup', backup, '--data', server.settings.data]);
	going = false;
	await load;
	await line.close();
	assert.match(stdout, /^sound: /);
	assert.deepEqual(readdirSync(backup).sort(), ['audit.checkpoints', 'audit.key', 'audit.pub', 'farhand.db', 'files', 'operator.token', 'tls.key', 'tls.pem']);
	assert.equal(statSync(backup).mode & 0o777, 0o700);
	for (const name of readdirSync(backup)) assert.equal(statSync(join(backup, name)).mode & 0o777, name === 'files' ? 0o700 : 0o600, name);

	const again = run('backup', backup, '--data', server.settings.data);
	assert.deepEqual([again.status, /already/.test(again.stderr)], [1, true]);
	const restore = run('restore', `${backup}/`, '--data', data);
	assert.equal(restore.status, 0, restore.stderr);
	assert.equal(run('restore', backup, '--data', data).status, 1, 'what is there stays');
	const restored = await Server.start({ settings: { data } });
	assert.equal((await restored.api(tess.token).ask('GET', '/v1/me')).status, 401, 'sessions are void');
	assert.equal((await server.api(tess.token).ask('GET', '/v1/me')).status, 200);
	assert.equal((await restored.operator.ask('GET', '/v1/world')).text, (await server.operator.ask('GET', '/v1/world')).text);
	const audit = (await restored.operator.get('/v1/audit')).rows;
	assert.ok(audit.some((row) => row.what === 'backup.restored'));
	const there = await texts((await restored.person(TESS)).api), here = await texts(tess.api);
	assert.ok(there.length >= stored);
	assert.deepEqual(there, here.slice(0, there.length));
	const tessThere = await restored.person(TESS);
	assert.ok((await ask(tessThere.api, 'GET', `/v1/files/${sent.id}`)).bytes.equals(picture));
	await restored.halt();
	assert.equal(run('audit', 'verify', '--data', data).status, 0);
	rmSync(restored.folder, { recursive: true, force: true });
});

test('a file whose bytes were changed keeps a backup from being restored', async () => {
	const backup = join(folder, 'spoiled'), data = join(folder, 'from-spoiled');
	assert.equal(run('backup', backup, '--data', server.settings.data).status, 0);
	const [name] = readdirSync(join(backup, 'files')), bytes = readFileSync(join(backup, 'files', name));
	bytes[1000] ^= 1;
	writeFileSync(join(backup, 'files', name), bytes);
	const refused = run('restore', backup, '--data', data);
	assert.deepEqual([refused.status, refused.stderr.includes(name)], [1, true], refused.stderr);
	assert.ok(!existsSync(data) && !existsSync(`${data}.new`));
});

test('what was changed in a backup is not restored, and a folder in use is not touched', async () => {
	const backup = join(folder, 'changed'), data = join(folder, 'from-changed');
	assert.equal(run('backup', backup, '--data', server.settings.data).status, 0);
	const refused = run('restore', backup, '--data', server.settings.data);
	assert.deepEqual([refused.status, /not empty/.test(refused.stderr)], [1, true]);
	assert.equal(run('backup', join(folder, 'none'), '--data', join(folder, 'nowhere')).status, 1);
	assert.ok(!existsSync(join(folder, 'none')) && !existsSync(join(folder, 'none.new')));

	const whole = readFileSync(join(backup, 'farhand.db'));
	const at = whole.indexOf('tenant.apply');
	assert.ok(at > 0);
	const changed = Buffer.from(whole);
	changed[at] ^= 1;
	writeFileSync(join(backup, 'farhand.db'), changed);
	const { status, stdout } = run('restore', backup, '--data', data);
	assert.equal(status, 1);
	assert.match(stdout, /^broken: /);
	assert.ok(!existsSync(data) && !existsSync(`${data}.new`));
	writeFileSync(join(backup, 'farhand.db'), whole.subarray(0, whole.length - 8192));
	assert.equal(run('restore', backup, '--data', data).status, 1);
	writeFileSync(join(backup, 'farhand.db'), whole);
	mkdirSync(data);
	assert.equal(run('restore', backup, '--data', data).status, 0, 'an empty folder is as good as none');
});

test('a backup of a killed server, and one that is killed itself', async () => {
	await tess.api.post(`/v1/conversations/${id}/messages`, { client_id: 'last', text: 'the last before the kill' });
	await server.kill9();
	const backup = join(folder, 'killed'), data = join(folder, 'from-killed');
	const made = run('backup', backup, '--data', server.settings.data);
	assert.equal(made.status, 0, made.stdout + made.stderr);
	assert.equal(run('restore', backup, '--data', data).status, 0);
	await server.restart();
	tess.api = server.api(tess.token);
	assert.equal((await texts(tess.api)).at(-1).text, 'the last before the kill');

	let killed = 0;
	for (let i = 0; i < 12; i++) {
		const name = join(folder, `cut-${i}`), child = spawn(ctl, ['backup', name, '--data', server.settings.data], { stdio: 'ignore' });
		const end = new Promise((done) => child.on('close', (code, signal) => done(signal)));
		/* As soon as it has begun, and then a little later each time. */
		while (!existsSync(`${name}.new`) && child.exitCode === null) await sleep(1);
		await sleep(i);
		child.kill('SIGKILL');
		killed += await end === 'SIGKILL';
		/* Under its right name there is a whole one or none. */
		if (!existsSync(name)) continue;
		assert.equal(run('audit', 'verify', '--data', name).status, 0);
	}
	assert.ok(killed > 0);
	await tess.api.post(`/v1/conversations/${id}/messages`, { client_id: 'on', text: 'and it goes on' });
	const restored = await Server.start({ settings: { data } });
	assert.equal((await texts((await restored.person(TESS)).api)).at(-1).text, 'the last before the kill');
	await restored.stop();
});
