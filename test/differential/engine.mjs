// The engine on a line (engine.c): a process that keeps a world, changes it and answers, one line of JSON for each command.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = join(resolve(root, process.env.FARHAND_BUILD ?? 'build'), 'test/differential/differential_engine');

export class Engine {
	#child = spawn(program, { stdio: 'pipe' });
	#waiting = [];		// of each command under way, in order: what its answer is given to
	#partial = '';
	#errors = '';
	#closed;

	constructor() {
		this.#child.stdout.setEncoding('utf8').on('data', (text) => this.#read(text));
		this.#child.stderr.setEncoding('utf8').on('data', (text) => { this.#errors += text; });
		this.#child.stdin.on('error', () => {});	// it has ended: what it said then is in #errors
		this.#closed = new Promise((done) => this.#child.on('error', done).on('close', done));
		this.#closed.then((status) => this.#waiting.forEach(({ failed }) => failed(new Error(`the engine ended (${status}): ${this.#errors.slice(0, 4000)}`))));
	}

	#read(text) {
		const lines = (this.#partial + text).split('\n');
		this.#partial = lines.pop();
		lines.forEach((line) => this.#waiting.shift().done(line));
	}

	/** The line that it answers. `text` is sent as it is. */
	say(command, text = '') {
		assert(!text.includes('\n'));
		this.#child.stdin.write(`${command} ${text}\n`);
		return new Promise((done, failed) => this.#waiting.push({ done, failed }));
	}

	async tell(command, value = null) {
		return JSON.parse(await this.say(command, value === null ? '' : JSON.stringify(value)));
	}

	/** Begin anew with a world that is in order. */
	async world(world) {
		assert.deepEqual(await this.tell('world', world), { err: 0 });
	}

	/** The answers to all asks, as they were written. */
	asks(asks) {
		return Promise.all(asks.map((ask) => this.say('ask', JSON.stringify(ask))));
	}

	/** It has to end well: with all memory given back. */
	async end() {
		this.#child.stdin.end();
		assert.equal(await this.#closed, 0, this.#errors);
	}
}
