// The Debian package: built, looked into, unpacked into a folder, and the server run from there, sandbox and all.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const has = (program) => spawnSync(program, ['--version']).error === undefined;
const run = (program, ...args) => {
	const { status, stdout, stderr } = spawnSync(program, args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 });
	assert.equal(status, 0, `${program} ${args.join(' ')}: ${stdout}${stderr}`);
	return stdout;
};
const skip = has('dpkg-deb') && has('dpkg-shlibdeps') ? false : 'this is no Debian, or dpkg-dev is missing';

let folder, deb, at;
before(() => {
	if (skip) return;
	folder = mkdtempSync(join(tmpdir(), 'farhand-package-'));
	at = join(folder, 'root');
	deb = run('script/package', 'build-package').trim().split('\n').pop();
	run('dpkg', '-x', deb, at);
});
after(() => {
	if (folder) rmSync(folder, { recursive: true, force: true });
});

test('the package says what it is, what it needs, and leaves starting it to the admin', { skip }, () => {
	const field = (name) => run('dpkg-deb', '-f', deb, name).trim();
	assert.equal(field('Package'), 'farhand');
	assert.match(field('Version'), /^\d+\.\d+\.\d+$/);
	for (const library of ['libc6', 'libsqlite3-0', 'libsodium23', 'libuv1', 'libcurl4', 'libseccomp2', 'libjansson4'])
		assert.match(field('Depends'), new RegExp(`\\b${library}(t64)?\\b`), library);
	const control = join(folder, 'control');
	run('dpkg-deb', '-e', deb, control);
	assert.equal(readFileSync(join(control, 'conffiles'), 'utf8'), '/etc/farhand/farhand.conf\n');
	for (const script of ['postinst', 'prerm', 'postrm']) {
		run('sh', '-n', join(control, script));
		assert.doesNotMatch(readFileSync(join(control, script), 'utf8').replace(/#.*/g, ''), /systemctl (enable|start|restart)/);
	}
	/* Nothing is open to others, nothing belongs to the one who built it. */
	for (const line of run('dpkg-deb', '-c', deb).trim().split('\n')) assert.match(line, /^[-dl]([r-][w-][x-])r-[x-]r-[x-] root\/root /, line);
	run('sh', '-c', `cd ${at} && md5sum --quiet -c ${join(control, 'md5sums')}`);
});

test('what is installed is where Debian looks for it', { skip }, () => {
	for (const path of ['usr/bin/farhandd', 'usr/bin/farhandctl', 'usr/lib/systemd/system/farhand.service', 'usr/lib/sysusers.d/farhand.conf', 'etc/farhand/farhand.conf',
		'usr/share/man/man1/farhandctl.1.gz', 'usr/share/man/man8/farhandd.8.gz', 'usr/share/bash-completion/completions/farhandctl', 'usr/share/doc/farhand/operate.md'])
		assert.ok(statSync(join(at, path)).size > 0, path);
	assert.deepEqual(readdirSync(at).sort(), ['etc', 'usr']);
	const unit = readFileSync(join(at, 'usr/lib/systemd/system/farhand.service'), 'utf8');
	assert.ok(existsSync(join(at, unit.match(/^ExecStart=(\S+)/m)[1])), 'the unit starts the program that is there');
	assert.match(readFileSync(join(at, 'etc/farhand/farhand.conf'), 'utf8'), /^#data = \/var\/lib\/farhand$/m);
	if (!has('systemd-analyze')) return;
	run('systemd-analyze', 'security', '--offline=true', '--threshold=15', join(at, 'usr/lib/systemd/system/farhand.service'));
});

test('the server runs from there, and is backed up and restored', { skip }, async () => {
	/* As the harness looks for a build. */
	mkdirSync(join(folder, 'build/src/ctl'), { recursive: true });
	symlinkSync(join(at, 'usr/bin/farhandd'), join(folder, 'build/src/farhandd'));
	process.env.FARHAND_BUILD = join(folder, 'build');
	const { Server, demoWorld } = await import('../harness/server.mjs');
	const server = await Server.start({ settings: { 'audit.seconds': 1 }, world: demoWorld() });
	const person = await server.person('ines@aldous.example');
	assert.equal((await person.api.get('/v1/me')).address ?? 'ines@aldous.example', 'ines@aldous.example');
	const page = await server.api().ask('GET', '/');
	assert.equal(page.status, 200);
	assert.match(page.text, /<!doctype html>/i);
	const metrics = (await server.api().ask('GET', '/metrics')).text;
	if (has('promtool')) assert.equal(spawnSync('promtool', ['check', 'metrics'], { input: metrics }).status, 0);
	const ctl = join(at, 'usr/bin/farhandctl'), backup = join(folder, 'backup');
	run(ctl, 'backup', backup, '--data', server.settings.data);
	run(ctl, 'restore', backup, '--data', join(folder, 'data'));
	run(ctl, 'audit', 'verify', '--data', join(folder, 'data'));
	/* The filter of system calls is whole in this build: a checkpoint, a stop and a second start go through it. */
	await server.halt();
	await server.restart();
	assert.doesNotMatch(server.log(), /sandbox\.no_seccomp|checkpoint_failed/);
	await server.stop();
});
