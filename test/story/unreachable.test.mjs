// Section 8 at the edge: who can't be reached can't be told from who does not exist, by what is answered, written or waited.
import assert from 'node:assert/strict';
import https from 'node:https';
import { after, before, test } from 'node:test';
import { Line } from '../harness/line.mjs';
import { metricsRead } from '../harness/metrics.mjs';
import { iceMake, offer } from '../harness/sdp.mjs';
import { Server } from '../harness/server.mjs';

const ME = 'tess@home.example';
const ROUNDS = 130;		// with the kinds below more than 1,000 probes of each way to ask
const GAP_MS = 5;		// section 8: the medians may differ by so much
const FRAMES_A_LINE = 200;	// a line may not ask faster than people do

const licensed = (rest) => ({ licences: [{ sku: 'connect' }], ...rest });
const person = (name, rest = {}) => ({ address: `${name}@open.example`, name: 'Somebody', ...licensed(rest) });

/* All addresses are equally long, so that answers that repeat them can be. */
const KINDS = {
	'made up': ['ghost1@open.example', 'ghost2@open.example'],
	'made up, elsewhere': ['ghost1@none.example', 'ghost2@none.example'],
	hidden: ['hidden@open.example', 'inside@open.example'],		// a policy keeps one in; the other is an account for the house
	unleased: ['leased@open.example', 'lapsed@open.example'],
	unlicensed: ['nolic1@open.example', 'noseat@open.example'],
	disabled: ['gone01@open.example', 'gone02@open.example'],
	'barred by the tenant': ['barred@open.example', 'banned@open.example'],
	'barred by the person': ['block1@open.example', 'block2@open.example'],
};

function world() {
	const blocked = { contacts: [{ address: ME, state: 'blocked' }] };
	return { tenants: [
		{ id: 'home', name: 'Home', domains: ['home.example'], licences: [{ sku: 'connect' }],
			accounts: [{ address: ME, name: 'Tess', ...licensed() }] },
		{ id: 'open', name: 'Open', domains: ['open.example'], licences: [{ sku: 'connect', seats: 10 }, { sku: 'remote-assist', seats: 0 }],
			policies: [
				{ name: 'indoors', external: false, accounts: ['hidden@open.example'] },
				{ name: 'chosen', mode: 'none', accounts: ['barred@open.example'] },
				{ name: 'wary', mode: 'block', block: ['home.example'], accounts: ['banned@open.example'] },
			],
			accounts: [
				person('hidden'), person('inside', { kind: 'service', in_house: true }), person('leased', { kind: 'service' }),
				person('lapsed', { kind: 'service' }), person('nolic1', { licences: [] }), person('noseat', { licences: [{ sku: 'remote-assist' }] }),
				person('gone01', { enabled: false }), person('gone02', { enabled: false }), person('barred'), person('banned'),
				person('block1', blocked), person('block2', blocked),
			],
			leases: [{ id: 'L-1', accounts: ['lapsed@open.example'], ends: '2026-01-01T00:00:00Z' }] },
	] };
}

let server, me;
before(async () => {
	server = await Server.start({ world: world(), settings: { 'requests.second': 10000 } });
	me = await server.person(ME);
});
after(() => server.stop());

/** One connection that is kept: what is measured is the answer, not the handshake. */
class Wire {
	#agent = new https.Agent({ keepAlive: true, maxSockets: 1 });

	/** The bytes of one answer but for what always changes, and how long they took. */
	ask(method, path, body) {
		const text = body && JSON.stringify(body);
		const headers = { authorization: `Bearer ${me.token}`, ...(text && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }) };
		const begun = process.hrtime.bigint();
		return new Promise((resolve, reject) => {
			const req = https.request({ host: '127.0.0.1', port: server.port, ca: server.ca, agent: this.#agent, method, path, headers }, (res) => {
				let got = '';
				res.setEncoding('utf8').on('data', (part) => (got += part)).on('error', reject).on('end', () => {
					const ms = Number(process.hrtime.bigint() - begun) / 1e6;
					resolve({ ms, said: `${res.statusCode}\n${stable(res.rawHeaders)}\n${got.replace(/"trail":"[^"]*"/, '"trail":"T"')}` });
				});
			});
			req.on('error', reject).end(text);
		});
	}

	close() {
		this.#agent.destroy();
	}
}

function stable(raw) {
	const fields = raw.flatMap((name, i) => i % 2 ? [] : [`${name}: ${raw[i + 1]}`]);
	return fields.filter((field) => !/^(date|trail):/i.test(field)).join('\n');
}

/* A line for so many frames, then a new one. */
class Caller {
	#line = null;
	#left = 0;
	#sdp = offer(iceMake());

	async ask(to) {
		if (this.#left-- === 0 || !this.#line) {
			await this.close();
			this.#line = await Line.open({ ...server, token: me.token });
			this.#left = FRAMES_A_LINE;
		}
		const begun = process.hrtime.bigint();
		const { re, ...reply } = await this.#line.ask('call.place', { to, video: true, sdp: this.#sdp });
		const ms = Number(process.hrtime.bigint() - begun) / 1e6;
		return { ms, said: JSON.stringify(reply).replace(/"trail":"[^"]*"/, '"trail":"T"') };
	}

	async close() {
		await this.#line?.close();
		this.#line = null;
	}
}

const WAYS = {
	'POST /v1/reach': (wire, to) => wire.ask('POST', '/v1/reach', { from: ME, to, action: 'call' }),
	'POST /v1/reach, to find': (wire, to) => wire.ask('POST', '/v1/reach', { from: ME, to, action: 'find' }),
	'GET /v1/people?q=': (wire, to) => wire.ask('GET', `/v1/people?q=${encodeURIComponent(to)}`),
	'POST /v1/conversations': (wire, to) => wire.ask('POST', '/v1/conversations', { with: to }),
	'a call on a line': (caller, to) => caller.ask(to),
};

const quarter = (numbers, n) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length * n / 4)];
const median = (numbers) => quarter(numbers, 2);

/* A minute has LIMIT_CALLS_PER_MINUTE of them for one account. */
const CALL_ROUNDS = 7;

/** Every kind in every round, each round begun with another: whatever else the machine does, it does to all of them. */
async function probed(ask, rounds) {
	const kinds = Object.keys(KINDS);
	const took = Object.fromEntries(kinds.map((kind) => [kind, []]));
	const said = new Map();
	for (let round = 0; round < rounds; round++) {
		for (let i = 0; i < kinds.length; i++) {
			const kind = kinds[(round + i * 3) % kinds.length];
			const to = KINDS[kind][round % 2];
			const answer = await ask(to);
			took[kind].push(answer.ms);
			said.set(answer.said.replaceAll(to, 'SOMEBODY').replaceAll(to.split('@')[0], 'SOMEBODY'), `${kind}, ${to}`);
		}
	}
	return { took, said };
}

for (const [way, ask] of Object.entries(WAYS)) {
	test(`${way}: everybody who can't be reached is nobody`, async () => {
		const asker = way.includes('line') ? new Caller() : new Wire();
		const written = async () => metricsRead((await server.api().ask('GET', '/metrics')).text).get('farhand_store_writes_submitted_total');
		try {
			await ask(asker, KINDS['made up'][0]);	// the handshake is behind us
			const before = await written();
			const { took, said } = await probed((to) => ask(asker, to), way.includes('line') ? CALL_ROUNDS : ROUNDS);
			assert.equal(said.size, 1, [...said].map(([bytes, who]) => `${who}:\n${bytes}`).join('\n\n'));
			assert.match([...said.keys()][0], /unreachable/);
			/* Refused calls are in the history, refusals are counted by the minute: behind the answer, some at a time. */
			assert(way.includes('line') || (await written()) - before < Object.values(took).flat().length / 2, 'an answer that waits for a write');
			assert(way.includes('line') || Object.values(took).flat().length > 1000);
			/* Of a few calls a busy machine can delay half; what is slower by itself is slower at its quickest too. */
			const typical = way.includes('line') ? (times) => quarter(times, 1) : median;
			const nobody = typical(took['made up']);
			const spread = quarter(took['made up'], 3) - quarter(took['made up'], 1);
			for (const [kind, times] of Object.entries(took)) {
				const gap = Math.abs(typical(times) - nobody);
				const bound = Math.min(GAP_MS, 1 + spread);
				assert(gap <= bound, `${kind}: ${gap.toFixed(3)} ms from a made-up address (${nobody.toFixed(3)} ms); whose times spread over ${spread.toFixed(3)} ms`);
			}
		} finally {
			await asker.close();
		}
	});
}

test('the same way, somebody who can be reached is told from nobody', async () => {
	const open = world();
	open.tenants[1].accounts.find((a) => a.address === 'gone01@open.example').enabled = true;
	await server.load(open);
	const wire = new Wire();
	for (const [way, ask] of Object.entries(WAYS).filter(([name]) => !name.includes('line'))) {
		const [real, ghost] = [await ask(wire, 'gone01@open.example'), await ask(wire, 'ghost1@open.example')];
		assert.notEqual(real.said.replaceAll('gone01', 'SOMEBODY'), ghost.said.replaceAll('ghost1', 'SOMEBODY'), way);
	}
	wire.close();
	await server.load(world());
});
