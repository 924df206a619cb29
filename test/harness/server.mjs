// A real farhandd on loopback, in a folder of its own: start, stop, kill, start again, and the people who sign in to it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Api } from './api.mjs';
import { Line } from './line.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const binary = join(resolve(root, process.env.FARHAND_BUILD ?? 'build'), 'src/farhandd');
const LOG_LINES_MOST = 20000;
const sanitizer = /AddressSanitizer|LeakSanitizer|runtime error:|Assertion `/;

export const PASSWORD = 'farhand-story';

/** The demo's world as an object of one's own, to change before it is loaded. */
export function demoWorld() {
	return JSON.parse(readFileSync(join(root, 'demo/world.json'), 'utf8'));
}

export function tenantOf(world, id) {
	return world.tenants.find((tenant) => tenant.id === id);
}

/** Somebody who is signed in. */
class Person {
	constructor(server, address, token) {
		Object.assign(this, { server, address, token, api: server.api(token) });
	}

	line(options = {}) {
		return Line.open({ ...this.server, token: this.token, ...options });
	}
}

export class Server {
	#child;
	#exited;
	#errors;
	#with_password = new Set();

	/** Start on an empty folder. `settings` are keys of the configuration; `world` is loaded, `owners` get the role. */
	static async start({ settings = {}, world = null, owners = [] } = {}) {
		const server = new Server();
		server.folder = mkdtempSync(join(tmpdir(), 'farhand-story-'));
		server.settings = {
			data: join(server.folder, 'data'), 'listen.address': '127.0.0.1', 'listen.port': 0,
			'relay.address': '127.0.0.1', 'relay.port': 0, ...settings,
		};
		await server.#run();
		if (world) await server.load(world);
		for (const owner of owners) await server.grant(owner, 'owner');
		return server;
	}

	async #run() {
		const sets = Object.entries(this.settings).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
		this.#child = spawn(binary, sets, { stdio: ['ignore', 'pipe', 'pipe'] });
		this.#exited = new Promise((done) => this.#child.on('close', (code, signal) => done({ code, signal })));
		this.#errors = [];
		this.#child.stderr.setEncoding('utf8').on('data', (text) => {
			this.#errors.push(text);
			if (this.#errors.length > LOG_LINES_MOST) this.#errors.shift();
		});
		const ready = await new Promise((done, reject) => {
			let said = '';
			this.#child.stdout.setEncoding('utf8').on('data', (text) => {
				said += text;
				if (said.endsWith('\n')) done(said);
			});
			this.#child.on('error', reject);
			this.#exited.then(({ code }) => reject(new Error(`farhandd ended with ${code}: ${this.log()}`)));
		});
		const [, port, relayPort] = ready.match(/port (\d+), relay on UDP port (\d+)/);
		Object.assign(this, { port: Number(port), relayPort: Number(relayPort), ca: readFileSync(join(this.settings.data, 'tls.pem')) });
		this.operator = this.api(readFileSync(join(this.settings.data, 'operator.token'), 'utf8').trim());
	}

	/** What it wrote to standard error: its log, and a sanitizer's report. */
	log() {
		return this.#errors.join('');
	}

	get pid() {
		return this.#child.pid;
	}

	/** Whoever has this token. */
	holder(address, token) {
		return new Person(this, address, token);
	}

	api(token = null, from) {
		return new Api({ port: this.port, ca: this.ca, token, from });
	}

	/** Apply a whole world, whatever is there. */
	load(world, query = '') {
		return this.operator.fetch('PUT', `/v1/world${query}`, { body: world, headers: { 'if-match': '*' } });
	}

	async grant(address, role) {
		await this.operator.fetch('PUT', `/v1/accounts/${address}/roles/${role}`);
	}

	async setPassword(address, password = PASSWORD) {
		await this.operator.fetch('PUT', `/v1/accounts/${address}/password`, { body: { password } });
		this.#with_password.add(address);
	}

	/** Sign in; whoever has no password yet gets one. Each call is a session, and counts against the sign-in limits. */
	async person(address) {
		if (!this.#with_password.has(address)) await this.setPassword(address);
		const { token } = await this.api().post('/v1/session', { address, password: PASSWORD });
		return new Person(this, address, token);
	}

	/** External access of a tenant, changed: reads it, gives it to `edit`, writes it back as `api` (an admin, or the operator). */
	async editAccess(tenant, edit, api = this.operator) {
		const path = `/v1/tenants/${tenant}/external-access`;
		const { headers, body } = await api.ask('GET', path);
		return api.fetch('PUT', path, { body: { ...body, ...edit }, headers: { 'if-match': headers.etag } });
	}

	/** SIGTERM. A clean end is code 0 and no report on standard error. */
	async halt() {
		this.#child.kill('SIGTERM');
		const end = await this.#exited;
		this.#assertSound();
		assert.deepEqual(end, { code: 0, signal: null }, this.log().slice(-2000));
	}

	/** SIGKILL. */
	async kill9() {
		this.#child.kill('SIGKILL');
		await this.#exited;
		this.#assertSound();
	}

	#assertSound() {
		const at = this.log().search(sanitizer);
		assert.ok(at < 0, this.log().slice(Math.max(0, at - 500), at + 3000));
	}

	/** Start again on the same folder, after halt() or kill9(). Ports are new, unless `same`: pages and media know the old ones. */
	async restart({ same = false } = {}) {
		if (same) Object.assign(this.settings, { 'listen.port': this.port, 'relay.port': this.relayPort });
		await this.#run();
	}

	/** halt(), and the folder goes. */
	async stop() {
		try {
			await this.halt();
		} finally {
			rmSync(this.folder, { recursive: true, force: true });
		}
	}
}
