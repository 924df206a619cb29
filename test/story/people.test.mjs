// Who finds whom, and what is said about those who can't be reached (reach rules, section 8).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server, demoWorld, tenantOf } from '../harness/server.mjs';

const INES = 'ines@aldous.example', TESS = 'tess@brightwater.example';

/* Beside the demo's: a tenant that tells nobody why, and people of Aldous who can't be reached for reasons of their own. */
function world() {
	const w = demoWorld();
	tenantOf(w, 'aldous').accounts.push(
		{ address: 'gone@aldous.example', name: 'Gone', enabled: false, licences: [{ sku: 'connect' }] },
		{ address: 'bare@aldous.example', name: 'Bare' },
	);
	tenantOf(w, 'brightwater').accounts.push({ address: 'left@brightwater.example', name: 'Left', enabled: false, licences: [{ sku: 'connect' }] });
	w.tenants.push({
		id: 'fenwick', name: 'Fenwick', domains: ['fenwick.example'], disclose: 'generic', licences: [{ sku: 'connect' }],
		external_access: { mode: 'off' }, accounts: [{ address: 'gil@fenwick.example', name: 'Gil', licences: [{ sku: 'connect' }] }],
	});
	return w;
}

let server, ines, tess;
before(async () => {
	server = await Server.start({ world: world() });
	ines = await server.person(INES);
	tess = await server.person(TESS);
});
after(() => server.stop());

const find = (person, q) => person.api.get(`/v1/people?q=${encodeURIComponent(q)}`);
const addresses = (found) => found.people.map((row) => row.person.address);

/* The bytes that are said of an address, its own text left out of the comparison. */
async function saidOf(person, address) {
	const { status, text } = await person.api.ask('GET', `/v1/people?q=${encodeURIComponent(address)}`);
	assert.equal(status, 200);
	return text.replaceAll(address, 'SOMEBODY');
}

test('colleagues are found by any part of name, title or address', async () => {
	assert.deepEqual(addresses(await find(ines, 'MENON')), ['ravi@aldous.example']);
	assert.deepEqual(addresses(await find(ines, 'dispatch')), ['marta@aldous.example']);
	assert.deepEqual(addresses(await find(ines, 'lea@')), ['lea@aldous.example']);
	const [row] = (await find(ines, 'ravi')).people;
	assert.equal(row.in, 'tenant');
	assert.equal(row.person.technician, false);
});

test('nobody is found by nothing, and strangers not by a part', async () => {
	assert.deepEqual(await find(ines, ''), { people: [], asked: null });
	assert.deepEqual(addresses(await find(ines, 'tess')), []);
	assert.deepEqual(addresses(await find(ines, 'brightwater')), []);
});

test('without a question: the colleagues, and later whom one has talked to', async () => {
	const before = await ines.api.get('/v1/people');
	assert.deepEqual(addresses(before), ['lea@aldous.example', 'marta@aldous.example', 'ravi@aldous.example']);
	const { id } = await ines.api.post('/v1/conversations', { with: TESS });
	await ines.api.post(`/v1/conversations/${id}/messages`, { client_id: 'a', text: 'Hello' });
	const { people } = await ines.api.get('/v1/people');
	assert.deepEqual(people.filter((row) => row.in === 'recent').map((row) => row.person.address), [TESS]);
});

test('a whole address outside is found, and says what may be done', async () => {
	const { people, asked } = await find(ines, ' Tess@Brightwater.EXAMPLE ');
	assert.deepEqual(people, []);
	assert.equal(asked.person.name, 'Tess Walcott');
	assert.equal(asked.person.tenant.name, 'Brightwater Utilities');
	assert.equal(asked.person.technician, null, 'licences are one\'s own organisation\'s affair');
	for (const action of ['find', 'chat', 'call']) assert.equal(asked[action].allowed, true);
	assert.equal(asked.call.route, 'federation');
});

const closed = [
	['their mode is off', () => ines, 'hanna@eastmoor.example', 'external.off', 'eastmoor'],
	['they don\'t list us', () => ines, 'tomas@delmar.example', 'external.not_allowed', 'delmar'],
	['we don\'t list them', () => tess, 'jonas@castellan.example', 'external.not_allowed', 'brightwater'],
];
for (const [why, who, to, reason, tenant] of closed) {
	test(`a closed border is explained: ${why}`, async () => {
		const { asked } = await find(who(), to);
		assert.equal(asked.person, null);
		for (const action of ['find', 'chat', 'call']) {
			assert.equal(asked[action].allowed, false);
			assert.equal(asked[action].reason, reason);
			assert.equal(asked[action].tenant, tenant);
		}
		const refused = await who().api.ask('POST', '/v1/conversations', { body: { with: to } });
		assert.equal(refused.status, 403);
		assert.equal(refused.body.reason, reason);
	});
}

test('whoever discloses nothing is unreachable, without name or rule', async () => {
	const { asked } = await find(ines, 'gil@fenwick.example');
	for (const action of ['find', 'chat', 'call']) {
		assert.equal(asked[action].reason, 'unreachable');
		assert.equal(asked[action].tenant, null);
		assert.equal(asked[action].rule, null);
		assert.equal(asked[action].route, null);
	}
	assert.doesNotMatch(JSON.stringify(asked).replaceAll('gil@fenwick.example', ''), /fenwick/i);
});

test('at a closed border real and made-up names are the same bytes', async () => {
	for (const [who, real] of [[ines, 'hanna@eastmoor.example'], [ines, 'tomas@delmar.example'], [tess, 'jonas@castellan.example'], [ines, 'gil@fenwick.example']])
		assert.equal(await saidOf(who, real), await saidOf(who, `made-up@${real.split('@')[1]}`));
});

test('at an open border disabled, unlicensed and unknown people are the same bytes', async () => {
	const unknown = await saidOf(tess, 'made-up@aldous.example');
	assert.match(unknown, /"reason":"unreachable"/);
	assert.equal(await saidOf(tess, 'gone@aldous.example'), unknown);
	assert.equal(await saidOf(tess, 'bare@aldous.example'), unknown);
	/* A domain that nobody here has, too. */
	assert.equal(await saidOf(ines, 'somebody@nowhere.example'), await saidOf(ines, 'made-up@brightwater.example'));
});

test('the same holds for every way to ask: conversations, reach, calls', async () => {
	const line = await tess.line();
	const sdp = 'v=0\r\n';
	const answers = [];
	for (const address of ['made-up@aldous.example', 'gone@aldous.example', 'bare@aldous.example']) {
		const open = await tess.api.ask('POST', '/v1/conversations', { body: { with: address } });
		const reach = await tess.api.ask('POST', '/v1/reach', { body: { to: address, action: 'call' } });
		const placed = await line.ask('call.place', { to: address, video: true, sdp });
		const { presence } = await line.request('watch', { addresses: [address] });
		answers.push(JSON.stringify([open.status, open.text, reach.status, reach.text, placed.error, presence[0].state]));
	}
	assert.match(answers[0], /unreachable/);
	assert.equal(answers[1], answers[0]);
	assert.equal(answers[2], answers[0]);
	await line.close();
});

test('a disabled colleague is unreachable too, without a word why', async () => {
	const unknown = await ines.api.ask('POST', '/v1/conversations', { body: { with: 'gone@aldous.example' } });
	assert.equal(unknown.body.reason, 'unreachable');
	assert.deepEqual(addresses(await find(ines, 'gone')), []);
});

test('an admin may ask for pairs of his own tenant, a user for himself only, the operator for anybody', async () => {
	await server.grant('nora@brightwater.example', 'access_admin');
	const nora = await server.person('nora@brightwater.example');
	const ask = (person, from, to) => (person.api ?? person).ask('POST', '/v1/reach', { body: { from, to, action: 'call' } });
	assert.equal((await ask(tess, 'omar@brightwater.example', INES)).status, 403);
	assert.equal((await ask(nora, 'omar@brightwater.example', INES)).body.allowed, true);
	assert.equal((await ask(nora, 'jonas@castellan.example', INES)).status, 403);
	assert.equal((await ask(nora, INES, 'left@brightwater.example')).body.reason, 'identity.disabled');
	const full = await server.operator.ask('POST', '/v1/reach', { body: { from: TESS, to: 'gone@aldous.example', action: 'call' } });
	assert.equal(full.body.reason, 'identity.disabled');
});
