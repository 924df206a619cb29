// Raw bytes over TLS to the probe server, and just enough HTTP and WebSocket to read what comes back. Node's own modules only.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import tls from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';

const PATIENCE_MS = 20000;
const binary = process.env.PROBE_SERVER ?? 'build/test/probe/probe-server';

/** Start the server; `stop()` ends it with SIGTERM and asserts a clean end: exit code 0, nothing on standard error. */
export async function serverStart() {
	const dir = mkdtempSync(join(tmpdir(), 'farhand-probe-'));
	const child = spawn(binary, [dir], { stdio: ['ignore', 'pipe', 'pipe'] });
	const exited = new Promise((resolve) => child.on('exit', (code, signal) => resolve({ code, signal })));
	let errors = '', told = false;
	child.stderr.on('data', (data) => (errors += data));
	const port = await new Promise((resolve, reject) => {
		child.stdout.once('data', (data) => resolve(Number(data)));
		child.on('exit', () => reject(new Error(`the server ended: ${errors}`)));
		child.on('error', reject);
	});
	const term = () => {
		if (!told) child.kill('SIGTERM');
		told = true;
	};
	const stop = async () => {
		term();
		const end = await exited;
		rmSync(dir, { recursive: true });
		assert.equal(errors, '');
		assert.deepEqual(end, { code: 0, signal: null });
	};
	return { port, stop, term, reload: () => child.kill('SIGHUP'), cpuMs: () => cpuMs(child.pid) };
}

/** User and system time of a process, from the kernel's ticks of 10 ms. */
function cpuMs(pid) {
	const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1].split(' ');
	return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** One connection: what arrives is kept in `got` until somebody takes it. */
export class Wire {
	constructor(socket) {
		this.socket = socket;
		this.got = Buffer.alloc(0);
		this.closed = false;
		this.waiting = [];
		socket.on('data', (data) => {
			this.got = Buffer.concat([this.got, data]);
			this.#look();
		});
		socket.on('error', () => {});
		socket.on('close', () => {
			this.closed = true;
			this.#look();
		});
	}

	#look() {
		for (const look of this.waiting.splice(0)) look();
	}

	/** Wait until `find()` gives something. Null when the connection closes first. */
	async until(find) {
		const end = Date.now() + PATIENCE_MS;
		for (;;) {
			const found = find();
			if (found !== null) return found;
			if (this.closed) return null;
			if (Date.now() > end) throw new Error(`nothing came; got: ${JSON.stringify(this.got.toString('latin1').slice(0, 300))}`);
			await Promise.race([new Promise((resolve) => this.waiting.push(resolve)), sleep(1000, null, { ref: false })]);
		}
	}

	send(data) {
		if (!this.closed) this.socket.write(typeof data === 'string' ? Buffer.from(data, 'latin1') : data);
		return this;
	}

	take(n) {
		const taken = this.got.subarray(0, n);
		this.got = this.got.subarray(n);
		return taken;
	}

	/** The next reply, or null when the server closed without one. `bodyless`: to a HEAD request. */
	reply(bodyless = false) {
		return this.until(() => {
			const end = this.got.indexOf('\r\n\r\n');
			if (end < 0) return null;
			const [line, ...fields] = this.got.subarray(0, end).toString('latin1').split('\r\n');
			const headers = Object.fromEntries(fields.map((f) => [f.slice(0, f.indexOf(':')).toLowerCase(), f.slice(f.indexOf(':') + 2)]));
			const length = bodyless ? 0 : Number(headers['content-length'] ?? 0);
			if (this.got.length < end + 4 + length) return null;
			assert.match(line, /^HTTP\/1\.1 \d{3} [A-Za-z -]*$/);
			this.take(end + 4);
			return { status: Number(line.slice(9, 12)), headers, body: this.take(length).toString('latin1') };
		});
	}

	/** The next WebSocket frame, or null. */
	frame() {
		return this.until(() => {
			const b = this.got;
			if (b.length < 2) return null;
			const short = b[1] & 127;
			const at = short === 126 ? 4 : short === 127 ? 10 : 2;
			if (b.length < at) return null;
			const n = short === 126 ? b.readUInt16BE(2) : short === 127 ? Number(b.readBigUInt64BE(2)) : short;
			if (b.length < at + n) return null;
			assert.equal(b[1] & 128, 0, 'a server does not mask');
			assert.equal(b[0] & 0x70, 0);
			const opcode = b[0] & 15;
			const fin = b[0] >> 7 === 1;
			this.take(at);
			return { fin, opcode, payload: this.take(n) };
		});
	}

	/** Expect a close frame with this code (null: without a code), then the end of the connection. */
	async closesWith(code) {
		const frame = await this.frame();
		assert.ok(frame, 'closed without a close frame');
		assert.equal(frame.opcode, 8, `frame ${frame.opcode} ${frame.payload}`);
		assert.equal(frame.payload.length ? frame.payload.readUInt16BE(0) : null, code);
		await this.ends();
	}

	/** Wait for the server to close; what came meanwhile. */
	async ends() {
		this.socket.resume();
		await this.until(() => null);
		return this.got.toString('latin1');
	}

	destroy() {
		this.socket.destroy();
	}
}

/** Connect with TLS. Null when the server closes instead. */
export async function dial(port, options = {}) {
	const socket = tls.connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'], ...options });
	const wire = new Wire(socket);
	const ok = await new Promise((resolve) => {
		socket.once('secureConnect', () => resolve(true));
		socket.once('close', () => resolve(false));
	});
	return ok ? wire : null;
}

/** Connect with TLS through a gate: `gate.hold = true` keeps what is sent, `gate.release(n)` lets n bytes of it go. */
export async function dialGated(port) {
	const raw = net.connect({ host: '127.0.0.1', port });
	const gate = {
		hold: false,
		held: Buffer.alloc(0),
		release(n) {
			raw.write(gate.held.subarray(0, n));
			gate.held = gate.held.subarray(n);
		},
	};
	const through = new Duplex({
		read() {},
		write(data, encoding, done) {
			if (gate.hold) gate.held = Buffer.concat([gate.held, data]);
			else raw.write(data);
			done();
		},
	});
	raw.on('data', (data) => through.push(data)).on('end', () => through.push(null)).on('error', () => {});
	const wire = await dial(port, { socket: through });
	const destroy = wire.destroy.bind(wire);
	wire.destroy = () => {
		raw.destroy();
		destroy();
	};
	return { wire, gate };
}

/** Connect without TLS. */
export async function dialPlain(port, options = {}) {
	const socket = net.connect({ host: '127.0.0.1', port, ...options });
	const wire = new Wire(socket);
	await new Promise((resolve) => socket.once('connect', resolve).once('close', resolve));
	return wire;
}

/** Send raw bytes on a new connection, read one reply (null: closed without), and whether the server then closed. */
export async function exchange(port, data) {
	const wire = await dial(port);
	wire.send(data);
	const reply = await wire.reply();
	return { reply, wire };
}

/** The server still answers. */
export async function alive(port) {
	const { reply, wire } = await exchange(port, 'GET /alive HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
	assert.equal(reply?.status, 200);
	assert.match(reply.body, /^path=\/alive$/m);
	assert.equal(await wire.ends(), '');
}

/** What the server counted. */
export async function counts(port) {
	const { reply, wire } = await exchange(port, 'GET /count HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
	wire.destroy();
	return Object.fromEntries(reply.body.split(' ').map((pair) => [pair.split('=')[0], Number(pair.split('=')[1])]));
}

/** Ask for the counts until they please. */
export async function countsUntil(port, please) {
	const end = Date.now() + PATIENCE_MS;
	for (;;) {
		const seen = await counts(port);
		if (please(seen)) return seen;
		assert.ok(Date.now() < end, JSON.stringify(seen));
		await sleep(50);
	}
}

export function upgradeHead(path, fields = {}) {
	const all = {
		Host: 'localhost', Upgrade: 'websocket', Connection: 'Upgrade',
		'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==', ...fields,
	};
	const lines = Object.entries(all).filter(([, value]) => value !== null).map(([name, value]) => `${name}: ${value}\r\n`);
	return `GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

/** A WebSocket on `path`, its 101 read. */
export async function upgrade(port, path = '/echo', fields = {}, options = {}) {
	const wire = await dial(port, options);
	wire.send(upgradeHead(path, fields));
	const reply = await wire.reply();
	assert.equal(reply?.status, 101);
	/* The key and answer of RFC 6455 section 1.3. */
	assert.equal(reply.headers['sec-websocket-accept'], 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
	wire.upgraded = reply;
	return wire;
}

/** A client's frame. `claim`: the length it claims, in eight bytes. */
export function frame(opcode, payload = '', { fin = true, rsv = 0, masked = true, claim = null } = {}) {
	const bytes = Buffer.from(payload);
	const n = bytes.length;
	const length = claim !== null ? 127 : n < 126 ? n : n < 65536 ? 126 : 127;
	const head = Buffer.alloc(2 + (length === 126 ? 2 : length === 127 ? 8 : 0));
	head[0] = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
	head[1] = (masked ? 0x80 : 0) | length;
	if (length === 126) head.writeUInt16BE(n, 2);
	if (length === 127) head.writeBigUInt64BE(claim ?? BigInt(n), 2);
	if (!masked) return Buffer.concat([head, bytes]);
	const mask = randomBytes(4);
	return Buffer.concat([head, mask, bytes.map((byte, i) => byte ^ mask[i & 3])]);
}

export function closeFrame(code, why = '') {
	return frame(8, Buffer.concat([Buffer.from([code >> 8, code & 255]), Buffer.from(why)]));
}
