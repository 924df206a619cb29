// What remains of calls: a record for each of the two, as much as he may know, durable; refused tries with their reason.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { place, state, talk, until } from '../harness/call.mjs';
import { iceMake, offer } from '../harness/sdp.mjs';
import { Server, demoWorld, tenantOf } from '../harness/server.mjs';

const INES = 'ines@aldous.example', TESS = 'tess@brightwater.example', OMAR = 'omar@brightwater.example', HANNA = 'hanna@eastmoor.example';

let server, people, lines;
before(async () => {
	server = await Server.start({ world: demoWorld() });
	people = { ines: await server.person(INES), tess: await server.person(TESS), omar: await server.person(OMAR) };
	lines = { ines: await people.ines.line(), tess: await people.tess.line() };
});
after(() => server.stop());

const history = (who, query = '') => people[who].api.get(`/v1/calls/history${query}`);
/* A record is written behind the end: until there are so many. */
const recorded = (who, n) => until(async () => {
	const { calls } = await history(who, '?limit=99');
	return calls.length >= n && calls;
}, `${n} records`);
const ended = (line, id) => line.next('call', state(id, 'ended'));
const withoutTimes = ({ pos, placed, answered, ended: end, seconds, ...rest }) => rest;

test('a call leaves a record with either, seen from his end', async () => {
	assert.deepEqual(await history('tess'), { calls: [], more: false });
	const call = await talk(lines.tess, lines.ines, INES);
	await lines.ines.request('call.hangup', { call: call.id });
	await ended(lines.tess, call.id);
	const [[hers], [his]] = [await recorded('tess', 1), await recorded('ines', 1)];
	assert.deepEqual(withoutTimes(hers), {
		call: call.id, direction: 'out', with: { address: INES, name: 'Ines Duarte', organisation: 'Aldous Pumps', domain: 'aldous.example' },
		door: 'federation', video: true, reason: 'call.hangup', tenant: null, by: 'them',
	});
	assert.deepEqual(withoutTimes(his), {
		call: call.id, direction: 'in', with: { address: TESS, name: 'Tess Walcott', organisation: 'Brightwater Utilities', domain: 'brightwater.example' },
		door: 'federation', video: true, reason: 'call.hangup', tenant: null, by: 'me',
	});
	const [placed, answered, end] = [hers.placed, hers.answered, hers.ended].map(Date.parse);
	assert.ok(placed <= answered && answered <= end && Math.abs(Date.now() - end) < 600_000);
	assert.equal(hers.seconds, Math.floor((end - answered) / 1000));
	assert.deepEqual((await history('omar')).calls, [], 'nobody else has it');
});

test('calls that were not answered say why', async () => {
	const had = (await history('ines')).calls.length;
	for (const [line, op, reason] of [[lines.ines, 'call.decline', 'call.declined'], [lines.tess, 'call.hangup', 'call.cancelled']]) {
		const call = await place(lines.tess, INES);
		await line.request(op, { call: call.id });
		await ended(lines.ines, call.id);
		const [record] = await until(async () => {
			const { calls } = await history('ines');
			return calls[0].call === call.id && calls;
		}, reason);
		assert.deepEqual([record.reason, record.answered, record.seconds, record.by], [reason, null, 0, line === lines.ines ? 'me' : 'them']);
	}
	assert.equal((await history('ines')).calls.length, had + 2);
});

test('a refused try is the caller\'s alone, with the reason that he was told and no name', async () => {
	const had = (await history('ines')).calls.length;
	const tries = [[HANNA, null], ['made-up@nowhere.example', null], ['ravi@aldous.example', 'call.offline']];
	for (const [to, reason] of tries) {
		const before = (await history('tess')).calls.length;
		const { error } = await lines.tess.ask('call.place', { to, video: true, sdp: offer(iceMake()) });
		const [record] = await recorded('tess', before + 1);
		assert.deepEqual(withoutTimes(record), {
			call: null, direction: 'out', with: { address: to, name: null, organisation: null, domain: null },
			door: null, video: true, reason: error.reason, tenant: error.tenant ?? null, by: null,
		});
		if (reason) assert.equal(error.reason, reason);
	}
	assert.equal((await history('ines')).calls.length, had);
});

test('a rule that ends a call is in both records, each with what its side may know', async () => {
	const { body: was } = await server.operator.ask('GET', '/v1/tenants/aldous/external-access');
	const call = await talk(lines.tess, lines.ines, INES);
	await server.editAccess('aldous', { mode: 'off' });
	for (const who of ['tess', 'ines']) {
		const told = (await ended(lines[who], call.id)).call.ended;
		const record = await until(async () => (await history(who)).calls.find((one) => one.call === call.id), 'the record');
		assert.deepEqual([record.reason, record.tenant, record.by], [told.reason, 'aldous', null]);
	}
	await server.editAccess('aldous', { mode: was.mode });
});

test('a call that only seems to ring leaves nothing with the one who did not hear it', async () => {
	const world = demoWorld();
	tenantOf(world, 'aldous').external_access.off_actions = ['file', 'presence'];
	await server.load(world);
	const omar = await people.omar.line();
	const inside = await talk(lines.tess, lines.ines, INES);
	/* One more rings beside it, and no third. */
	const ravi = await (await server.person('ravi@aldous.example')).line(), waiting = await place(ravi, INES);
	const had = (await history('ines')).calls.length;
	const busy = await place(omar, INES);
	await omar.request('call.hangup', { call: busy.id });
	assert.equal((await recorded('omar', 1))[0].reason, 'call.cancelled');
	assert.equal((await history('ines')).calls.length, had);
	await ravi.request('call.hangup', { call: waiting.id });
	await lines.tess.request('call.hangup', { call: inside.id });
	await ravi.close();
	await omar.close();
	await server.load(demoWorld());
});

test('pages are walked by pos, and bounded', async () => {
	const all = (await recorded('tess', 5));
	const walked = [];
	for (let before = '', more = true; more;) {
		const page = await history('tess', `?limit=2${before}`);
		assert.ok(page.calls.length <= 2);
		walked.push(...page.calls);
		more = page.more;
		before = `&before=${page.calls.at(-1).pos}`;
	}
	assert.deepEqual(walked, all);
	for (const query of ['?limit=0', '?limit=100', '?before=x', '?before=-1']) {
		const { status, body } = await people.tess.api.ask('GET', `/v1/calls/history${query}`);
		assert.deepEqual([status, body.reason], [400, 'request.field'], query);
	}
});

test('an account\'s tries to call are bounded, and so are their records', async () => {
	const omar = await people.omar.line();
	const sdp = offer(iceMake());
	let last;
	for (let i = 0; i < 125 && last !== 'request.too_many'; i++) last = (await omar.ask('call.place', { to: HANNA, video: false, sdp })).error.reason;
	assert.equal(last, 'request.too_many');
	await omar.close();
});

test('a stop ends what rings and keeps its record; a kill loses none that ended before', async () => {
	const call = await place(lines.tess, INES);
	await lines.ines.next('call', state(call.id, 'ringing'));
	await server.halt();
	await server.restart();
	const again = await server.person(TESS);
	let { calls } = await again.api.get('/v1/calls/history');
	assert.deepEqual([calls[0].call, calls[0].reason], [call.id, 'server.stopping']);
	const tess = await again.line(), ines = await (await server.person(INES)).line();
	const next = await talk(tess, ines, INES);
	await tess.request('call.hangup', { call: next.id });
	await until(async () => (await again.api.get('/v1/calls/history')).calls[0].call === next.id, 'the record');
	await server.kill9();
	await server.restart();
	({ calls } = await (await server.person(TESS)).api.get('/v1/calls/history'));
	assert.equal(calls[0].call, next.id);
});
