// The audit log: what is in it, who may read it, and that nobody can change it unseen.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash, createPublicKey, verify as verifySignature } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Server, demoWorld } from '../harness/server.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const ctl = join(resolve(root, process.env.FARHAND_BUILD ?? 'build'), 'src/ctl/farhandctl');
const INES = 'ines@aldous.example', RAVI = 'ravi@aldous.example', LEA = 'lea@aldous.example', NORA = 'nora@brightwater.example', TESS = 'tess@brightwater.example';
const TOMAS = 'tomas@delmar.example';
const no_sqlite = spawnSync('sqlite3', ['--version']).error ? 'sqlite3 is not there' : false;

let server, folder, outside;
before(async () => {
	folder = mkdtempSync(join(tmpdir(), 'farhand-audit-'));
	outside = join(folder, 'checkpoints');
	server = await Server.start({ settings: { 'audit.checkpoints': outside, 'audit.seconds': 1 }, world: demoWorld(), owners: [INES, NORA] });
});
after(async () => {
	await server.stop();
	rmSync(folder, { recursive: true, force: true });
});

const run = (...args) => spawnSync(ctl, ['audit', ...args], { encoding: 'utf8' });
const rowsOf = async (api, path = '/v1/audit') => (await api.get(`${path}?limit=99`)).rows;

/** All that the operator reads, oldest first, page by page. */
async function everything() {
	let rows = [], before = '';
	for (;;) {
		const page = await server.operator.get(`/v1/audit?limit=7${before}`);
		rows = [...page.rows.reverse(), ...rows];
		if (!page.more) return rows;
		before = `&before=${rows[0].id}`;
	}
}

/** Wait until every row is signed, in the file outside. */
async function signed() {
	const n = (await everything()).length;
	while (!notes(readFileSync(outside, 'utf8')).some((note) => note.size >= n)) await sleep(20);
	return n;
}

/* Signed notes, by their specification and not by our code. */
function notes(text) {
	return text.split('\n\n').length < 2 ? [] : [...text.matchAll(/\n((farhand\/[0-9a-f]{16})\n(\d+)\n(\S{44})\nat (\S+)\n)\n— \2 (\S+)\n/g)]
		.map(([, body, name, size, hash, , signature]) => ({ body, name, size: Number(size), root: hash, signature: Buffer.from(signature, 'base64') }));
}

const sha = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
/* RFC 9162 section 2.1.1. */
function treeHash(leaves) {
	if (leaves.length === 1) return sha(Buffer.of(0), leaves[0]);
	let cut = 1;
	while (cut * 2 < leaves.length) cut *= 2;
	return sha(Buffer.of(1), treeHash(leaves.slice(0, cut)), treeHash(leaves.slice(cut)));
}

test('admin changes, sign-ins and their ends are there, each with who, what and whose', async () => {
	const ines = await server.person(INES);
	await server.grant(RAVI, 'auditor');
	await ines.api.fetch('PUT', `/v1/accounts/${LEA}/roles/access_admin`);
	await ines.api.fetch('DELETE', `/v1/accounts/${LEA}/roles/access_admin`);
	await server.editAccess('aldous', {}, ines.api);
	await server.setPassword(LEA);
	assert.equal((await server.api().ask('POST', '/v1/session', { body: { address: LEA, password: 'not this one' } })).status, 401);
	assert.equal((await server.api().ask('POST', '/v1/session', { body: { address: 'my secret@aldous.example', password: 'x' } })).status, 401);
	await ines.api.fetch('DELETE', '/v1/session');
	const rows = await everything();
	assert.deepEqual(rows.map((row) => row.id), rows.map((_, i) => i + 1));
	const has = (what, actor, tenant, match) => assert.ok(rows.some((row) => row.what === what && row.actor === actor && row.tenant === tenant && match(row.detail)), what);
	has('world.apply', 'operator', null, (d) => d.added > 10);
	has('tenant.apply', 'operator', 'delmar', (d) => d.revision === 1);
	has('role.grant', 'operator', 'aldous', (d) => d.address === RAVI && d.role === 'auditor');
	has('role.grant', INES, 'aldous', (d) => d.address === LEA && d.role === 'access_admin');
	has('role.revoke', INES, 'aldous', (d) => d.address === LEA);
	has('external_access.set', INES, 'aldous', (d) => d.revision === 2);
	has('password.set', 'operator', 'aldous', (d) => d.address === LEA);
	has('session.open', INES, 'aldous', (d) => d.session > 0 && Date.parse(d.expires) > Date.now() && d.peer === '127.0.0.1');
	has('session.close', INES, 'aldous', (d) => d.session > 0);
	has('session.refused', 'anonymous', 'aldous', (d) => d.address === LEA && d.peer === '127.0.0.1');
	/* What nobody's address was is not kept: people type passwords there. */
	has('session.refused', 'anonymous', null, (d) => d.address === undefined);
	assert.doesNotMatch(JSON.stringify(rows), /secret|not this one|farhand-story/);
});

test('a tenant\'s rows are for its owners and auditors, and no others\' are among them', async () => {
	await server.grant(RAVI, 'auditor');
	const path = '/v1/tenants/aldous/audit', ravi = await server.person(RAVI), nora = await server.person(NORA), lea = await server.person(LEA);
	for (const api of [ravi.api, server.operator]) {
		const rows = await rowsOf(api, path);
		assert.ok(rows.length > 5);
		assert.ok(rows.every((row) => row.tenant === 'aldous'));
	}
	for (const [api, at] of [[nora.api, path], [lea.api, path], [ravi.api, '/v1/tenants/brightwater/audit'], [ravi.api, '/v1/tenants/nobody/audit'], [ravi.api, '/v1/audit']])
		assert.equal((await api.ask('GET', at)).status, 403, at);
	assert.equal((await server.operator.ask('GET', '/v1/tenants/nobody/audit')).status, 404);
	assert.equal((await server.api().ask('GET', path)).status, 401);
	const all = (await rowsOf(ravi.api, path)).map((row) => row.id);
	let paged = [], before = '';
	for (let more = true; more;) {
		const page = await ravi.api.get(`${path}?limit=3${before}`);
		paged.push(...page.rows.map((row) => row.id));
		({ more } = page);
		before = `&before=${paged.at(-1)}`;
	}
	assert.deepEqual(paged, all);
	for (const query of ['limit=0', 'limit=100', 'before=0', 'before=-1', 'before=x', 'limit=1e1', `before=${'9'.repeat(30)}`])
		assert.equal((await ravi.api.ask('GET', `${path}?${query}`)).status, 400, query);
});

test('refusals are counted by pair, and written at the stop at the latest', async () => {
	const counted = await Server.start({ world: demoWorld() });
	const tess = await counted.person(TESS);
	for (let i = 0; i < 5; i++) assert.equal((await tess.api.ask('POST', '/v1/conversations', { body: { with: TOMAS } })).status, 403);
	await counted.halt();
	await counted.restart();
	const rows = (await rowsOf(counted.operator)).filter((row) => row.what === 'refused');
	assert.ok(rows.length >= 1);
	for (const row of rows) {
		assert.deepEqual([row.actor, row.detail.to, row.detail.action, row.detail.count], [TESS, TOMAS, 'chat', 5]);
		assert.match(row.detail.reason, /^[a-z_]+(\.[a-z_]+)?$/);
	}
	assert.equal(new Set(rows.map((row) => row.tenant)).size, rows.length);
	await counted.stop();
});

test('checkpoints outside are signed notes over the rows\' own text', async () => {
	const n = await signed();
	assert.equal(statSync(outside).mode & 0o777, 0o600);
	const exported = run('export', '--data', server.settings.data).stdout.trimEnd().split('\n');
	assert.equal(exported.length, n);
	exported.forEach((line, i) => assert.equal(JSON.parse(line).id, i + 1));
	const [name, id, key] = readFileSync(join(server.settings.data, 'audit.pub'), 'utf8').trim().match(/^([^+]+)\+([^+]+)\+(.*)$/).slice(1);
	const raw = Buffer.from(key, 'base64');
	assert.equal(raw[0], 1);
	const spki = createPublicKey({ key: Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), raw.subarray(1)]), format: 'der', type: 'spki' });
	const all = notes(readFileSync(outside, 'utf8'));
	assert.ok(all.length > 0);
	for (const note of all) {
		assert.equal(note.name, name);
		assert.equal(note.signature.subarray(0, 4).toString('hex'), id);
		assert.ok(verifySignature(null, Buffer.from(note.body), spki, note.signature.subarray(4)));
		assert.equal(treeHash(exported.slice(0, note.size)).toString('base64'), note.root);
	}
	assert.deepEqual(all.map((note) => note.size), all.map((note) => note.size).sort((a, b) => a - b));
});

test('verify finds the log sound while the server runs, and a proof is checked with nothing but the key', async () => {
	const n = await signed(), pub = join(folder, 'audit.pub'), file = join(folder, 'proof.json');
	const { stdout, status, stderr } = run('verify', '--data', server.settings.data, '--checkpoints', outside);
	assert.equal(status, 0, stdout + stderr);
	assert.match(stdout, new RegExp(`^sound: ${n} rows; ${n} of them signed`));
	cpSync(join(server.settings.data, 'audit.pub'), pub);
	for (const row of [1, 2, n >> 1, n]) {
		const proof = run('proof', String(row), '--data', server.settings.data);
		assert.equal(proof.status, 0, proof.stderr);
		writeFileSync(file, proof.stdout);
		assert.equal(run('check', file, '--key', pub).status, 0);
		const object = JSON.parse(proof.stdout);
		for (const change of [{ entry: object.entry.replace('operator', 'opérateur').replace('"id":', '"id": ') }, { leaf_index: row }, { tree_size: object.tree_size + 1 },
			{ inclusion_path: object.inclusion_path.slice(1) }, { inclusion_path: 'x' }, { checkpoint: object.checkpoint.replace(/\n\d+\n/, '\n9\n') }, { extra: 1 }]) {
			writeFileSync(file, JSON.stringify({ ...object, ...change }));
			assert.equal(run('check', file, '--key', pub).status, 1, JSON.stringify(change));
		}
	}
	assert.equal(run('proof', String(n + 1000), '--data', server.settings.data).status, 1);
	assert.equal(run('proof', '0', '--data', server.settings.data).status, 2);
});

/** A copy of a stopped server's folder, changed by SQL behind the triggers' back; what verify says, and whether a server starts on it. */
async function tampered(sql, { key, file } = {}) {
	const at = mkdtempSync(join(tmpdir(), 'farhand-tampered-')), data = join(at, 'data'), copy = join(at, 'checkpoints');
	cpSync(server.settings.data, data, { recursive: true });
	cpSync(outside, copy);
	const triggers = "SELECT group_concat(printf('DROP TRIGGER %s;', name), ' ') FROM sqlite_schema WHERE type = 'trigger'";
	const drop = spawnSync('sqlite3', [join(data, 'farhand.db'), triggers], { encoding: 'utf8' }).stdout;
	const done = spawnSync('sqlite3', ['-batch', join(data, 'farhand.db'), drop + sql], { encoding: 'utf8' });
	assert.equal(done.status, 0, done.stderr);
	key?.(data);
	file?.(copy);
	const verdict = run('verify', '--data', data, '--checkpoints', copy);
	let started = true;
	await Server.start({ settings: { data, 'audit.checkpoints': copy } }).then((other) => other.stop(), () => { started = false; });
	rmSync(at, { recursive: true, force: true });
	return { ...verdict, started };
}

test('every way to change it is found, and the first bad row named', { skip: no_sqlite }, async () => {
	const n = await signed();
	await server.halt();
	const rows = Number(spawnSync('sqlite3', [join(server.settings.data, 'farhand.db'), 'SELECT count(*) FROM audit'], { encoding: 'utf8' }).stdout);
	assert.ok(rows >= n && n > 20);
	assert.equal((await tampered('SELECT 1')).status, 0);
	const first = async (sql, row, more) => {
		const { status, stdout, started } = await tampered(sql, more);
		assert.equal(status, 1, sql);
		assert.match(stdout, new RegExp(`^broken: .*\nfirst bad row: ${row}\n$`), sql);
		return started;
	};
	for (const row of [1, 7, 20])
		for (const change of ["actor = 'nobody'", "what = 'nothing'", 'at = at + 1', "detail = '{}'||' '", "tenant = 'elsewhere'"])
			await first(`UPDATE audit SET ${change} WHERE id = ${row}`, row);
	await first('DELETE FROM audit WHERE id = 9', 9);
	await first('UPDATE audit SET id = -1 WHERE id = 4; UPDATE audit SET id = 4 WHERE id = 5; UPDATE audit SET id = 5 WHERE id = -1', 4);
	await first("UPDATE audit_node SET hash = zeroblob(32) WHERE level = 0 AND place = 11", 12);
	await first("UPDATE audit_node SET hash = zeroblob(32) WHERE level = 2 AND place = 1", 5);
	/* The tail cut, with its hashes and checkpoints: the file outside knows, and no server starts. */
	const cut = `DELETE FROM audit WHERE id > 10; DELETE FROM audit_node WHERE ((place + 1) << level) > 10; DELETE FROM audit_checkpoint WHERE size > 10`;
	assert.equal(await first(cut, 11), false);
	assert.equal(await first('DELETE FROM audit WHERE id = 9', 9), true, 'an old row is for verify to find');
	assert.equal((await tampered(`DELETE FROM audit WHERE id = ${rows}`)).started, false);
	assert.equal((await tampered("INSERT INTO audit (at, actor, what, detail) VALUES (1, 'x', 'x', '{}')")).started, false);
	assert.equal((await tampered('UPDATE audit_checkpoint SET note = replace(note, char(10)||size||char(10), char(10)||(size+1)||char(10))')).started, false);
	/* Another key, in the place of the one that signed. */
	const other = await Server.start();
	const swap = (data) => ['audit.key', 'audit.pub'].forEach((name) => cpSync(join(other.settings.data, name), join(data, name)));
	const swapped = await tampered('SELECT 1', { key: swap });
	assert.deepEqual([swapped.status, swapped.started], [1, false]);
	await other.stop();
	assert.equal((await tampered('SELECT 1', { key: (data) => rmSync(join(data, 'audit.key')) })).started, false);
	/* The file outside: a digit, a line gone from the middle; and a piece at its end, as a power cut leaves it, which is no harm. */
	const edit = (change) => ({ file: (path) => writeFileSync(path, change(readFileSync(path, 'utf8'))) });
	for (const change of [(text) => text.replace(/\n\d+\n/, '\n1\n'), (text) => text.replace(/\nat .*\n/, '\n'), (text) => `x${text}`])
		assert.equal((await tampered('SELECT 1', edit(change))).status, 1);
	const torn = await tampered('SELECT 1', edit((text) => `${text}${text.slice(0, 60)}`));
	assert.deepEqual([torn.status, torn.started], [0, true]);
	await server.restart();
});

test('one bit anywhere in a row or a hash is found', { skip: no_sqlite }, async () => {
	await server.halt();
	const at = mkdtempSync(join(tmpdir(), 'farhand-bits-')), data = join(at, 'data');
	cpSync(server.settings.data, data, { recursive: true });
	const sql = (text) => spawnSync('sqlite3', ['-batch', join(data, 'farhand.db'), text], { encoding: 'utf8' });
	sql('DROP TRIGGER audit_no_update; DROP TRIGGER audit_node_no_update');
	let dice = 20261123;
	const roll = (most) => (dice = (dice * 1103515245 + 12345) % 2147483648) % most;
	const rows = Number(sql('SELECT count(*) FROM audit').stdout);
	for (let i = 0; i < 40; i++) {
		const row = 1 + roll(rows), column = ['actor', 'what', 'detail'][roll(3)], bit = 1 + roll(5);
		const value = sql(`SELECT ${column} FROM audit WHERE id = ${row}`).stdout.slice(0, -1), place = roll(value.length);
		const changed = value.slice(0, place) + String.fromCharCode(value.charCodeAt(place) ^ bit) + value.slice(place + 1);
		sql(`UPDATE audit SET ${column} = '${changed.replaceAll("'", "''")}' WHERE id = ${row}`);
		const { status, stdout } = run('verify', '--data', data, '--checkpoints', outside);
		assert.equal(status, 1, `${column} of ${row}: ${value} to ${changed}`);
		assert.match(stdout, new RegExp(`first bad row: ${row}\n`));
		sql(`UPDATE audit SET ${column} = '${value.replaceAll("'", "''")}' WHERE id = ${row}`);
	}
	assert.equal(run('verify', '--data', data, '--checkpoints', outside).status, 0);
	rmSync(at, { recursive: true, force: true });
	await server.restart();
});

test('a key and a database of their own: nothing is made twice', async () => {
	const key = readFileSync(join(server.settings.data, 'audit.key'), 'utf8');
	assert.equal(statSync(join(server.settings.data, 'audit.key')).mode & 0o777, 0o600);
	await server.halt();
	await server.restart();
	assert.equal(readFileSync(join(server.settings.data, 'audit.key'), 'utf8'), key);
	assert.ok(!existsSync(join(server.settings.data, 'audit.checkpoints')), 'it is elsewhere');
	await server.api().ask('POST', '/v1/session', { body: { address: INES, password: 'whatever' } });
});
