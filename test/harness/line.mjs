// A line of the live protocol (doc/protocol.md). Every event's number is checked: a gap fails whoever waits.
import WebSocket from 'ws';

const PATIENCE_MS = 60000;

/** A request was refused: `error` is the problem object. */
export class Refusal extends Error {
	constructor(op, error) {
		super(`${op}: ${error.reason} ${error.field ?? ''} ${error.detail ?? ''}`);
		Object.assign(this, { reason: error.reason, error });
	}
}

export class Line {
	#last_id = 0;
	#replies = new Map();	// by id: who waits
	#events = [];		// not taken yet
	#waiting = [];		// { ev, filter, resolve, reject, timer }
	#told = 0;
	#fault = null;

	/** Everything that arrived, in order: for stories about order. */
	log = [];

	/** Connect and say hello (`hello: false`: don't). `snapshot` is hello's answer. */
	static async open({ port, ca, token, since = null, replaces, hello = true, headers = {} }) {
		const line = new Line();
		const auth = token ? { authorization: `Bearer ${token}` } : {};
		line.ws = new WebSocket(`wss://127.0.0.1:${port}/v1/live`, 'farhand.v1', { ca, headers: { ...auth, ...headers } });
		line.ws.on('message', (data) => line.#take(JSON.parse(data.toString())));
		line.closed = new Promise((resolve) => line.ws.on('close', (code) => {
			line.#fail(new Error(`the line closed with ${code}`));
			resolve(code);
		}));
		await new Promise((resolve, reject) => line.ws.once('open', resolve).on('error', reject));
		if (hello) line.snapshot = await line.request('hello', { since, replaces });
		return line;
	}

	#take(frame) {
		this.log.push(frame);
		if ('re' in frame) {
			this.#replies.get(frame.re)?.(frame);
			this.#replies.delete(frame.re);
			return;
		}
		if (frame.n !== ++this.#told) {
			this.#fail(new Error(`event ${frame.n} came where ${this.#told} was due: ${JSON.stringify(frame)}`));
			return;
		}
		const i = this.#waiting.findIndex((w) => w.ev === frame.ev && w.filter(frame));
		if (i < 0) this.#events.push(frame);
		else this.#waiting.splice(i, 1)[0].resolve(frame);
	}

	#fail(error) {
		this.#fault ??= error;
		for (const w of this.#waiting.splice(0)) w.reject(this.#fault);
		for (const [id, hear] of this.#replies) hear({ re: id, fault: this.#fault });
		this.#replies.clear();
	}

	/** Ask, and get the whole reply: `{ ok }` or `{ error }`. */
	ask(op, keys = {}) {
		const id = ++this.#last_id;
		return new Promise((resolve, reject) => {
			const timer = setTimeout(() => reject(new Error(`no answer to ${op} in ${PATIENCE_MS} ms`)), PATIENCE_MS);
			const hear = (reply) => {
				clearTimeout(timer);
				if (reply.fault) reject(reply.fault);
				else resolve(reply);
			};
			if (this.#fault) return hear({ fault: this.#fault });
			this.#replies.set(id, hear);
			this.ws.send(JSON.stringify({ id, op, ...keys }));
		});
	}

	/** Ask, and get `ok`; a refusal is thrown. */
	async request(op, keys) {
		const reply = await this.ask(op, keys);
		if (reply.error) throw new Refusal(op, reply.error);
		return reply.ok;
	}

	/** Say something that needs no answer. */
	say(op, keys) {
		this.ws.send(JSON.stringify({ op, ...keys }));
	}

	/** The first event of this kind that nobody took yet, now or when it comes. */
	next(ev, filter = () => true) {
		const i = this.#events.findIndex((e) => e.ev === ev && filter(e));
		if (i >= 0) return Promise.resolve(this.#events.splice(i, 1)[0]);
		if (this.#fault) return Promise.reject(this.#fault);
		return new Promise((resolve, reject) => {
			const timer = setTimeout(() => {
				const untaken = this.#events.map((e) => e.ev).join(' ');
				waiting.reject(new Error(`no ${ev} in ${PATIENCE_MS} ms; untaken: ${untaken}`));
				this.#waiting = this.#waiting.filter((w) => w !== waiting);
			}, PATIENCE_MS);
			const settle = (how) => (value) => {
				clearTimeout(timer);
				how(value);
			};
			const waiting = { ev, filter, resolve: settle(resolve), reject: settle(reject) };
			this.#waiting.push(waiting);
		});
	}

	/** All events so far that nobody took, behind a round trip: what the server said before it is here. */
	async settled() {
		await this.ask('nothing');
		return this.#events.splice(0);
	}

	/** Close with a goodbye. */
	async close() {
		this.ws.close(1000);
		await this.closed;
	}

	/** Vanish, as a phone in a tunnel. */
	async drop() {
		this.ws.terminate();
		await this.closed;
	}
}
