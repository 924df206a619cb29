// A browser's media side without a browser: ICE checks (RFC 8445, RFC 8489) and RTP packets over one UDP socket, or one TCP
// connection (RFC 4571).
import { createHmac, randomBytes } from 'node:crypto';
import dgram from 'node:dgram';
import net from 'node:net';

const PATIENCE_MS = 30000, RETRY_MS = 200, CHECK_MS = 1000;
const COOKIE = 0x2112a442, REQUEST = 0x0001, SUCCESS = 0x0101, FAILURE = 0x0111;
const ATTR = { username: 0x0006, integrity: 0x0008, error: 0x0009, priority: 0x0024, use_candidate: 0x0025, fingerprint: 0x8028, controlling: 0x802a };

export const AUDIO = 111, VIDEO = 96;

function crc32(bytes) {
	let crc = 0xffffffff;
	for (const byte of bytes) {
		crc ^= byte;
		for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc >>> 0;
}

function attribute(type, value) {
	const out = Buffer.alloc(4 + Math.ceil(value.length / 4) * 4);
	out.writeUInt16BE(type, 0);
	out.writeUInt16BE(value.length, 2);
	value.copy(out, 4);
	return out;
}

/* Integrity and fingerprint each count a length that ends with themselves. */
function signed(message, pwd) {
	message.writeUInt16BE(message.length - 20 + 24, 2);
	const mac = createHmac('sha1', pwd).update(message).digest();
	const whole = Buffer.concat([message, attribute(ATTR.integrity, mac)]);
	whole.writeUInt16BE(whole.length - 20 + 8, 2);
	const print = Buffer.alloc(4);
	print.writeUInt32BE((crc32(whole) ^ 0x5354554e) >>> 0);
	return Buffer.concat([whole, attribute(ATTR.fingerprint, print)]);
}

function check(id, username, pwd) {
	const head = Buffer.alloc(20);
	head.writeUInt16BE(REQUEST, 0);
	head.writeUInt32BE(COOKIE, 4);
	id.copy(head, 8);
	const priority = Buffer.from([0x6e, 0x00, 0x1e, 0xff]);
	return signed(Buffer.concat([
		head, attribute(ATTR.username, Buffer.from(username)), attribute(ATTR.priority, priority),
		attribute(ATTR.controlling, randomBytes(8)), attribute(ATTR.use_candidate, Buffer.alloc(0)),
	]), pwd);
}

function errorCode(message) {
	for (let at = 20; at + 4 <= message.length; at += 4 + Math.ceil(message.readUInt16BE(at + 2) / 4) * 4)
		if (message.readUInt16BE(at) === ATTR.error) return message[at + 6] * 100 + message[at + 7];
	return null;
}

/** One UDP socket. `lost` settles never: nobody tells. */
class Datagrams {
	#socket = dgram.createSocket('udp4');
	lost = new Promise(() => {});

	constructor({ candidates: [{ address, port }] }, take) {
		this.#socket.on('message', take).on('error', () => {});
		/* A story that failed and forgot its media still ends. */
		this.#socket.unref();
		this.send = (message) => this.#socket.send(message, port, address);
	}

	close() {
		this.#socket.close();
	}
}

/** One TCP connection: each datagram behind two bytes of its length. `lost` settles when the relay closes it. */
class Stream {
	#socket;
	#rest = Buffer.alloc(0);

	constructor({ streams: [{ address, port }] }, take) {
		this.#socket = net.connect(port, address);
		this.lost = new Promise((resolve) => this.#socket.on('close', resolve));
		this.#socket.on('error', () => {}).on('data', (data) => this.#read(data, take));
		this.#socket.unref();
	}

	#read(data, take) {
		this.#rest = Buffer.concat([this.#rest, data]);
		while (this.#rest.length >= 2 && this.#rest.length >= 2 + this.#rest.readUInt16BE(0)) {
			const end = 2 + this.#rest.readUInt16BE(0);
			take(this.#rest.subarray(2, end));
			this.#rest = this.#rest.subarray(end);
		}
	}

	send(message) {
		const head = Buffer.alloc(2);
		head.writeUInt16BE(message.length);
		this.#socket.write(Buffer.concat([head, message]));
	}

	close() {
		this.#socket.destroy();
	}
}

export class Media {
	#way;
	#asked = new Map();	// by transaction id: who waits
	#timers = [];
	#seq = 0;
	received = 0;

	/** `mine` as iceMake() makes it; `theirs` as iceOf() reads it: the relay's leg. */
	constructor(mine, theirs, { tcp = false } = {}) {
		Object.assign(this, { mine, theirs });
		this.#way = new (tcp ? Stream : Datagrams)(theirs, (message) => this.#take(message));
		this.lost = this.#way.lost;
	}

	#every(ms, what) {
		const timer = setInterval(what, ms);
		timer.unref();
		this.#timers.push(timer);
		return timer;
	}

	#take(message) {
		if (message[0] > 3) {
			this.received++;
			return;
		}
		const kind = message.readUInt16BE(0), id = message.toString('hex', 8, 20);
		if (kind === SUCCESS || kind === FAILURE) this.#asked.get(id)?.(kind === SUCCESS ? 200 : errorCode(message));
	}

	/** One check, sent again until it is answered: 200, or the code of the refusal. */
	check() {
		const id = randomBytes(12);
		const message = check(id, `${this.theirs.ufrag}:${this.mine.ufrag}`, this.theirs.pwd);
		return new Promise((resolve, reject) => {
			const started = Date.now();
			const again = this.#every(RETRY_MS, () => {
				if (Date.now() - started < PATIENCE_MS) return this.#way.send(message);
				clearInterval(again);
				reject(new Error('the relay does not answer'));
			});
			this.#asked.set(id.toString('hex'), (code) => {
				clearInterval(again);
				this.#asked.delete(id.toString('hex'));
				resolve(code);
			});
			this.#way.send(message);
		});
	}

	/** One RTP packet. */
	rtp(type = AUDIO, bytes = 160) {
		const packet = Buffer.alloc(12 + bytes, 0x5a);
		packet[0] = 0x80;
		packet[1] = type;
		packet.writeUInt16BE(++this.#seq & 0xffff, 2);
		packet.writeUInt32BE(this.#seq * 960, 4);
		this.#way.send(packet);
	}

	/** Packets every `every_ms`, with consent kept fresh, until close(). */
	stream(every_ms = 5, type = AUDIO) {
		this.#every(every_ms, () => this.rtp(type));
		this.#every(CHECK_MS, () => this.check().catch(() => {}));
	}

	close() {
		for (const timer of this.#timers.splice(0)) clearInterval(timer);
		this.#way.close();
	}
}
