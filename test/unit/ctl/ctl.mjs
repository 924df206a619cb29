// farhandctl as a whole: exit codes and messages, offline and against a small server of ours (http on loopback, and https with
// a certificate made on the spot).
//
// usage: node ctl.mjs FARHANDCTL
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ctl = process.argv[2];
const scratch = mkdtempSync(join(tmpdir(), 'farhand-ctl-'));
const file = (name, text) => {
	writeFileSync(join(scratch, name), text);
	return join(scratch, name);
};

function run(args, input = '', env = {}) {
	return new Promise((resolve) => {
		const child = spawn(ctl, args, { env: { PATH: process.env.PATH, ...env } });
		let out = '', err = '';
		child.stdout.on('data', (d) => { out += d; });
		child.stderr.on('data', (d) => { err += d; });
		child.stdin.on('error', () => {});
		child.stdin.end(input);
		child.on('close', (code) => resolve({ code, out, err }));
	});
}

/** A server that keeps what it was asked and answers by `answer(request)`. */
async function serve(answer, tls) {
	const seen = [];
	const handler = (request, response) => {
		let body = '';
		request.on('data', (d) => { body += d; });
		request.on('end', () => {
			const asked = { method: request.method, url: request.url, headers: request.headers, body };
			seen.push(asked);
			const { status = 200, headers = {}, json } = answer(asked);
			response.writeHead(status, { 'content-type': 'application/json', ...headers });
			response.end(json === undefined ? '' : JSON.stringify(json));
		});
	};
	const server = tls ? createTlsServer(tls, handler) : createServer(handler);
	await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
	const url = `${tls ? 'https' : 'http'}://127.0.0.1:${server.address().port}`;
	return { seen, url, close: () => new Promise((resolve) => { server.closeAllConnections?.(); server.close(resolve); }) };
}

const world = file('world.json', JSON.stringify({ version: 1, tenants: [
	{ id: 'a', domains: ['a.example'], licences: [{ sku: 'connect' }], accounts: [
		{ address: 'ann@a.example', licences: [{ sku: 'connect' }] }, { address: 'bo@a.example', licences: [{ sku: 'connect' }] }] }] }));
const token = file('token', 'secret-token\n');
const ask = (more) => JSON.stringify({ from: 'ann@a.example', to: 'bo@a.example', action: 'chat', ...more });

const tests = {
	async 'answers asks and skips blank lines'() {
		const r = await run(['reach', '--world', world, '--brief'], `${ask()}\n\n  \t\n${ask({ action: 'file' })}`);
		assert.deepEqual([r.code, r.err], [0, '']);
		const brief = '{"allowed":true,"route":"internal","reason":"ok","side":null}\n';
		assert.equal(r.out, brief + brief);
	},
	async 'an expectation that does not hold is exit 1, and the rest is answered'() {
		const r = await run(['reach', '--world', world], `${ask({ expect: { allowed: false, route: 'internal' } })}\n${ask()}\n`);
		assert.equal(r.code, 1);
		assert.equal(r.err, 'farhandctl: line 1: allowed is true, expected false\n');
		assert.equal(r.out.trim().split('\n').length, 2);
	},
	async 'malformed asks are exit 2, with line and path'() {
		const rows = [
			['x', /line 2: not valid JSON/], ['[]', /line 2: must be an object/], [ask({ action: 'fly' }), /line 2: \/action: must be/],
			[ask({ colour: 1 }), /line 2: \/colour: is not a known key/], [ask({ to: 'bo' }), /line 2: \/to: is not an address/],
			[ask({ at: 'noon' }), /line 2: \/at: is not a time/], [ask({ query: 1 }), /line 2: \/query: must be text/],
			[ask({ expect: { until: null } }), /line 2: \/expect\/until: is not a known key/], [ask({ expect: 1 }), /line 2: \/expect: must be an object/],
			['{"from": "ann@a.example", "from": "ann@a.example"}', /line 2: not valid JSON.*duplicate/],
			['{"action": "chat"}', /line 2: \/from: is required/], ['\xff', /line 2: /],
		];
		for (const [line, why] of rows) {
			const r = await run(['reach', '--world', world, '--brief'], `${ask()}\n${line}\n${ask()}\n`);
			assert.equal(r.code, 2, line);
			assert.match(r.err, why);
			assert.equal(r.out.trim().split('\n').length, 1, 'what comes before is answered');
		}
	},
	async 'a malformed world is exit 2, with the path'() {
		const bad = file('bad.json', '{"tenants": [{"id": "a", "domains": ["a_b"]}]}');
		const later = file('later.json', '{"tenants": [{"id": "a", "policies": [{"name": "x", "mode": "off"}]}]}');
		const broken = file('broken.json', '{"tenants": [\n{"id": }]}');
		for (const [path, why] of [[bad, /\/tenants\/0\/domains\/0: /], [later, /\/tenants\/0\/policies\/0\/mode: is none of/], [broken, /line 2/], [join(scratch, 'none'), /No such file/]]) {
			const r = await run(['reach', '--world', path], ask());
			assert.deepEqual([r.code, r.out], [2, '']);
			assert.match(r.err, why);
		}
	},
	async 'words that make no sense are exit 2'() {
		for (const args of [['fly'], ['reach'], ['reach', '--world'], ['reach', '--world', world, 'x'], ['reach', '--colour'], ['apply'], ['apply', 'a', 'b'],
			['person'], ['person', 'erase', 'abc', 'ann@a.example'], ['person', 'export', 'abc'], ['password'], ['password', 'nobody'], ['role', 'grant', 'ann@a.example', 'king'], ['role', 'take', 'ann@a.example', 'owner'],
			['export', '--server', 'http://far.example'], ['export', '--server', 'ftp://localhost'], ['export', '--token-file', world]]) {
			const r = await run(args);
			assert.equal(r.code, 2, args.join(' '));
			assert.match(r.err, /^farhandctl: /);
		}
		assert.equal((await run([])).code, 0);
		assert.match((await run(['version'])).out, /^farhandctl \d+\.\d+\.\d+\n$/);
		assert.match((await run(['help'])).out, /apply/);
	},
	async 'apply plans against the revision it saw, and tells what changed'() {
		const s = await serve(({ method }) => (method === 'GET' ? { headers: { ETag: '"7"' }, json: {} }
			: { json: { revision: 8, tenants: 1, accounts_added: 2, accounts_changed: 0, accounts_kept: ['old@a.example'] } }));
		const r = await run(['apply', world, '--prune', '--server', s.url, '--token-file', token]);
		await s.close();
		assert.deepEqual([r.code, r.err], [0, '']);
		assert.equal(r.out, 'revision 8: 1 tenants, 2 accounts added, 0 changed, 1 kept that the file omits\nkept old@a.example\n');
		assert.deepEqual(s.seen.map((q) => `${q.method} ${q.url}`), ['GET /v1/world', 'PUT /v1/world?prune=1']);
		assert.equal(s.seen[1].headers['if-match'], '"7"');
		assert.equal(s.seen[1].headers['content-type'], 'application/json');
		assert.equal(s.seen[1].headers.authorization, 'Bearer secret-token');
		assert.equal(s.seen[1].body, readFileSync(world, 'utf8'));
	},
	async 'apply --force plans against nothing'() {
		const s = await serve(() => ({ json: { revision: 1, tenants: 1, accounts_added: 2, accounts_changed: 0, accounts_kept: [] } }));
		const r = await run(['apply', '--force', world], '', { FARHAND_SERVER: `${s.url}/`, FARHAND_TOKEN_FILE: token });
		await s.close();
		assert.equal(r.code, 0);
		assert.deepEqual(s.seen.map((q) => `${q.method} ${q.url} ${q.headers['if-match']}`), ['PUT /v1/world *']);
	},
	async 'a refusal is one clear line and exit 1'() {
		const s = await serve(() => ({ status: 400, json: { reason: 'world.not_enforced', title: 'This setting is not enforced.', field: '/tenants/0/leases', detail: 'not\nyet' } }));
		const r = await run(['apply', '--force', world, '--server', s.url]);
		await s.close();
		assert.equal(r.code, 1);
		assert.equal(r.err, 'farhandctl: refused: This setting is not enforced. (world.not_enforced) at /tenants/0/leases: not?yet\n');
		const plain = await serve(() => ({ status: 502 }));
		assert.match((await run(['export', '--server', plain.url])).err, /refused: HTTP status 502/);
		await plain.close();
	},
	async 'export prints what the server has'() {
		const s = await serve(() => ({ json: { version: 1, tenants: [] } }));
		const r = await run(['export', '--server', s.url]);
		await s.close();
		assert.deepEqual([r.code, r.out], [0, '{"version":1,"tenants":[]}']);
	},
	async 'passwords come from standard input, addresses are escaped'() {
		const s = await serve(() => ({ status: 204 }));
		const r = await run(['password', 'Bob=Contoso.example@ABC.example', '--server', s.url], 'pass "wörd"\n');
		assert.deepEqual([r.code, r.err, r.out], [0, '', '']);
		assert.equal((await run(['password', 'ann@a.example', '--server', s.url], '\n')).code, 2);
		assert.equal((await run(['password', 'ann@a.example', '--server', s.url], `${'x'.repeat(1025)}\n`)).code, 2);
		await s.close();
		assert.equal(s.seen.length, 1);
		assert.deepEqual([s.seen[0].method, s.seen[0].url], ['PUT', '/v1/accounts/bob%3Dcontoso.example%40abc.example/password']);
		assert.deepEqual(JSON.parse(s.seen[0].body), { password: 'pass "wörd"' });
	},
	async 'a link is printed with the server in front'() {
		const s = await serve(() => ({ status: 201, json: { path: '/password#abc', expires: '2026-11-25T10:00:00Z' } }));
		const r = await run(['password-link', 'ann@a.example', '--server', `${s.url}/`]);
		await s.close();
		assert.deepEqual([r.code, r.out], [0, `${s.url}/password#abc\n`]);
		assert.match(r.err, /until 2026-11-25T10:00:00Z/);
		assert.equal(`${s.seen[0].method} ${s.seen[0].url}`, 'POST /v1/accounts/ann%40a.example/password-link');
		const odd = await serve(() => ({ status: 201, json: {} }));
		assert.equal((await run(['password-link', 'ann@a.example', '--server', odd.url])).code, 1);
		await odd.close();
	},
	async 'an invitation goes by mail'() {
		const s = await serve(() => ({ status: 204 }));
		assert.equal((await run(['invite', 'ann@a.example', '--server', s.url])).code, 0);
		assert.equal((await run(['invite', '--server', s.url])).code, 2);
		await s.close();
		assert.deepEqual(s.seen.map(({ method, url }) => `${method} ${url}`), ['POST /v1/accounts/ann%40a.example/password-mail']);
	},
	async 'a password that must be changed says so'() {
		const s = await serve(() => ({ status: 204 }));
		assert.equal((await run(['password', 'ann@a.example', '--must-change', '--server', s.url], 'a pass phrase\n')).code, 0);
		await s.close();
		assert.deepEqual(JSON.parse(s.seen[0].body), { password: 'a pass phrase', must_change: true });
	},
	async 'a second factor is reset'() {
		const s = await serve(() => ({ status: 204 }));
		assert.equal((await run(['second-factor', 'reset', 'ann@a.example', '--server', s.url])).code, 0);
		assert.equal((await run(['second-factor', 'ann@a.example', '--server', s.url])).code, 2);
		await s.close();
		assert.deepEqual(s.seen.map((q) => `${q.method} ${q.url}`), ['DELETE /v1/accounts/ann%40a.example/second-factor']);
	},
	async 'roles are granted and revoked'() {
		const s = await serve(() => ({ status: 204 }));
		assert.equal((await run(['role', 'grant', 'ann@a.example', 'owner', '--server', s.url])).code, 0);
		assert.equal((await run(['role', 'revoke', 'ann@a.example', 'access_admin', '--server', s.url])).code, 0);
		await s.close();
		assert.deepEqual(s.seen.map((q) => `${q.method} ${q.url} ${q.headers['content-length']} ${q.headers['content-type'] ?? '-'}`),
			['PUT /v1/accounts/ann%40a.example/roles/owner 0 -', 'DELETE /v1/accounts/ann%40a.example/roles/access_admin 0 -']);
	},
	async 'no server is exit 3'() {
		const s = await serve(() => ({}));
		await s.close();
		const r = await run(['export', '--server', s.url]);
		assert.equal(r.code, 3);
		assert.match(r.err, new RegExp(`^farhandctl: ${s.url}: `));
	},
	async 'a certificate is trusted only when it is named'() {
		const [key, cert] = [join(scratch, 'key.pem'), join(scratch, 'cert.pem')];
		execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=localhost',
			'-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-keyout', key, '-out', cert], { stdio: 'ignore' });
		const s = await serve(() => ({ json: {} }), { key: readFileSync(key), cert: readFileSync(cert) });
		const without = await run(['export', '--server', s.url, '--token-file', token]);
		const named = await run(['export', '--server', s.url, '--token-file', token, '--ca', cert]);
		const byEnv = await run(['export'], '', { FARHAND_SERVER: s.url, FARHAND_CA: cert });
		await s.close();
		assert.equal(without.code, 3);
		assert.deepEqual([named.code, named.out, byEnv.code], [0, '{}', 0]);
		assert.equal(s.seen.length, 2, 'the token did not go to whom nobody vouched for');
	},
};

let failed = 0;
for (const [name, test] of Object.entries(tests)) {
	try {
		await test();
		console.log(`ok ${name}`);
	} catch (error) {
		failed++;
		console.log(`FAILED ${name}\n${error.stack}`);
	}
}
rmSync(scratch, { recursive: true });
process.exit(failed ? 1 : 0);
