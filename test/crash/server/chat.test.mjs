// A real farhandd is killed, again and again, while four people write. Whatever it acknowledged is there: once, in order, without a gap.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Server, demoWorld } from '../../harness/server.mjs';

const ctl = join(resolve(fileURLToPath(new URL('../../..', import.meta.url)), process.env.FARHAND_BUILD ?? 'build'), 'src/ctl/farhandctl');

/* A line may send 240 frames at once: ten at a time, each 20 ms after the last, lasts to the latest kill. */
const KILLS = 16, WINDOW = 10, PAUSE_MS = 20, KILL_AFTER_MS = 400;
const SENDERS = ['tess@brightwater.example', 'omar@brightwater.example', 'nora@brightwater.example', 'ravi@aldous.example'];
const READER = 'ines@aldous.example';

/* The same dice on every run; what they hit differs all the same. */
let dice_state = 20261123;
const dice = (most) => (dice_state = (dice_state * 1103515245 + 12345) % 2147483648) % most;

/** One who writes without pause, `WINDOW` messages under way; unanswered ones are sent again under the same client_id. */
class Sender {
	acknowledged = new Map();	// client_id to the message as acknowledged
	#open = new Map();		// client_id to its text
	#n = 0;

	constructor(person, conversation) {
		Object.assign(this, { person, conversation });
	}

	/** Until the line is gone. */
	async write(line) {
		const again = [...this.#open.keys()];
		const one = async (client_id) => {
			const text = this.#open.get(client_id);
			const { message } = await line.request('send', { conversation: this.conversation, client_id, text });
			assert.equal(message.text, text);
			this.acknowledged.set(client_id, message);
			this.#open.delete(client_id);
		};
		const next = () => {
			const client_id = again.shift() ?? `${this.person.address.split('@')[0]}-${++this.#n}`;
			if (!this.#open.has(client_id)) this.#open.set(client_id, `${client_id} ${'x'.repeat(this.#n % 700)}`);
			return client_id;
		};
		const worker = async () => {
			for (;;) {
				await one(next());
				await sleep(PAUSE_MS);
			}
		};
		await Promise.all(Array.from({ length: WINDOW }, () => worker().catch((error) => assert.match(error.message, /the line closed/))));
	}

	/** What is still unanswered, to its end. */
	async finish(line) {
		for (const [client_id, text] of this.#open) {
			const { message } = await line.request('send', { conversation: this.conversation, client_id, text });
			this.acknowledged.set(client_id, message);
		}
	}
}

/* All messages of a conversation, by pages from the newest back. */
async function pages(api, conversation) {
	let all = [], before = '';
	for (;;) {
		const page = await api.get(`/v1/conversations/${conversation}/messages?limit=100${before}`);
		all = [...page.messages, ...all];
		if (!page.more) return all;
		before = `&before=${page.messages[0].seq}`;
	}
}

/** One who listens; behind every kill he comes back with the last position that he saw. */
class Reader {
	heard = [];
	#since = 0;

	async connect(person) {
		this.line = await person.line({ since: this.#since });
		assert.equal(this.line.snapshot.reset, false);
	}

	/* What the line brought, its last words before a kill too. */
	take() {
		for (const frame of this.line.log.filter((f) => f.ev === 'message')) {
			this.heard.push(frame.message);
			this.#since = frame.message.pos;
		}
		this.line.log = [];
	}
}

/** The ledger against what the server has. */
async function compare(sender, reader_person) {
	const kept = await pages(reader_person.api, sender.conversation);
	assert.deepEqual(kept.map((m) => m.seq), kept.map((_, i) => i + 1), 'numbers without gap or double');
	assert.equal(new Set(kept.map((m) => m.id)).size, kept.length, 'nothing twice');
	for (let i = 1; i < kept.length; i++) assert.ok(kept[i].pos > kept[i - 1].pos, 'in order');
	const by_id = new Map(kept.map((m) => [m.id, m]));
	for (const [client_id, message] of sender.acknowledged) assert.deepEqual(by_id.get(client_id), message);
	return kept;
}

test(`what is acknowledged outlives ${KILLS} kills`, async () => {
	const server = await Server.start({ settings: { 'audit.seconds': 1 }, world: demoWorld() });
	try {
		const reader_person = await server.person(READER);
		const senders = [];
		for (const address of SENDERS) {
			const person = await server.person(address);
			senders.push(new Sender(person, (await person.api.post('/v1/conversations', { with: READER })).id));
		}
		const people = [reader_person, ...senders.map((s) => s.person)];
		const reader = new Reader();
		let unheard = 0;	// stored, and killed before the answer arrived
		for (let kill = 0; kill < KILLS; kill++) {
			/* Sessions outlive a kill too; only the ports are new. */
			for (const person of people) person.api = server.api(person.token);
			await reader.connect(reader_person);
			const lines = await Promise.all(senders.map((s) => s.person.line()));
			const writing = senders.map((s, i) => s.write(lines[i]));
			await sleep(20 + dice(KILL_AFTER_MS));
			await server.kill9();
			await Promise.all(writing);
			await reader.line.closed;
			reader.take();
			await server.restart();
			for (const person of people) person.api = server.api(person.token);
			for (const sender of senders) unheard += (await compare(sender, reader_person)).length - sender.acknowledged.size;
		}

		assert.ok(unheard > 0, 'some kill fell between a commit and its answer');
		await reader.connect(reader_person);
		for (const sender of senders) await sender.finish(await sender.person.line());
		await reader.line.ask('nothing');
		reader.take();
		for (const sender of senders) {
			const kept = await compare(sender, reader_person);
			assert.equal(kept.length, sender.acknowledged.size);
			assert.ok(kept.length > KILLS, `${kept.length} messages`);
			assert.deepEqual(reader.heard.filter((m) => m.conversation === sender.conversation), kept, 'each heard once, in order');
		}
		/* Sign-ins and checkpoints went through the kills too. */
		for (let signed = false; !signed;) {
			const { status, stdout } = spawnSync(ctl, ['audit', 'verify', '--data', server.settings.data], { encoding: 'utf8' });
			assert.equal(status, 0, stdout);
			signed = /^sound: (\d\d) rows; \1 of them signed/.test(stdout);
		}
		/* From the very beginning, as a new device would ask. */
		const all = await reader_person.line({ since: 0 });
		if (!all.snapshot.reset) {
			const told = (await all.settled()).filter((e) => e.ev === 'message').map((e) => e.message);
			assert.deepEqual(told, [...reader.heard].sort((a, b) => a.pos - b.pos));
		}
	} finally {
		await server.stop();
	}
});
