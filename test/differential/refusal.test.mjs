// World documents and asks bent in one place: both implementations refuse them, by the same path, or both take them.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { askErrors, worldErrors } from './check.mjs';
import { Engine } from './engine.mjs';
import { Random } from './random.mjs';
import { worldAndAsks } from './worlds.mjs';

const long = process.env.FARHAND_LONG === '1' || process.argv.includes('--long');
const WORLDS = long ? 600 : 20;
const BENT_EACH = 60;
const first = Number(process.env.FARHAND_SEED ?? 1);

const engine = new Engine();
after(() => engine.end());

// Values that are right in some places, nearly right, or wrong.
const VALUES = [
	null, true, false, 0, 1, 2, -1, 1.5, '', 'x', [], {}, [1], ['x'], { x: 1 }, 'open', 'allow', 'block', 'none', 'off', 'everyone', 'guest', 'service',
	'internal', 'accepted', 'pending', 'connect', 'remote-assist', 'call', 'file', 'segment:s0', 'segment:s9', 's0', 's9', 'é'.repeat(64), 'é'.repeat(65),
	'-id', 'a.b_c-d', 'a'.repeat(64), 'a'.repeat(65),
	'bob', 'a b@c.example', 'a@b@c.example', '@c.example', 'a@', 'a@-c.example', 'a@c..example', 'a@c.example.', 'A@C.EXAMPLE', 'a@single', `a@${'b'.repeat(63)}.example`,
	`a@${'b'.repeat(64)}.example`, 'bob=c.example@d.example', 'new@contoso1.example', 'nobody@abc.example',
	'c.example', '*.c.example', '*c.example', '*.*.c.example', '*', 'c_d.example', 'C.Example', 'bücher.example', 'c.example.', '-c.example', 'contoso1.example',
	'2026-01-01', '2026-02-29T00:00:00Z', '2024-02-29t00:00:00.123456789012345z', '2026-01-01T24:00:00Z', '2026-01-01T00:00:60Z', '2026-01-01T00:00:00',
	'2026-01-01T00:00:00-23:59', '2026-01-01T00:00:00+24:00', '2026-01-01T00:00:00.Z', '2026-13-01T00:00:00Z', '2026-06-15T12:00:00.5Z',
	'department eq "x"', 'department eq', 'department eq x', 'not department eq "x"', 'not (department pr)', '(department pr', 'department pr)', 'department co 2',
	'enabled gt true', 'floor ge 2', 'department EQ "x" AND', 'a.b eq "x"', 'a[b] pr', 'department is "x"', 'department eq "x" or floor lt -1.5e3', 'department ne null',
];
const KEYS = ['x', 'name', 'home', 'address', 'in_house', 'state', 'expires', 'controls', 'reach_list', 'kind', 'until', 'seats', 'allow', 'block', 'version', 'a/b~c', 'Title', 'query'];

/** [parent, key, path without numbers] of every value inside. */
function placesOf(value, path = '') {
	if (value === null || typeof value !== 'object')
		return [];
	return Object.keys(value).flatMap((key) => {
		const where = `${path}/${Array.isArray(value) ? '*' : key}`;
		return [[value, key, where], ...placesOf(value[key], where)];
	});
}

/** The document, changed in one place: a value, a key or an element more, less, or another. */
const BENDS = {
	another: (r, [parent, key]) => { parent[key] = structuredClone(r.of(VALUES)); },
	less: (r, [parent, key]) => { if (Array.isArray(parent)) parent.splice(Number(key), 1); else delete parent[key]; },
	more: (r, [parent]) => { if (Array.isArray(parent)) parent.push(structuredClone(r.of(VALUES))); else parent[r.of(KEYS)] = structuredClone(r.of(VALUES)); },
	again: (r, [parent, key]) => { if (Array.isArray(parent)) parent.push(structuredClone(parent[key])); },
	moved: (r, [parent, key], places) => {
		const [from, k] = placeOf(r, places.filter((place) => place[1] === key));
		parent[key] = structuredClone(from[k]);
	},
	turned: (r, place, places) => {
		const [lease] = placeOf(r, places.filter(([parent, key]) => key === 'ends' && parent.starts)) ?? [{}];
		[lease.starts, lease.ends] = [lease.ends, lease.starts];
	},
	settled: (r, place, places) => {
		const [guest] = placeOf(r, places.filter(([, key]) => key === 'home')) ?? [{}];
		const [somebody] = r.of(places.filter(([parent, key]) => key === 'address' && parent.kind === 'service')) ?? [{}];
		guest.home = somebody.address ?? 'a@c.example';
	},
};

/** Rare keys as often as those that are everywhere. */
function placeOf(r, places) {
	const wanted = r.of([...new Set(places.map(([, , path]) => path))]);
	return r.of(places.filter(([, , path]) => path === wanted));
}

function bent(r, value) {
	const copy = structuredClone(value);
	const places = placesOf(copy);
	BENDS[r.weighed({ another: 6, less: 3, more: 3, again: 2, moved: 2, turned: 0.5, settled: 0.5 })](r, placeOf(r, places), places);
	return copy;
}

const ASK_ERRORS = ['unknown key', 'missing', 'not an address', 'none of its words', 'not a time', 'not text'];
const WORLD_ERRORS = [...ASK_ERRORS, 'not an object', 'not a list', 'not true or false', 'not a number from the range', 'not a name', 'not an id', 'not a domain',
	'not a filter', 'not an attribute', 'not an attribute\'s key', 'not the version', 'goes with others', 'twice', 'no segment', 'not exactly one list',
	'ends before it starts', 'no service account', 'lent twice at a time', 'outside the tenant', 'a guest at home', 'a guest of a guest'];

/** Both take it, or both refuse it by the same path. */
function assertSame(answer, errors, explained) {
	const paths = errors.map(([path]) => path);
	if (errors.length === 0)
		assert(!('why' in answer), `refused, and is in order: ${JSON.stringify(answer)}\n${explained}`);
	else
		assert(paths.includes(answer.path), `${JSON.stringify(answer)}, and wrong is ${JSON.stringify(errors)}\n${explained}`);
}

class Tally {
	kinds = new Set();
	taken = 0;
	refused = 0;

	add(errors) {
		errors.forEach(([, kind]) => this.kinds.add(kind));
		this[errors.length === 0 ? 'taken' : 'refused']++;
	}

	/** Every kind of error was met, and not all was wrong. */
	end(kinds) {
		if (first === 1)
			assert.deepEqual(kinds.filter((kind) => !this.kinds.has(kind)), []);
		assert(this.taken > 50 && this.refused > 50, `${this.taken} taken, ${this.refused} refused`);
	}
}

test('world documents, bent in one place', async () => {
	const tally = new Tally();
	for (let seed = first; seed < first + WORLDS; seed++) {
		const { world, asks } = worldAndAsks(seed, 2);
		const r = new Random(seed);
		const whole = { ...world, promises: asks.map((ask) => ({ expect: 'deny', ...ask })) };
		const documents = [whole, ...Array.from({ length: BENT_EACH }, () => bent(r, whole))];
		const answers = await Promise.all(documents.map((document) => engine.tell('world', document)));
		for (const [i, document] of documents.entries()) {
			const errors = worldErrors(document);
			assertSame(answers[i], errors, `seed ${seed}: ${JSON.stringify(document)}`);
			tally.add(errors);
		}
	}
	tally.end(WORLD_ERRORS);
});

test('asks, bent in one place', async () => {
	const tally = new Tally();
	const { world, asks } = worldAndAsks(first, 200);
	const r = new Random(first);
	await engine.world(world);
	const all = [...asks, ...asks.flatMap((ask) => Array.from({ length: 8 }, () => bent(r, ask))), null, [], 'x', 1];
	const answers = await Promise.all(all.map((ask) => engine.tell('told', { ask })));
	for (const [i, ask] of all.entries()) {
		const errors = askErrors(ask);
		assertSame(answers[i], errors, JSON.stringify(ask));
		tally.add(errors);
	}
	tally.end(ASK_ERRORS);
});

/** Accounts, many of which do not fit: the address another's or outside, the home at home, a guest's guest, no person though a guest's home. */
function newcomers(r, world) {
	const addresses = world.tenants.flatMap((t) => t.accounts.flatMap((a) => [a.address, a.home]).filter(Boolean).concat(`neo@${t.domains[0]}`, `zed=x.example@${t.domains[0]}`));
	return Array.from({ length: 12 }, () => r.of([{ address: r.of(addresses) }, { address: r.of(addresses), kind: 'service' }, { home: r.of(addresses) }]));
}

test('an account is refused in place where the document with it is', async () => {
	const tally = new Tally();
	for (let seed = first; seed < first + 40; seed++) {
		const { world } = worldAndAsks(seed, 0);
		const r = new Random(seed);
		for (const account of newcomers(r, world)) {
			const i = r.below(world.tenants.length);
			const tenant = { ...world.tenants[i], accounts: [...world.tenants[i].accounts, account] };
			const errors = worldErrors({ ...world, tenants: world.tenants.map((t, j) => j === i ? tenant : t) });
			await engine.world(world);
			const answer = await engine.tell('account', { tenant: tenant.id, was: null, to: account });
			assert.equal('why' in answer, errors.length > 0, `seed ${seed}: ${JSON.stringify(account)} in ${tenant.id}: ${JSON.stringify(answer)}, and wrong is ${JSON.stringify(errors)}\n${JSON.stringify(world)}`);
			tally.add(errors);
		}
	}
	tally.end(['twice', 'outside the tenant', 'a guest at home', 'a guest of a guest']);
});

test('a key that is given twice is refused, wherever it stands', async () => {
	let refused = 0;
	for (let seed = first; seed < first + 3; seed++) {
		const text = JSON.stringify(worldAndAsks(seed, 0).world);
		const keys = [...text.matchAll(/"([a-z_]+)":(?=("[^"\\]*"|true|false|\d+|null)[,}])/g)];
		for (const { 0: key, index, 2: value } of keys) {
			const answer = JSON.parse(await engine.say('world', `${text.slice(0, index)}${key}${value},${text.slice(index)}`));
			assert(answer.why && (index < 20 || answer.path.startsWith('/tenants/') || answer.path === '/version'), `${key}${value} at ${index}: ${JSON.stringify(answer)}`);
			refused++;
		}
	}
	assert(refused > 100);
});
