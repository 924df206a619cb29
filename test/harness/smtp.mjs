// A real mail server on loopback (smtp.py): what it was sent, and how it behaves.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('smtp.py', import.meta.url));
const PATIENCE_MS = 60000;

export class Smtp {
	#child;
	#waiting = new Set();
	said = [];

	/** `tls`: starttls, tls or off; `name`: whom its certificate names. */
	static async start({ tls = 'starttls', user = 'farhand', password = 'a mail password', name = 'localhost' } = {}) {
		const smtp = new Smtp();
		smtp.folder = mkdtempSync(join(tmpdir(), 'farhand-smtp-'));
		Object.assign(smtp, { tls, user, password, port: 0 });
		execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', `/CN=${name}`,
			'-addext', `subjectAltName=DNS:${name}`, '-keyout', smtp.#file('key'), '-out', smtp.#file('chain')], { stdio: 'ignore' });
		writeFileSync(smtp.#file('password'), `${password}\n`, { mode: 0o600 });
		await smtp.run();
		return smtp;
	}

	#file(name) {
		return join(this.folder, name);
	}

	/** Start, or start again on the same port. */
	async run() {
		this.#child = spawn('/usr/bin/python3', [script, this.#file('chain'), this.#file('key'), this.user, this.password, this.tls, String(this.port)],
			{ stdio: ['pipe', 'pipe', 'inherit'] });
		createInterface({ input: this.#child.stdout }).on('line', (line) => {
			this.said.push(JSON.parse(line));
			for (const check of [...this.#waiting]) check();
		});
		this.exited = new Promise((done) => this.#child.on('close', done));
		this.port = (await this.heard((said) => said.port)).port;
	}

	/** The settings of a server that sends its mail here. */
	settings() {
		return {
			'web.url': 'https://help.example', 'mail.server': 'localhost', 'mail.port': this.port, 'mail.tls': this.tls, 'mail.ca': this.#file('chain'),
			'mail.from': 'farhand@help.example', ...(this.user && { 'mail.user': this.user, 'mail.password_file': this.#file('password') }),
		};
	}

	/** The first thing said, from the `after`-th on, for which `is` holds; waited for. */
	heard(is, after = 0) {
		return new Promise((done, reject) => {
			const check = () => {
				const found = this.said.slice(after).find(is);
				if (!found) return;
				clearTimeout(timer);
				this.#waiting.delete(check);
				done(found);
			};
			const timer = setTimeout(() => reject(new Error(`not said: ${is}; but ${JSON.stringify(this.said.slice(after)).slice(0, 2000)}`)), PATIENCE_MS);
			this.#waiting.add(check);
			check();
		});
	}

	/** The first mail to `to` behind the `after`-th thing said. */
	async mail(to, after = 0) {
		return (await this.heard((said) => said.mail?.to.includes(to), after)).mail;
	}

	mails() {
		return this.said.flatMap(({ mail }) => mail ?? []);
	}

	async behave(mode) {
		const before = this.said.length;
		this.#child.stdin.write(`${mode}\n`);
		await this.heard((said) => said.mode === mode && !said.rcpt, before);
	}

	async kill9() {
		this.#child.kill('SIGKILL');
		await this.exited;
	}

	async stop() {
		await this.kill9();
		rmSync(this.folder, { recursive: true });
	}
}
