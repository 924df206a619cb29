// The HTTP API as a program uses it: bearer token, the server's own certificate as the only one trusted.
import https from 'node:https';

const PATIENCE_MS = 60000;

export class Api {
	/** `from`: the loopback address to come from; another one is another client to the server's sign-in limits. */
	constructor({ port, ca, token = null, from = '127.0.0.1' }) {
		Object.assign(this, { port, ca, token, from });
	}

	/** One request: `{ status, headers, text, body }`; `body` is the decoded JSON, or null. A string is sent as it is. */
	ask(method, path, { body, headers = {} } = {}) {
		const text = typeof body === 'object' ? JSON.stringify(body) : body;
		const fields = { ...headers };
		if (this.token && !fields.authorization) fields.authorization = `Bearer ${this.token}`;
		if (text !== undefined) {
			fields['content-type'] ??= 'application/json';
			fields['content-length'] = Buffer.byteLength(text);
		}
		return new Promise((resolve, reject) => {
			const req = https.request({
				host: '127.0.0.1', port: this.port, ca: this.ca, localAddress: this.from, agent: false,
				method, path, headers: fields, timeout: PATIENCE_MS,
			}, (res) => {
				let got = '';
				res.setEncoding('utf8').on('data', (part) => (got += part)).on('error', reject).on('end', () => {
					const json = /json/.test(res.headers['content-type'] ?? '') && got !== '';
					resolve({ status: res.statusCode, headers: res.headers, text: got, body: json ? JSON.parse(got) : null });
				});
			});
			req.on('timeout', () => req.destroy(new Error(`no answer to ${method} ${path} in ${PATIENCE_MS} ms`)));
			req.on('error', reject);
			req.end(text);
		});
	}

	/** The same, expecting success; gives the decoded body. */
	async fetch(method, path, options) {
		const { status, text, body } = await this.ask(method, path, options);
		if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text}`);
		return body;
	}

	get(path) {
		return this.fetch('GET', path);
	}

	post(path, body) {
		return this.fetch('POST', path, { body });
	}
}
