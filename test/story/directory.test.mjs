// Whom one sees without asking: colleagues of every kind, recents, contacts; in pages; and names that are not what they seem.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server, demoWorld, tenantOf } from '../harness/server.mjs';

const INES = 'ines@aldous.example', TESS = 'tess@brightwater.example', JONAS = 'jonas@castellan.example', PETRA = 'petra@castellan.example';
const GUEST = 'jonas=castellan.example@aldous.example', LENT = 'press@aldous.example', SPARE = 'spare@aldous.example';

function world(directory) {
	const w = demoWorld();
	const aldous = tenantOf(w, 'aldous');
	tenantOf(w, 'castellan').external_access.mode = 'off';
	aldous.guest_access = { enabled: true, directory };
	aldous.accounts.push(
		{ kind: 'guest', home: JONAS, name: 'Jonas Berg', state: 'accepted' },
		{ address: LENT, kind: 'service', name: 'Press line', licences: [{ sku: 'connect' }] },
		{ address: SPARE, kind: 'service', name: 'Spare', licences: [{ sku: 'connect' }] },
		{ address: 'gone@aldous.example', name: 'Gone', enabled: false },
	);
	aldous.leases = [{ id: 'L-1', accounts: [LENT], lessee: 'castellan', holders: [PETRA], reach: [INES] }];
	return w;
}

let server, ines, guest, lent;
before(async () => {
	server = await Server.start({ world: world('full') });
	[ines, guest, lent] = await Promise.all([INES, GUEST, LENT].map((address) => server.person(address)));
});
after(() => server.stop());

const list = (person, after) => person.api.get(`/v1/people${after ? `?after=${encodeURIComponent(after)}` : ''}`);
const inside = ({ people }, where) => people.filter((row) => row.in === where).map((row) => row.address);
const put = (person, address, state) => person.api.fetch('PUT', `/v1/contacts/${address}`, { body: { state } });

test('a member sees colleagues, guests and accounts on a lease that reach him; not those who are on none, or disabled', async () => {
	assert.deepEqual(inside(await list(ines), 'tenant'), [GUEST, 'lea@aldous.example', 'marta@aldous.example', LENT, 'ravi@aldous.example']);
	const row = (await list(ines)).people.find((one) => one.address === LENT);
	assert.deepEqual([row.person.kind, row.contact], ['service', null]);
	/* The lease reaches Ines alone. */
	const ravi = await server.person('ravi@aldous.example');
	assert.ok(!inside(await list(ravi), 'tenant').includes(LENT));
});

test('who stands in the tenant sees whom find admits: a guest by the directory, a leased account by its lease', async () => {
	assert.deepEqual(inside(await list(guest), 'tenant'), [INES, 'lea@aldous.example', 'marta@aldous.example', 'ravi@aldous.example']);
	assert.deepEqual(inside(await list(lent), 'tenant'), [INES]);
	for (const directory of ['exact', 'none']) {
		await server.load(world(directory));
		assert.deepEqual(inside(await list(guest), 'tenant'), [], directory);
	}
	await server.load(world('full'));
});

test('contacts are listed beside recents, everybody once; who is blocked stays to be unblocked, found or not', async () => {
	await put(ines, TESS, 'accepted');
	await put(ines, 'omar@brightwater.example', 'blocked');
	await put(ines, 'made-up@brightwater.example', 'blocked');
	await put(ines, 'nobody@brightwater.example', 'accepted');
	await put(ines, 'lea@aldous.example', 'accepted');
	const rows = () => list(ines).then(({ people }) => people.filter((row) => row.in !== 'tenant').map((row) => [row.in, row.address, row.person?.name ?? null, row.contact]));
	assert.deepEqual(await rows(), [
		['contact', 'made-up@brightwater.example', null, 'blocked'],
		['contact', 'omar@brightwater.example', 'Omar Haddad', 'blocked'],
		['contact', TESS, 'Tess Walcott', 'accepted'],
	]);
	const { id } = await ines.api.post('/v1/conversations', { with: TESS });
	await ines.api.post(`/v1/conversations/${id}/messages`, { client_id: 'a', text: 'Hello' });
	assert.deepEqual((await rows()).at(0), ['recent', TESS, 'Tess Walcott', 'accepted']);
	assert.equal((await rows()).length, 3);
	assert.equal((await list(ines)).people.find((row) => row.address === 'lea@aldous.example').contact, 'accepted');
});

test('many colleagues come in pages, each once, contacts on the first', async () => {
	const w = await server.operator.get('/v1/world');
	const aldous = tenantOf(w, 'aldous');
	delete aldous.licences.find((l) => l.sku === 'connect').seats;
	for (let i = 0; i < 120; i++) aldous.accounts.push({ address: `p${String(i).padStart(3, '0')}@aldous.example`, name: `P ${i}`, licences: [{ sku: 'connect' }] });
	await server.load(w);
	const seen = [];
	let pages = 0;
	for (let after; pages === 0 || after; pages++) {
		const page = await list(ines, after);
		assert.ok(inside(page, 'tenant').length <= 50);
		if (pages > 0) assert.equal(page.people.length, inside(page, 'tenant').length);
		seen.push(...inside(page, 'tenant'));
		after = page.after;
	}
	assert.equal(pages, 3);
	assert.equal(new Set(seen).size, seen.length);
	assert.equal(seen.length, 125);
	for (const after of [TESS, 'made-up@aldous.example', 'x'])
		assert.equal((await ines.api.ask('GET', `/v1/people?after=${after}`)).body.field, 'after');
});

test('names that mix alphabets, or only look like Latin ones, are flagged; honest ones of any alphabet are not', async () => {
	const w = demoWorld();
	const names = {
		a: ['Tess W\u0430lcott', 'mixed'], b: ['\u0421\u0430\u0440\u0430', 'disguised'], c: ['Владимир Жуков', null], d: ['Jürgen Müller', null],
		e: ['山田 Taro', null], f: ['Ann\u200b Lee', 'mixed'], g: ['Zoë', null], h: ['Plain', null], i: ['O\u2019Neill', null],
	};
	for (const [key, [name]] of Object.entries(names)) tenantOf(w, 'brightwater').accounts.push({ address: `${key}@brightwater.example`, name, licences: [{ sku: 'connect' }] });
	tenantOf(w, 'brightwater').accounts.push({ address: 't\u0435ss@brightwater.example', name: 'Tess', licences: [{ sku: 'connect' }] });
	delete tenantOf(w, 'brightwater').licences.find((l) => l.sku === 'connect').seats;
	await server.load(w);
	const seems = async (address) => (await ines.api.get(`/v1/people?q=${encodeURIComponent(address)}`)).asked.person.lookalike;
	for (const [key, [name, wanted]] of Object.entries(names)) assert.equal(await seems(`${key}@brightwater.example`), wanted, name);
	assert.equal(await seems('t\u0435ss@brightwater.example'), 'mixed');
	assert.equal(await seems(TESS), null);
});
