// Sections 6, 8 and 10 against the second opinion: who hears why, who may join a group, which promises are kept.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { worldOf } from './document.mjs';
import { Engine } from './engine.mjs';
import { join } from './group.mjs';
import { decide } from './oracle.mjs';
import { addressOf } from './text.mjs';
import { UNREACHABLE, askerOf, told } from './told.mjs';
import { worldAndAsks } from './worlds.mjs';

const long = process.env.FARHAND_LONG === '1' || process.argv.includes('--long');
const WORLDS = long ? 800 : 24;
const first = Number(process.env.FARHAND_SEED ?? 1);

const engine = new Engine();
after(() => engine.end());

async function everyWorld(asksEach, hold) {
	for (let seed = first; seed < first + WORLDS; seed++) {
		const { world, asks, maker } = worldAndAsks(seed, asksEach);
		await hold({ r: maker.r, maker, world, facts: worldOf(world), asks, seed });
	}
}

/** Everybody whose business an ask may be: the two, the admins of all tenants, the operator. */
const askersOf = (world, { from, to }) =>
	[{ account: addressOf(from) }, { account: addressOf(to) }, ...world.tenants.map(({ id }) => ({ tenant: id })), {}];

const KEYS = ['allowed', 'route', 'reason', 'side', 'tenant', 'rule', 'steps'];
const part = (answer) => KEYS.map((key) => answer[key]);

function assertTold(answer, opinion, asker, explained) {
	assert.deepEqual(part(answer), part(opinion), explained);
	if (opinion === UNREACHABLE)
		assert.deepEqual(answer, UNREACHABLE, explained);
	if (opinion.moments?.length === 0)
		assert.equal(answer.until, null, explained);
	const own = (remedy) => asker.kind === 'admin' && remedy.who === asker.home?.id;
	if (asker.kind !== 'operator')
		assert(answer.remedies.every((remedy) => remedy.do !== (own(remedy) ? 'ask_admin_allow_domain' : 'allow_domain')), explained);
}

test('who hears why', async () => {
	const counts = new Map();
	await everyWorld(60, async ({ world, facts, asks, seed }) => {
		await engine.world(world);
		for (const ask of asks) {
			const askers = askersOf(world, ask);
			const answers = await Promise.all(askers.map((asker) => engine.tell('told', { ask, asker })));
			for (const [i, asker] of askers.entries()) {
				const who = askerOf(facts, asker);
				const opinion = told(facts, ask, who);
				const text = `seed ${seed}, ${JSON.stringify({ ask, asker })}\nengine: ${JSON.stringify(answers[i])}\noracle: ${JSON.stringify(opinion)}`;
				assertTold(answers[i], opinion, who, text);
				counts.set(`${who.kind} ${opinion.reason}`, (counts.get(`${who.kind} ${opinion.reason}`) ?? 0) + 1);
			}
		}
	});
	const never = ['user unreachable', 'admin unreachable', 'user external.off', 'admin external.off', 'user external.not_allowed', 'user external.blocked',
		'user external.unverified_tenant', 'user guest.pending', 'user licence.missing', 'user licence.no_technician', 'user contact.pending', 'user find.no_match',
		'admin identity.disabled', 'admin barrier.blocked', 'admin guest.not_named', 'admin lease.out_of_scope'].filter((fact) => !counts.has(fact));
	assert.deepEqual(never, [], 'each of these has to be told to somebody');
	assert(!counts.has('user identity.disabled') && !counts.has('user barrier.blocked') && !counts.has('user contact.blocked'), 'these are nobody\'s to hear');
});

test('who may join a group', async () => {
	const counts = new Map();
	await everyWorld(0, async ({ r, maker, world, facts, seed }) => {
		await engine.world(world);
		for (let groups = 0; groups < 6; groups++) {
			const group = { members: [], action: r.of(['chat', 'chat', 'call', 'video']), at: r.time() };
			for (let tries = 0; tries < 12 && group.members.length < 6; tries++) {
				const ask = { ...group, joining: r.chance(0.97) ? r.of(maker.people).address : `ghost@${r.of(maker.tenants).domains[0]}` };
				const { verdict, capped_by: by, ...answer } = await engine.tell('join', ask);
				const { cappers, ...opinion } = join(facts, ask);
				const text = `seed ${seed}, ${JSON.stringify(ask)}`;
				assert.deepEqual(answer, opinion, text);
				assert(!by || cappers.includes(by), text);
				if (opinion.to)
					assert.equal(verdict.reason, opinion.reason, text);
				counts.set(opinion.reason, (counts.get(opinion.reason) ?? 0) + 1);
				if (opinion.allowed)
					group.members.push(ask.joining);
			}
		}
	});
	for (const reason of ['ok', 'group.too_many_organisations', 'external.not_allowed', 'barrier.blocked'])
		assert(counts.get(reason) > 0, `${reason}: ${JSON.stringify([...counts])}`);
});

test('which promises are kept', async () => {
	await everyWorld(12, async ({ r, world, facts, asks, seed }) => {
		const now = '2026-06-15T12:00:00Z';
		const promises = asks.map((ask) => {
			const { at, ...rest } = ask;
			const timeless = r.chance(0.3);
			const expect = decide(facts, timeless ? { ...rest, at: now } : ask).allowed ? 'allow' : 'deny';
			return timeless ? { expect, ...rest } : { expect, ...ask };
		});
		await engine.world({ ...world, promises });
		assert.deepEqual(await engine.tell('kept', Date.parse(now)), { err: 0 }, `seed ${seed}`);
		const broken = [r.below(promises.length), r.below(promises.length)];
		broken.forEach((i) => { promises[i].expect = decide(facts, { at: now, ...promises[i] }).allowed ? 'deny' : 'allow'; });
		await engine.world({ ...world, promises });
		assert.equal((await engine.tell('kept', Date.parse(now))).path, `/promises/${Math.min(...broken)}`, `seed ${seed}`);
	});
});
