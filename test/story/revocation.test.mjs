// An admin closes a border while people talk: when the save is answered, it is true (reach rules, sections 7 and 8).
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { flow, place, state, talk } from '../harness/call.mjs';
import { iceMake, offer } from '../harness/sdp.mjs';
import { Server, demoWorld, tenantOf } from '../harness/server.mjs';

const INES = 'ines@aldous.example', TESS = 'tess@brightwater.example', NORA = 'nora@brightwater.example';
const ACCESS = { aldous: '/v1/tenants/aldous/external-access', brightwater: '/v1/tenants/brightwater/external-access' };

let server, people, admins, ines, tess, talked;
before(async () => {
	server = await Server.start({ world: demoWorld(), owners: [INES] });
	await server.grant(NORA, 'access_admin');
	people = { ines: await server.person(INES), tess: await server.person(TESS), nora: await server.person(NORA) };
	admins = { aldous: people.ines.api, brightwater: people.nora.api };
	talked = (await people.tess.api.post('/v1/conversations', { with: INES })).id;
	await people.tess.api.post(`/v1/conversations/${talked}/messages`, { client_id: 'before', text: 'Before' });
});
after(() => server.stop());

/* Every story begins in the demo's world, with one line on each side, watching the other. */
beforeEach(async () => {
	await server.load(demoWorld());
	ines = await people.ines.line();
	tess = await people.tess.line();
	await ines.request('watch', { addresses: [TESS] });
	await tess.request('watch', { addresses: [INES] });
});
afterEach(async () => {
	await ines.close();
	await tess.close();
});

const legs_of = async (id) => (await server.operator.get('/v1/calls')).calls.find((call) => call.id === id).legs;
const moving = (legs) => legs.map(({ packets_in, packets_out, bytes_in, bytes_out }) => ({ packets_in, packets_out, bytes_in, bytes_out }));

/* The relay's counters are read first thing after the answer, and again after half a second of further sending. */
async function assertSilent(call, media) {
	const at_once = moving(await legs_of(call.id));
	assert.ok(at_once.every((leg) => leg.packets_in > 20));
	await sleep(200);	/* what the kernel still held for the receivers */
	const heard = [media.from.received, media.to.received];
	await sleep(500);
	assert.deepEqual(moving(await legs_of(call.id)), at_once);
	assert.deepEqual([media.from.received, media.to.received], heard);
	assert.deepEqual(await Promise.all([media.from.check(), media.to.check()]), [403, 403]);
}

async function assertClosed(line, id, other, reason, tenant) {
	const { call } = await line.next('call', state(id, 'ended'));
	assert.equal(call.ended.reason, reason);
	assert.equal(call.ended.by, null);
	assert.deepEqual([call.ended.answer.allowed, call.ended.answer.reason, call.ended.answer.tenant], [false, reason, tenant]);
	const { conversation } = await line.next('conversation', (e) => e.conversation.id === talked && e.conversation.closed);
	assert.deepEqual([conversation.closed.reason, conversation.closed.tenant], [reason, tenant]);
	/* in_call may have been told before. */
	assert.equal((await line.next('presence', (e) => e.address === other && e.state === null)).state, null);
}

const ways = [
	['the expert\'s side blocks the domain', 'aldous', { mode: 'block', block: ['brightwater.example'] }, 'external.blocked'],
	['the expert\'s side turns external access off', 'aldous', { mode: 'off' }, 'external.off'],
	['the expert\'s side allows others only', 'aldous', { mode: 'allow', allow: ['castellan.example'] }, 'external.not_allowed'],
	['the technician\'s side takes the domain off its list', 'brightwater', { mode: 'allow', allow: [] }, 'external.not_allowed'],
	['the technician\'s side turns external access off', 'brightwater', { mode: 'off' }, 'external.off'],
	['the technician\'s side blocks the domain', 'brightwater', { mode: 'block', block: ['aldous.example'] }, 'external.blocked'],
];
for (const [what, tenant, edit, reason] of ways) {
	for (const caller of ['technician', 'expert']) {
		test(`${what}; the ${caller} had called`, async () => {
			const call = caller === 'technician' ? await talk(tess, ines, INES) : await talk(ines, tess, TESS);
			const media = await flow(call);
			const saved = await server.editAccess(tenant, edit, admins[tenant]);
			await assertSilent(call, media);
			media.close();
			assert.equal(saved.mode, edit.mode);
			await assertClosed(ines, call.id, TESS, reason, tenant);
			await assertClosed(tess, call.id, INES, reason, tenant);
			for (const [line, to] of [[ines, TESS], [tess, INES]]) {
				const { error } = await line.ask('call.place', { to, video: true, sdp: offer(iceMake()) });
				assert.deepEqual([error.reason, error.tenant], [reason, tenant]);
			}
		});
	}
}

test('the admin of a tenant that discloses nothing sees why, the other side does not', async () => {
	const world = demoWorld();
	tenantOf(world, 'aldous').disclose = 'generic';
	await server.load(world);
	const call = await talk(tess, ines, INES), media = await flow(call);
	await server.editAccess('aldous', { mode: 'off' }, admins.aldous);
	await assertSilent(call, media);
	media.close();
	await assertClosed(ines, call.id, TESS, 'external.off', 'aldous');
	await assertClosed(tess, call.id, INES, 'unreachable', null);
	const told = tess.log.filter((frame) => frame.ev && frame.ev !== 'message').map((frame) => JSON.stringify(frame));
	assert.doesNotMatch(told.join('\n'), /external\.off/);
});

test('a ring in progress ends too, for both', async () => {
	const call = await place(tess, INES);
	await ines.next('call', state(call.id, 'ringing'));
	await server.editAccess('brightwater', { allow: [] }, admins.brightwater);
	await assertClosed(tess, call.id, INES, 'external.not_allowed', 'brightwater');
	await assertClosed(ines, call.id, TESS, 'external.not_allowed', 'brightwater');
	assert.equal((await ines.ask('call.answer', { call: call.id, video: true })).error.reason, 'call.gone');
});

test('opening again is told and true at once, on the same lines', async () => {
	const call = await talk(tess, ines, INES);
	await server.editAccess('aldous', { mode: 'off' }, admins.aldous);
	await assertClosed(ines, call.id, TESS, 'external.off', 'aldous');
	await assertClosed(tess, call.id, INES, 'external.off', 'aldous');
	for (const line of [ines, tess]) await line.settled();
	await server.editAccess('aldous', { mode: 'open' }, admins.aldous);
	for (const [line, other] of [[ines, TESS], [tess, INES]]) {
		assert.equal((await line.next('conversation', (e) => e.conversation.id === talked)).conversation.closed, null);
		assert.equal((await line.next('presence', (e) => e.address === other && e.state !== null)).state, 'available');
	}
	const again = await talk(tess, ines, INES), media = await flow(again);
	media.close();
	await tess.request('call.hangup', { call: again.id });
});

test('what does not touch the two leaves their call alone', async () => {
	const call = await talk(tess, ines, INES), media = await flow(call);
	await server.editAccess('aldous', { mode: 'block', block: ['castellan.example'] }, admins.aldous);
	const before = await legs_of(call.id);
	await sleep(300);
	const now = await legs_of(call.id);
	assert.ok(now.every((leg, i) => leg.packets_in > before[i].packets_in && leg.packets_out > before[i].packets_out));
	const heard = [...await ines.settled(), ...await tess.settled()];
	assert.deepEqual(heard.filter((e) => e.ev === 'conversation' || (e.ev === 'call' && e.call.state === 'ended') || e.state === null), []);
	media.close();
	await tess.request('call.hangup', { call: call.id });
});

test('video withdrawn during the call: its packets stop, the call and its sound go on', async () => {
	const call = await talk(tess, ines, INES), media = await flow(call);
	await server.editAccess('brightwater', { off_actions: ['file', 'video'] }, admins.brightwater);
	for (const line of [ines, tess]) {
		const now = (await line.next('call', (e) => e.call.id === call.id && !e.call.video)).call;
		assert.equal(now.state, 'talking');
	}
	const [before] = await legs_of(call.id);
	for (let i = 0; i < 10; i++) media.from.rtp(96);
	await sleep(300);
	const [now] = await legs_of(call.id);
	assert.equal(now.dropped, before.dropped + 10);
	assert.ok(now.packets_in > before.packets_in);
	media.close();
	await tess.request('call.hangup', { call: call.id });
});

test('a save needs the revision that was seen, and one of two at once loses', async () => {
	const { headers, body } = await admins.aldous.ask('GET', ACCESS.aldous);
	const put = (tag, edit = {}) => admins.aldous.ask('PUT', ACCESS.aldous, { body: { ...body, ...edit }, headers: tag ? { 'if-match': tag } : {} });
	const missing = await put(null), stale = await put('"0"'), strange = await put('W/"x"');
	assert.deepEqual([missing.status, missing.body.reason], [428, 'revision.required']);
	assert.deepEqual([stale.status, stale.body.reason], [412, 'revision.stale']);
	assert.equal(strange.status, 412);
	const both = await Promise.all([put(headers.etag, { mode: 'off' }), put(headers.etag, { mode: 'block' })]);
	assert.deepEqual(both.map((answer) => answer.status).sort(), [200, 412]);
	const won = both.find((answer) => answer.status === 200);
	const now = await admins.aldous.ask('GET', ACCESS.aldous);
	assert.deepEqual([now.headers.etag, now.body], [won.headers.etag, won.body]);
	assert.notEqual(won.headers.etag, headers.etag);
});

test('a save out of form changes nothing and names the field', async () => {
	const before = await admins.aldous.ask('GET', ACCESS.aldous);
	const bad = [['/mode', { mode: 'ajar' }], ['/block/1', { block: ['fine.example', 'not a domain'] }], ['/colour', { colour: 'red' }]];
	for (const [field, edit] of bad) {
		const { status, body } = await admins.aldous.ask('PUT', ACCESS.aldous, { body: { ...before.body, ...edit }, headers: { 'if-match': before.headers.etag } });
		assert.deepEqual([status, body.field], [400, field]);
	}
	const now = await admins.aldous.ask('GET', ACCESS.aldous);
	assert.deepEqual([now.headers.etag, now.body], [before.headers.etag, before.body]);
});

test('admins of the tenant hear of the change, nobody else does', async () => {
	await server.editAccess('aldous', { mode: 'block', block: ['castellan.example'] });
	const { tenant, revision } = await ines.next('access');
	assert.equal(tenant, 'aldous');
	assert.equal(`"${revision}"`, (await admins.aldous.ask('GET', ACCESS.aldous)).headers.etag);
	assert.deepEqual((await tess.settled()).filter((e) => e.ev === 'access'), []);
});

/*
 * The order of frames on a line is the order of the server's doings: behind the word that a conversation closed, a line may
 * hear nothing acknowledged that the old rules allowed.
 */
function assertNothingAfter(line, closed, acknowledged) {
	const at = line.log.findIndex(closed);
	assert.ok(at >= 0, 'the change was told');
	assert.deepEqual(line.log.slice(at).filter(acknowledged), []);
}

test('100 messages race with the save: acknowledged before it, or refused; stored is what was acknowledged', async () => {
	const closes = (frame) => frame.ev === 'conversation' && frame.conversation.closed;
	const sends = (line, name) => Array.from({ length: 50 }, (_, i) => line.ask('send', { conversation: talked, client_id: `${name}${i}`, text: `${name} ${i}` }));
	for (let round = 0; round < 5; round++) {
		const first = [...sends(tess, `t${round}-`), ...sends(ines, `i${round}-`)];
		const save = server.editAccess('aldous', { mode: 'off' }, admins.aldous);
		const more = [];
		const feeding = (async () => {
			for (let i = 0; i < 30; i++) {
				more.push(tess.ask('send', { conversation: talked, client_id: `f${round}-${i}`, text: `f${round}-${i}` }));
				await sleep(1);
			}
		})();
		await save;
		const late = await tess.ask('send', { conversation: talked, client_id: `late${round}`, text: 'late' });
		assert.equal(late.error?.reason, 'external.off');
		await feeding;
		const replies = await Promise.all([...first, ...more]);
		await Promise.all([ines, tess].map((line) => line.next('conversation', (e) => e.conversation.closed)));
		for (const line of [ines, tess]) assertNothingAfter(line, closes, (frame) => frame.ok?.message || frame.ev === 'message');

		const stored = new Set();
		for (let before = ''; ;) {
			const page = await people.tess.api.get(`/v1/conversations/${talked}/messages?limit=100${before}`);
			for (const message of page.messages) stored.add(message.id);
			if (!page.more) break;
			before = `&before=${page.messages[0].seq}`;
		}
		for (const reply of replies) {
			if (reply.ok) assert.ok(stored.delete(reply.ok.message.id), 'acknowledged and stored');
			else assert.equal(reply.error.reason, 'external.off');
		}
		assert.deepEqual([...stored].filter((id) => id.includes(`${round}-`)), [], 'stored and not acknowledged');
		await server.load(demoWorld());
		await Promise.all([ines, tess].map((line) => line.close()));
		[ines, tess] = [await people.ines.line(), await people.tess.line()];
	}
});

test('calls race with the save: none is placed or answered behind it', async () => {
	const sdp = offer(iceMake());
	for (let round = 0; round < 10; round++) {
		const placing = (async () => {
			for (let i = 0; i < 10; i++) {
				const reply = await tess.ask('call.place', { to: INES, video: true, sdp });
				if (reply.ok) await tess.ask('call.hangup', { call: reply.ok.call.id });
			}
		})();
		const answering = (async () => {
			for (;;) {
				const e = await ines.next('call', (told) => told.call.state === 'ringing').catch(() => null);
				if (!e) return;
				ines.ask('call.answer', { call: e.call.id, video: true }).catch(() => {});
			}
		})();
		await sleep(round);
		await server.editAccess('aldous', { mode: 'off' }, admins.aldous);
		await placing;
		await Promise.all([ines, tess].map((line) => line.settled()));
		const closes = (frame) => frame.ev === 'conversation' && frame.conversation.closed;
		for (const line of [ines, tess])
			assertNothingAfter(line, closes, (frame) => frame.ok?.call || (frame.ev === 'call' && frame.call.state !== 'ended'));
		const { calls } = await server.operator.get('/v1/calls');
		assert.deepEqual(calls.filter((call) => call.state !== 'ended'), []);
		await server.load(demoWorld());
		await Promise.all([ines, tess].map((line) => line.close()));
		await answering;
		[ines, tess] = [await people.ines.line(), await people.tess.line()];
	}
});

test('an account disabled by apply loses its session, its lines and its call at once', async () => {
	const omar = await server.person('omar@brightwater.example'), line = await omar.line();
	const call = await talk(line, ines, INES), media = await flow(call);
	const world = demoWorld();
	tenantOf(world, 'brightwater').accounts[1].enabled = false;
	await server.load(world);
	await assertSilent(call, media);
	media.close();
	assert.equal(await line.closed, 4401);
	assert.deepEqual([line.log.at(-1).ev, line.log.at(-1).reason], ['bye', 'session.ended']);
	assert.equal((await omar.api.ask('GET', '/v1/me')).status, 401);
	await assert.rejects(omar.line(), /401/);
	const { call: end } = await ines.next('call', state(call.id, 'ended'));
	assert.equal(end.ended.reason, 'unreachable');
	assert.deepEqual([end.ended.answer.tenant, end.ended.answer.rule], [null, null]);
	/* His own admin may know why, the other side's may not. */
	const told = async (api) => (await api.get('/v1/calls')).calls.find(({ id }) => id === call.id).reason;
	assert.deepEqual([await told(admins.aldous), await told(admins.brightwater), await told(server.operator)],
		['unreachable', 'identity.disabled', 'identity.disabled']);
});
