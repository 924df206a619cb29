import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LineState, Socket } from '../src/wire/line';
import { Live } from '../src/wire/live';
import type { LiveEvent } from '../src/wire/event';
import { Refusal, Unreachable } from '../src/wire/problem';

const ME = { address: 'ines@aldous.example', name: 'Ines', title: '', kind: 'internal', tenant: { id: 'aldous', name: 'Aldous', domain: 'aldous.example' }, technician: false };

class FakeSocket implements Socket {
	sent: Record<string, unknown>[] = [];
	closed = false;
	onopen: (() => void) | null = null;
	onmessage: ((event: { data: unknown }) => void) | null = null;
	onclose: ((event: { code: number }) => void) | null = null;

	send(data: string): void {
		this.sent.push(JSON.parse(data) as Record<string, unknown>);
	}
	close(): void {
		this.closed = true;
	}
	tell(frame: object): void {
		this.onmessage?.({ data: JSON.stringify(frame) });
	}
	last(): Record<string, unknown> {
		return this.sent.at(-1)!;
	}
	welcome(more: object = {}): void {
		this.tell({ re: this.sent.find((frame) => frame['op'] === 'hello')!['id'], ok: { line: 'l1', me: ME, pos: 10, time: '', conversations: [], call: null, preferences: { read_receipts: true, status: 'available' }, ...more } });
	}
}

/** A line with its own time and its own sockets. */
function setup() {
	const sockets: FakeSocket[] = [];
	const states: LineState[] = [];
	const events: LiveEvent[] = [];
	const heard = { hello: 0, signedOut: 0, refused: 0 };
	let now = 0;
	let timers: { at: number; run: () => void }[] = [];
	const live = new Live(
		{
			open: () => (sockets.push(new FakeSocket()), sockets.at(-1)!),
			now: () => now,
			random: () => 0.5,
			later: (ms, run) => {
				const timer = { at: now + ms, run };

				timers.push(timer);
				return () => void (timers = timers.filter((one) => one !== timer));
			},
		},
		{
			state: (state) => void states.push(state),
			hello: () => void heard.hello++,
			event: (event) => void events.push(event),
			signedOut: () => void heard.signedOut++,
			refused: () => void heard.refused++,
		},
	);
	const pass = (ms: number) => {
		const end = now + ms;

		for (;;) {
			const next = timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];

			if (!next)
				break;
			timers = timers.filter((timer) => timer !== next);
			now = next.at;
			next.run();
		}
		now = end;
	};
	const up = (more: object = {}) => {
		sockets.at(-1)!.onopen?.();
		sockets.at(-1)!.welcome(more);
	};

	return { live, sockets, states, events, heard, pass, up };
}

const any = (value: unknown) => value;
const quiet = (run: () => void) => {
	const error = console.error;

	console.error = () => undefined;
	try {
		run();
	} finally {
		console.error = error;
	}
};

test('hello comes first, without a position; what was held follows it', async () => {
	const { live, sockets, up } = setup();

	live.start();

	const early = live.request('watch', { addresses: [] }, any);

	sockets[0]!.onopen?.();
	assert.deepEqual(sockets[0]!.sent, [{ id: 1, op: 'hello', since: null, replaces: null, carries: null }]);
	sockets[0]!.welcome();
	assert.deepEqual(sockets[0]!.last(), { id: 2, op: 'watch', addresses: [] });
	sockets[0]!.tell({ re: 2, ok: { presence: [] } });
	assert.deepEqual(await early, { presence: [] });
	void up;
});

test('an error reply is a refusal with its problem', async () => {
	const { live, sockets, up } = setup();

	live.start();
	up();

	const asked = live.request('send', {}, any);

	sockets[0]!.tell({ re: 2, error: { reason: 'external.off', title: 'External access is off.', status: 403 } });
	await assert.rejects(asked, (error) => error instanceof Refusal && error.problem.reason === 'external.off');
});

test('tries again after 0.5, 1, 2, 4, 8, 8 seconds', () => {
	const { live, sockets, states, pass } = setup();
	const waits: number[] = [];
	let at = 0;

	live.start();
	for (let i = 0; i < 6; i++) {
		sockets.at(-1)!.onclose?.({ code: 1006 });
		waits.push(states.at(-1)!.retryAt! - at);
		pass(waits.at(-1)!);
		at += waits.at(-1)!;
	}
	assert.deepEqual(waits, [500, 1000, 2000, 4000, 8000, 8000]);
	assert.equal(sockets.length, 7);
});

test('a line that stood for a while starts its back-off anew; one that falls at once does not', () => {
	const { live, sockets, states, pass, up } = setup();

	live.start();
	sockets.at(-1)!.onclose?.({ code: 1006 });
	pass(500);
	up();
	sockets.at(-1)!.onclose?.({ code: 1006 });
	assert.equal(states.at(-1)!.retryAt, 1500);
	pass(1000);
	up();
	pass(60_000);
	sockets.at(-1)!.onclose?.({ code: 1006 });
	assert.equal(states.at(-1)!.retryAt, 62_000);
});

test('a gap in the numbers means a new line', () => {
	const { live, sockets, events, pass, up } = setup();

	live.start();
	up();
	sockets[0]!.tell({ n: 1, ev: 'presence', address: 'a@b', state: 'available' });
	quiet(() => sockets[0]!.tell({ n: 3, ev: 'presence', address: 'a@b', state: 'offline' }));
	assert.equal(events.length, 1);
	assert.ok(sockets[0]!.closed);
	pass(500);
	assert.equal(sockets.length, 2);
});

test('an event that makes no sense means a new line; one of an unknown kind does not', () => {
	const { live, sockets, up } = setup();

	live.start();
	up();
	sockets[0]!.tell({ n: 1, ev: 'weather', sunny: true });
	assert.ok(!sockets[0]!.closed);
	quiet(() => sockets[0]!.tell({ n: 2, ev: 'message', message: { pos: 'x' } }));
	assert.ok(sockets[0]!.closed);
});

test('the next hello names the last position seen', () => {
	const { live, sockets, pass, up } = setup();
	const message = { pos: 14, conversation: 'c', seq: 1, id: 'm', from: 'a@b', text: 'hi', at: '2026-01-01T00:00:00Z', deleted: false };

	live.start();
	up();
	sockets[0]!.tell({ n: 1, ev: 'message', message });
	sockets[0]!.onclose?.({ code: 1006 });
	pass(500);
	sockets[1]!.onopen?.();
	assert.equal(sockets[1]!.last()['since'], 14);
	assert.equal(sockets[1]!.last()['replaces'], 'l1', 'the server may not have noticed that the line fell');
	/* The deployment is at 99, but what lies between comes as events: until then we have seen 14. */
	sockets[1]!.welcome({ pos: 99 });
	sockets[1]!.onclose?.({ code: 1006 });
	pass(1000);
	sockets[2]!.onopen?.();
	assert.equal(sockets[2]!.last()['since'], 14);
	sockets[2]!.welcome({ pos: 99, reset: true });
	sockets[2]!.onclose?.({ code: 1006 });
	pass(2000);
	sockets[3]!.onopen?.();
	assert.equal(sockets[3]!.last()['since'], 99);
});

test('what was under way when the line fell is unreachable; what is asked afterwards waits', async () => {
	const { live, sockets, pass, up } = setup();

	live.start();
	up();

	const under = live.request('send', {}, any);

	sockets[0]!.onclose?.({ code: 1006 });
	await assert.rejects(under, Unreachable);

	const held = live.request('call.hangup', { call: 'k' }, any);

	pass(500);
	up();
	assert.equal(sockets[1]!.last()['op'], 'call.hangup');
	sockets[1]!.tell({ re: sockets[1]!.last()['id'], ok: {} });
	await held;
});

test('a reply that does not come in ten seconds means a dead line', async () => {
	const { live, sockets, pass, up } = setup();

	live.start();
	up();

	const asked = live.request('watch', { addresses: [] }, any);

	pass(10_000);
	await assert.rejects(asked, Unreachable);
	assert.ok(sockets[0]!.closed);
});

test('a session that ended is not tried again', () => {
	const { live, sockets, heard, states, pass, up } = setup();

	live.start();
	up();
	sockets[0]!.onclose?.({ code: 4401 });
	pass(60_000);
	assert.equal(heard.signedOut, 1);
	assert.equal(sockets.length, 1);
	assert.equal(states.at(-1)!.phase, 'off');
});

test('a goodbye with the end of the session counts as well', () => {
	const { live, sockets, heard, up } = setup();

	live.start();
	up();
	sockets[0]!.tell({ n: 1, ev: 'bye', reason: 'session.ended' });
	assert.equal(heard.signedOut, 1);
});

test('a pointer is not kept for later', () => {
	const { live, sockets, up } = setup();

	live.start();
	live.say('point', { at: [0, 0] });
	up();
	assert.deepEqual(sockets[0]!.sent.map((frame) => frame['op']), ['hello']);
	live.say('point', { at: [0, 0] });
	assert.deepEqual(sockets[0]!.last(), { op: 'point', at: [0, 0] });
});

test('a line that fell before any message came asks for what is behind its snapshot', () => {
	const { live, sockets, pass, up } = setup();

	live.start();
	up({ pos: 41, reset: false });
	sockets[0]!.onclose?.({ code: 1006 });
	pass(1000);
	sockets[1]!.onopen?.();
	assert.equal(sockets[1]!.last()['since'], 41);
});
