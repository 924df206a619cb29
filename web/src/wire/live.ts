/**
 * The live line: one WebSocket, opened again whenever it falls. It says hello with the last position seen, numbers what
 * comes, and starts afresh on a gap. Requests made while the line is down are held; those in flight when it falls fail with
 * Unreachable, because nobody knows what became of them.
 */
import { eventDecode, type LiveEvent } from './event';
import type { LinePhase, Listeners, Snapshot, Socket, Surroundings } from './line';
import { call, conversation, me as meShape, person, preferences, visitor } from './objects';
import { problem, Refusal, Unreachable } from './problem';
import { flag, list, nullable, object, record, text, whole, type Shape } from './shape';

const BACKOFF_MS = [500, 1000, 2000, 4000, 8000];
const JITTER = 0.25;
const REPLY_MS = 10_000;
const STEADY_MS = 5000;
const HELD_MAX = 100;
const CLOSED_BY_SESSION = 4401;
const CLOSED_BY_RULE = 4403;
const PAGE_LEAVES = 1000;

interface Waiting {
	resolve(value: unknown): void;
	reject(error: Error): void;
}

interface Held extends Waiting {
	op: string;
	keys: object;
}

const snapshotShape = object<Omit<Snapshot, 'reset'> & { reset: boolean | null }>({
	line: text,
	me: (value, at) => ('person' in record(value, at) ? meShape(value, at).person : person(value, at)),
	pos: whole,
	conversations: list(conversation),
	conversations_before: nullable(whole),
	call: nullable(call),
	calls: nullable(list(call)),
	preferences,
	visitors: nullable(list(visitor)),
	reset: nullable(flag),
});

export class Live {
	readonly #around: Surroundings;
	readonly #tell: Listeners;
	#socket: Socket | null = null;
	#wanted = false;
	#phase: LinePhase = 'off';
	#tries = 0;
	#upAt: number | null = null;
	#cancelRetry: (() => void) | null = null;
	#nextId = 1;
	#lastEvent = 0;
	#since: number | null = null;
	/** The server's name for the last line: the next one takes its place, though the server may not have noticed that it fell. */
	#last: string | null = null;
	#waiting = new Map<number, Waiting>();
	#held: Held[] = [];
	/** The call whose media this page has. */
	carries: () => string | null = () => null;

	constructor(around: Surroundings, tell: Listeners) {
		this.#around = around;
		this.#tell = tell;
	}

	start(): void {
		if (this.#wanted)
			return;
		this.#wanted = true;
		this.#open();
	}

	/** Close for good and forget what was seen: the next start is a new person's. */
	stop(): void {
		this.#wanted = false;
		this.#since = this.#last = null;
		this.#tries = 0;
		this.#dropSocket(PAGE_LEAVES);
		for (const held of this.#held.splice(0))
			held.reject(new Unreachable('signed out'));
		this.#setPhase('off');
	}

	/** Don't wait for the back-off: the network came back, or somebody pressed the button. */
	retryNow(): void {
		if (!this.#wanted || this.#phase !== 'waiting')
			return;
		this.#tries = 0;
		this.#open();
	}

	/** Ask; resolves with the `ok` of the reply. */
	request<T>(op: string, keys: object, shape: Shape<T>): Promise<T> {
		return new Promise<unknown>((resolve, reject) => {
			if (this.#phase === 'up')
				this.#send(op, keys, { resolve, reject });
			else if (this.#wanted && this.#held.length < HELD_MAX)
				this.#held.push({ op, keys, resolve, reject });
			else
				reject(new Unreachable('the line is down'));
		}).then((ok) => shape(ok, op));
	}

	/** Say something that has no reply and is worthless later. */
	say(op: string, keys: object): void {
		if (this.#phase === 'up')
			this.#socket?.send(JSON.stringify({ op, ...keys }));
	}

	#setPhase(phase: LinePhase, retryAt: number | null = null): void {
		this.#phase = phase;
		this.#tell.state({ phase, retryAt });
	}

	#open(): void {
		this.#dropSocket(PAGE_LEAVES);
		this.#setPhase('opening');
		this.#lastEvent = 0;

		const socket = this.#around.open();

		this.#socket = socket;
		socket.onopen = () => this.#hello();
		socket.onmessage = (event) => this.#receive(event.data);
		socket.onclose = (event) => this.#closed(event.code);
	}

	#hello(): void {
		this.#send('hello', { since: this.#since, replaces: this.#last, carries: this.carries() }, {
			resolve: (ok) => this.#welcome(ok),
			reject: (error) => {
				if (error instanceof Refusal)
					this.#helloRefused(error);
			},
		});
	}

	#helloRefused(error: Refusal): void {
		console.error('hello refused:', error.problem.reason);
		this.#restart();
		this.#tell.refused();
	}

	#welcome(ok: unknown): void {
		let snapshot: Snapshot;

		try {
			const read = snapshotShape(ok, 'hello');

			snapshot = { ...read, reset: read.reset ?? this.#since === null };
		} catch (error) {
			console.error('hello:', error);
			this.#restart();
			return;
		}
		/* Messages behind `since` follow as events and move it on; jumping to pos now would lose those that a fall swallows.
		   Without a `since` none follow: from here on a fall swallows whatever comes behind this snapshot. */
		if (snapshot.reset || this.#since === null)
			this.#since = snapshot.pos;
		this.#last = snapshot.line;
		this.#upAt = this.#around.now();
		this.#setPhase('up');
		this.#tell.hello(snapshot);
		for (const held of this.#held.splice(0))
			this.#send(held.op, held.keys, held);
	}

	#send(op: string, keys: object, waiting: Waiting): void {
		const id = this.#nextId++;
		const socket = this.#socket;
		/* A reply that does not come means a dead line that TCP has not noticed yet. */
		const cancel = this.#around.later(REPLY_MS, () => {
			if (this.#waiting.has(id) && this.#socket === socket)
				this.#restart();
		});

		this.#waiting.set(id, {
			resolve: (value) => (cancel(), waiting.resolve(value)),
			reject: (error) => (cancel(), waiting.reject(error)),
		});
		socket?.send(JSON.stringify({ id, op, ...keys }));
	}

	#receive(data: unknown): void {
		let frame: Record<string, unknown>;

		try {
			frame = record(JSON.parse(String(data)), 'frame');
			if ('re' in frame) {
				this.#reply(whole(frame['re'], 're'), frame);
				return;
			}
			if (whole(frame['n'], 'n') !== this.#lastEvent + 1)
				throw new Error(`event ${String(frame['n'])} after ${this.#lastEvent}`);
			this.#lastEvent += 1;
			this.#pass(eventDecode(frame));
		} catch (error) {
			console.error('live line:', error);
			this.#restart();
		}
	}

	#pass(event: LiveEvent | null): void {
		if (!event)
			return;
		if (event.ev === 'message')
			this.#since = Math.max(this.#since ?? 0, event.message.pos);
		if (event.ev === 'changed')
			this.#since = Math.max(this.#since ?? 0, event.pos);
		if (event.ev === 'bye' && event.reason === 'session.ended') {
			this.#endSession();
			return;
		}
		this.#tell.event(event);
	}

	#reply(id: number, frame: Record<string, unknown>): void {
		const waiting = this.#waiting.get(id);

		if (!waiting)
			return;
		this.#waiting.delete(id);
		if ('error' in frame)
			waiting.reject(new Refusal(problem(frame['error'], 'error')));
		else
			waiting.resolve(frame['ok']);
	}

	#closed(code: number): void {
		const wasUp = this.#phase === 'up';

		this.#dropSocket(null);
		if (!this.#wanted)
			return;
		if (code === CLOSED_BY_SESSION) {
			this.#endSession();
			return;
		}
		this.#retryLater();
		if (!wasUp || code === CLOSED_BY_RULE)
			this.#tell.refused();
	}

	#restart(): void {
		this.#dropSocket(PAGE_LEAVES);
		if (this.#wanted)
			this.#retryLater();
	}

	#retryLater(): void {
		/* A line that falls right after hello must not be tried every half second for ever. */
		if (this.#upAt !== null && this.#around.now() - this.#upAt > STEADY_MS)
			this.#tries = 0;
		this.#upAt = null;

		const step = BACKOFF_MS[Math.min(this.#tries, BACKOFF_MS.length - 1)] ?? 0;
		const ms = step * (1 + JITTER * (2 * this.#around.random() - 1));

		this.#tries += 1;
		this.#cancelRetry?.();
		this.#cancelRetry = this.#around.later(ms, () => this.#open());
		this.#setPhase('waiting', this.#around.now() + ms);
	}

	#endSession(): void {
		this.stop();
		this.#tell.signedOut();
	}

	#dropSocket(code: number | null): void {
		const socket = this.#socket;

		this.#cancelRetry?.();
		this.#cancelRetry = null;
		this.#socket = null;
		if (socket) {
			socket.onopen = socket.onmessage = socket.onclose = null;
			if (code !== null)
				socket.close(code);
		}
		for (const [id, waiting] of [...this.#waiting]) {
			this.#waiting.delete(id);
			waiting.reject(new Unreachable('the line fell'));
		}
	}
}
