// What holds in every world, whatever the answers are: asked of random worlds, without a second opinion.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { EDITS } from './edits.mjs';
import { Engine } from './engine.mjs';
import { answerUnordered, worldReordered } from './order.mjs';
import { Random } from './random.mjs';
import { BLOCKS } from './blocks.mjs';
import { between, justBefore } from './text.mjs';
import { worldAndAsks } from './worlds.mjs';

const long = process.env.FARHAND_LONG === '1' || process.argv.includes('--long');
const WORLDS = long ? 400 : 20;
const first = Number(process.env.FARHAND_SEED ?? 1);

const engine = new Engine();
after(() => engine.end());

/** `hold(maker, world, asks, seed)` of each random world; a failure names the seed. */
async function everyWorld(asksEach, hold) {
	for (let seed = first; seed < first + WORLDS; seed++) {
		const { world, asks, maker } = worldAndAsks(seed, asksEach);
		await engine.world(world);
		await hold(maker, world, asks, seed);
	}
}

/** Everybody to everybody of the same tenant: where barriers are. */
const pairsWithin = (people, at) =>
	people.flatMap((x) => people.filter((y) => y.tenant === x.tenant).map((y) => ({ from: x.address, to: y.address, action: 'chat', at })));

const explained = (seed, ask, was, is) => `seed ${seed}, ${JSON.stringify(ask)}\nwas: ${was}\nis:  ${is}`;

test('the order of lists, accounts, tenants and segments does not matter', async () => {
	await everyWorld(100, async ({ r, people }, world, some, seed) => {
		const asks = [...some, ...pairsWithin(people, r.time())];
		const before = await engine.asks(asks);
		await engine.world(worldReordered(r, world));
		const afterwards = await engine.asks(asks);
		for (const [i, was] of before.entries())
			assert.equal(answerUnordered(afterwards[i]), answerUnordered(was), explained(seed, asks[i], was, afterwards[i]));
	});
});

test('an added block entry never opens anything', async () => {
	const closed = Object.fromEntries(Object.keys(BLOCKS).map((name) => [name, 0]));
	await everyWorld(150, async ({ r }, world, asks, seed) => {
		const before = (await engine.asks(asks)).map(JSON.parse);
		for (const [name, block] of Object.entries(BLOCKS)) {
			const tighter = structuredClone(world);
			if (!block(r, tighter))
				continue;
			await engine.world(tighter);
			for (const [i, answer] of (await engine.asks(asks)).map(JSON.parse).entries()) {
				assert(before[i].allowed || !answer.allowed, `${name}: ${explained(seed, asks[i], JSON.stringify(before[i]), JSON.stringify(answer))}`);
				closed[name] += before[i].allowed && !answer.allowed;
			}
		}
	});
	assert.deepEqual(Object.keys(closed).filter((name) => closed[name] === 0), [], 'each kind of entry has to close something');
});

test('barriers act both ways', async () => {
	const seen = { stop: 0, pass: 0 };
	await everyWorld(0, async ({ r, people }, world, _, seed) => {
		const both = pairsWithin(people, r.time()).flatMap((ask) => [ask, { ...ask, from: ask.to, to: ask.from }]);
		const answers = (await engine.asks(both)).map((text) => JSON.parse(text).steps.find((step) => step.gate === 'barrier').result);
		for (let i = 0; i < answers.length; i += 2) {
			assert.equal(answers[i + 1], answers[i], `seed ${seed}, ${JSON.stringify(both[i])} and back`);
			seen[answers[i]]++;
		}
	});
	assert(seen.stop > 0 && seen.pass > WORLDS, JSON.stringify(seen));
});

test('nothing changes between at and until', async () => {
	let limited = 0;
	await everyWorld(60, async ({ r }, world, asks, seed) => {
		const answers = (await engine.asks(asks)).map(JSON.parse);
		for (const [i, { until, ...answer }] of answers.entries()) {
			const moments = until ? [justBefore(until), between(r, asks[i].at, until), between(r, asks[i].at, until)]
				: [between(r, asks[i].at, '9999-12-31T23:59:59Z'), '9999-12-31T23:59:59.999Z'];
			for (const at of moments.filter(Boolean)) {
				const [text] = await engine.asks([{ ...asks[i], at }]);
				assert.deepEqual(JSON.parse(text), { ...answer, until }, explained(seed, { ...asks[i], later: at }, JSON.stringify({ ...answer, until }), text));
			}
			if (!until)
				continue;
			limited++;
			const [text] = await engine.asks([{ ...asks[i], at: until }]);
			assert.notEqual(JSON.parse(text).until, until, `seed ${seed}: asked at ${until} it has to look further`);
		}
	});
	assert(limited > WORLDS * 5, `${limited} answers had an end`);
});

test('a patched world is the one built from the changed document', async () => {
	const made = Object.fromEntries(Object.keys(EDITS).map((name) => [name, 0]));
	await everyWorld(100, async (maker, world, asks, seed) => {
		const { r } = maker;
		const names = [];
		for (let n = 1 + r.below(10); n > 0; n--) {
			const name = r.of(Object.keys(EDITS));
			const edit = EDITS[name](maker, world, r.below(world.tenants.length));
			if (!edit)
				continue;
			const before = await engine.say('dump');
			assert.deepEqual(await engine.tell(...edit), { err: 0 }, `seed ${seed}: ${name}`);
			assert.equal(await engine.say('was'), before, `seed ${seed}: ${name} changed the world before it`);
			names.push(name);
			made[name]++;
		}
		const patched = [await engine.say('dump'), ...await engine.asks(asks)];
		await engine.world(world);
		const rebuilt = [await engine.say('dump'), ...await engine.asks(asks)];
		for (const [i, text] of rebuilt.entries())
			assert.equal(patched[i], text, `seed ${seed}, ${names.join(', ')}: ${JSON.stringify(asks[i - 1] ?? 'dump')}`);
	});
	assert.deepEqual(Object.keys(made).filter((name) => made[name] === 0), [], 'each kind of edit has to be made');
});
