// Random worlds through the engine and through the oracle: every field of every answer has to be the same.
//
// 27,000 asks in the suite; FARHAND_LONG=1 or --long: 1,000,000. FARHAND_SEED=n starts elsewhere (a failure names its seed).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { firstDifference, minimised } from './compare.mjs';
import { Engine } from './engine.mjs';
import { FEATURES, worldAndAsks } from './worlds.mjs';

const REASONS = `ok identity.unknown identity.disabled guest.pending guest.expired guest.access_off lease.none lease.not_started lease.ended
	lease.suspended licence.missing licence.over_seats licence.no_technician guest.no_federation lease.no_federation external.off
	external.unverified_tenant external.blocked_person external.user_off external.not_allowed external.blocked external.action_off
	guest.home_forbids guest.chat_off guest.call_off guest.video_off guest.screen_off guest.annotate_off guest.file_off guest.not_named
	lease.out_of_scope lease.action_off barrier.blocked barrier.not_allowed contact.blocked contact.pending guest.find_off
	guest.find_exact_only find.exact_only find.no_match`.split(/\s+/);
const REMEDIES = `allow_domain unblock_domain enable_external invite_guest redeem_invitation lease_account extend_lease add_to_lease_reach
	assign_licence change_barrier accept_contact`.split(/\s+/);

const long = process.env.FARHAND_LONG === '1' || process.argv.includes('--long');
const ASKS_A_WORLD = 600;
const WORLDS = long ? 1667 : 45;
const first = Number(process.env.FARHAND_SEED ?? 1);
const features = process.env.FARHAND_FEATURES?.split(',') ?? FEATURES;

const engine = new Engine();
after(() => engine.end());

async function fail(seed, world, found) {
	const smaller = await minimised(engine, world, found);
	const again = await firstDifference(engine, smaller, [found.ask]) ?? found;
	assert.fail(`seed ${seed}: ${found.keys.join(', ')}\nworld:  ${JSON.stringify(smaller)}\nask:    ${JSON.stringify(found.ask)}\n` +
		`engine: ${again.answer}\noracle: ${again.opinion}`);
}

test('no reason of a gate is missing from the list above', () => {
	const table = readFileSync(new URL('../../src/base/reason.h', import.meta.url), 'utf8');
	const codes = [...table.matchAll(/X\([A-Z_]+, "([a-z_.]+)"/g)].map((row) => row[1]);
	/* A guest's controls over messages already there are asked when one is changed, beside the gates (act/edit.c). */
	const ofGates = codes.filter((code) => !/^guest\.(edit|delete)_messages_off$/.test(code) && /^(ok$|(identity|guest|lease|licence|external|barrier|find)\.|contact\.(blocked|pending)$)/.test(code));
	assert.deepEqual(ofGates.sort(), [...REASONS].sort());
});

test(`${WORLDS * ASKS_A_WORLD} asks of ${WORLDS} random worlds from seed ${first}`, async () => {
	const counts = new Map();
	const seen = (...facts) => facts.forEach((fact) => counts.set(fact, (counts.get(fact) ?? 0) + 1));
	for (let seed = first; seed < first + WORLDS; seed++) {
		const { world, asks } = worldAndAsks(seed, ASKS_A_WORLD, features);
		const found = await firstDifference(engine, world, asks, seen);
		if (found)
			await fail(seed, world, found);
	}
	if (features === FEATURES)
		assert.deepEqual([...REASONS, ...REMEDIES].filter((code) => !counts.has(code)), [], 'every reason and remedy of the spec has to be met');
});
