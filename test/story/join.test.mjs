// Joining a call without an account: by a link, through the door, let in by the host, within his organisation's rules, until it ends.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { flow, place, state, talk, until } from '../harness/call.mjs';
import { admit, joined, knock, linkOf, visitorOf } from '../harness/join.mjs';
import { Server, demoWorld, tenantOf } from '../harness/server.mjs';

const TESS = 'tess@brightwater.example', OMAR = 'omar@brightwater.example', NORA = 'nora@brightwater.example', INES = 'ines@aldous.example';

let server, tess, nora, ines, line, clients = 10;
before(async () => {
	server = await Server.start({ world: demoWorld(), owners: [NORA], settings: { 'requests.second': 10000 } });
	[tess, nora, ines] = [await server.person(TESS), await server.person(NORA), await server.person(INES)];
});
after(() => server.stop());
beforeEach(async () => {
	await server.load(demoWorld());
	for (const { id } of (await tess.api.get('/v1/join-links')).links) await tess.api.fetch('DELETE', `/v1/join-links/${id}`);
	line = await tess.line();
});
afterEach(() => line.close());

/* Another client each time: how often one may knock is a story of its own. */
const door = (token, name = 'Sam Porter') => knock(server, token, name, `127.0.1.${clients++}`);
const refusal = ({ status, body }) => [status, body.reason];
const legs_of = async (id) => (await server.operator.get('/v1/calls')).calls.find((call) => call.id === id).legs;
const packets = (legs) => legs.map((leg) => [leg.packets_in, leg.packets_out]);
/* What the log says of links since it was `size` long, the oldest first. */
async function logged(size = 0) {
	const { rows } = await nora.api.get('/v1/tenants/brightwater/audit?limit=50');
	return rows.filter(({ id, what }) => id > size && what.startsWith('join.')).reverse();
}
const log_size = async () => (await nora.api.get('/v1/tenants/brightwater/audit?limit=1')).rows[0].id;
/* The demo's world with Brightwater's guest access, or anything of its, changed. */
function changed(edit) {
	const world = demoWorld();
	edit(tenantOf(world, 'brightwater'));
	return server.load(world);
}
const guests = (guest_access) => changed((tenant) => Object.assign(tenant, { guest_access }));

test('a link, the door, let in, a call with media, and its end', async () => {
	const size = await log_size(), link = await linkOf(tess);
	assert.match(link.token, /^[A-Za-z0-9_-]{43}$/);
	assert.ok(Math.abs(Date.parse(link.expires) - Date.now() - 24 * 3600e3) < 60e3);
	const checked = await server.api().post('/v1/join/check', { token: link.token });
	assert.deepEqual([checked.host.name, checked.host.tenant.name, checked.host.verified, checked.taken], ['Tess Walcott', 'Brightwater Utilities', true, false]);

	const sam = await door(link.token, ' Sam Porter ');
	const { visitor } = await line.next('visitor');
	assert.deepEqual([visitor.name, visitor.state, visitor.lookalike, visitor.link], ['Sam Porter', 'waiting', null, link.id]);
	const second = await tess.line();
	assert.deepEqual(second.snapshot.visitors, [visitor]);
	await second.close();
	assert.deepEqual([(await sam.wait()).status, (await sam.wait()).body], [202, { state: 'waiting' }]);

	const { address } = await admit(tess, link.id);
	assert.match(address, /^[a-z2-7]{26}=link\.invalid@brightwater\.example$/);
	assert.equal((await line.next('visitor', (e) => e.visitor.state === 'admitted')).visitor.id, visitor.id);
	const { body, headers } = await sam.wait();
	assert.match(headers['set-cookie'][0], new RegExp(`^__Host-farhand=${body.token}; Path=/; Secure; HttpOnly; SameSite=Strict`));
	assert.deepEqual([body.me.person.name, body.me.person.kind, body.me.joined.host.address], ['Sam Porter', 'guest', TESS]);
	const guest = server.holder(address, body.token), phone = await guest.line();
	assert.deepEqual(phone.snapshot.visitors, []);
	assert.equal(tess.api.token && (await tess.api.get('/v1/me')).joined, null);

	const call = await talk(phone, line, TESS), media = await flow(call);
	await phone.request('mark.add', { call: call.id, mark: { id: 'm1', of: TESS, kind: 'arrow', points: [[0.1, 0.1], [0.5, 0.5]] } });
	media.close();
	await phone.request('call.hangup', { call: call.id });
	assert.equal(await phone.closed, 4401);
	assert.equal((await guest.api.ask('GET', '/v1/me')).status, 401);
	assert.deepEqual((await tess.api.get('/v1/join-links')).links, []);
	assert.deepEqual(refusal(await server.api().ask('POST', '/v1/join/check', { body: { token: link.token } })), [404, 'link.gone']);
	assert.equal((await place(line, address).catch((error) => error)).reason, 'unreachable');

	const rows = await logged(size);
	assert.deepEqual(rows.map(({ what, actor }) => [what, actor]), [['join.link', TESS], ['join.open', 'anonymous'], ['join.admit', TESS], ['join.end', address]]);
	assert.equal(rows[1].detail.name, 'Sam Porter');
	assert.match(rows[1].detail.peer, /^127\.0\.1\./);
	assert.deepEqual([rows[2].detail.address, rows[3].detail.by], [address, 'call']);
	assert.doesNotMatch(JSON.stringify(rows) + server.log(), new RegExp(`${link.token}|${body.token}|${sam.ticket}`));
});

test('one person a link: another is refused until the first goes away, and nobody comes after who was let in', async () => {
	const link = await linkOf(tess), first = await door(link.token);
	const knocks = () => server.api(null, '127.0.0.9').ask('POST', '/v1/join', { body: { token: link.token, name: 'Eve' } });
	assert.deepEqual(refusal(await knocks()), [409, 'join.taken']);
	assert.equal((await server.api().post('/v1/join/check', { token: link.token })).taken, true);
	assert.equal((await first.leave()).status, 204);
	assert.deepEqual(refusal(await first.wait()), [404, 'join.gone']);
	assert.equal((await line.next('visitor', (e) => e.visitor.state === 'gone')).visitor.name, 'Sam Porter');
	const eve = await knocks();
	assert.equal(eve.status, 201);
	await admit(tess, link.id);
	assert.deepEqual(refusal(await knocks()), [404, 'link.gone']);
	/* Not with another's ticket either. */
	assert.deepEqual(refusal(await first.wait()), [404, 'join.gone']);
});

test('the host lets in the one whom he saw, not who came in his place', async () => {
	const link = await linkOf(tess), first = await door(link.token, 'Sam Porter'), seen = await visitorOf(tess, link.id);
	await first.leave();
	const other = await door(link.token, 'Sam Porter');
	for (const what of ['admit', 'refuse'])
		assert.deepEqual(refusal(await tess.api.ask('POST', `/v1/join-links/${link.id}/${what}`, { body: { visitor: seen.id } })), [404, 'join.gone']);
	assert.equal((await other.wait()).status, 202);
});

test('refused, the link is over', async () => {
	const size = await log_size(), link = await linkOf(tess), sam = await door(link.token);
	await tess.api.fetch('POST', `/v1/join-links/${link.id}/refuse`, { body: { visitor: (await visitorOf(tess, link.id)).id } });
	assert.deepEqual(refusal(await sam.wait()), [403, 'join.refused']);
	assert.equal((await line.next('visitor', (e) => e.visitor.state === 'refused')).visitor.link, link.id);
	assert.deepEqual(refusal(await server.api().ask('POST', '/v1/join', { body: { token: link.token, name: 'Sam' } })), [404, 'link.gone']);
	assert.deepEqual((await logged(size)).map(({ what }) => what), ['join.link', 'join.open', 'join.refuse']);
});

test('taken back while somebody waits', async () => {
	const size = await log_size(), link = await linkOf(tess), sam = await door(link.token);
	assert.equal((await ines.api.ask('DELETE', `/v1/join-links/${link.id}`)).status, 404);
	assert.equal((await sam.wait()).status, 202);
	await tess.api.fetch('DELETE', `/v1/join-links/${link.id}`);
	assert.deepEqual(refusal(await sam.wait()), [404, 'join.gone']);
	await line.next('visitor', (e) => e.visitor.state === 'gone');
	assert.deepEqual((await logged(size)).map(({ what }) => what), ['join.link', 'join.open', 'join.revoke']);
});

/* The relay's counters are read first thing after the answer, and again after half a second of further sending. */
async function silent(call, media, change) {
	await change();
	const at_once = packets(await legs_of(call.id));
	assert.ok(at_once.every(([came]) => came > 20));
	await sleep(500);
	assert.deepEqual(packets(await legs_of(call.id)), at_once);
	assert.deepEqual(await Promise.all([media.from.check(), media.to.check()]), [403, 403]);
	media.close();
}

test('taken back during the call: the media has stopped when the answer comes, and he is signed out', async () => {
	const guest = await joined(server, tess), phone = await guest.line(), call = await talk(phone, line, TESS), media = await flow(call);
	assert.equal((await tess.api.get('/v1/join-links')).links[0].state, 'joined');
	await silent(call, media, () => tess.api.fetch('DELETE', `/v1/join-links/${guest.link}`));
	for (const each of [line, phone]) assert.equal((await each.next('call', state(call.id, 'ended'))).call.ended.reason, 'call.link_revoked');
	assert.equal(await phone.closed, 4401);
	assert.equal((await guest.api.ask('GET', '/v1/me')).status, 401);
});

test('guest access is switched off during the call: the rules end it, as any guest\'s', async () => {
	const guest = await joined(server, tess), phone = await guest.line(), call = await talk(phone, line, TESS), media = await flow(call);
	await silent(call, media, () => guests({ enabled: false }));
	assert.equal((await line.next('call', state(call.id, 'ended'))).call.ended.reason, 'guest.access_off');
	await phone.next('call', state(call.id, 'ended'));
});

test('who came by a link may call the host, draw, and nothing else', async () => {
	const guest = await joined(server, tess), phone = await guest.line(), omar = await (await server.person(OMAR)).line();
	for (const [op, keys] of [['send', { conversation: '1', client_id: 'x', text: 'x' }], ['watch', { addresses: [TESS] }], ['idle', { idle: true }],
		['typing', { conversation: '1', on: true }], ['receipt', { conversation: '1', seq: 1, read: true }]])
		assert.equal((await phone.ask(op, keys)).error?.reason, 'role.missing', op);
	for (const [address, reason] of [[OMAR, 'unreachable'], ['made-up@brightwater.example', 'unreachable'], [INES, 'guest.no_federation']])
		assert.equal((await place(phone, address).catch((error) => error)).reason, reason, address);
	/* Nobody else reaches him, nor finds him; the host can't write to him. */
	assert.equal((await place(omar, guest.address).catch((error) => error)).reason, 'guest.not_named');
	assert.deepEqual((await (await server.person(OMAR)).api.get('/v1/people?q=Porter')).people, []);
	assert.equal((await tess.api.ask('POST', '/v1/conversations', { body: { with: guest.address } })).status, 403);
	/* A password makes him no more than he is. */
	await server.setPassword(guest.address);
	const again = await server.person(guest.address);
	assert.equal((await again.api.ask('GET', '/v1/people?q=tess')).status, 403);
	await Promise.all([phone.close(), omar.close()]);
});

test('a lost line does not end his stay; he calls again', async () => {
	const guest = await joined(server, tess);
	let phone = await guest.line();
	const call = await talk(phone, line, TESS);
	await phone.drop();
	assert.equal((await line.next('call', state(call.id, 'ended'))).call.ended.reason, 'call.lost');
	phone = await guest.line();
	const again = await talk(phone, line, TESS);
	await line.request('call.hangup', { call: again.id });
	assert.equal(await phone.closed, 4401);
});

const closed = [
	['guest access is off', { enabled: false }, 'guest.access_off'],
	['nobody may invite', { invite: { who: 'nobody' } }, 'join.forbidden'],
	['only admins may invite', { invite: { who: 'admins' } }, 'join.forbidden'],
	['only listed domains may be invited', { invite: { mode: 'allow', allow: ['aldous.example'] } }, 'join.forbidden'],
	['links are blocked by name', { invite: { mode: 'block', block: ['link.invalid'] } }, 'join.forbidden'],
	['guests may not call', { controls: { call: false } }, 'guest.call_off'],
	['who comes by a link may not call', { by_domain: { 'link.invalid': { call: false } } }, 'guest.call_off'],
];
for (const [what, setting, reason] of closed)
	test(`${what}: no link, and those there are open no door`, async () => {
		const early = await linkOf(tess), late = await linkOf(tess), sam = await door(late.token);
		await guests(setting);
		assert.deepEqual(refusal(await tess.api.ask('POST', '/v1/join-links', { body: {} })), [403, reason]);
		assert.deepEqual(refusal(await tess.api.ask('POST', `/v1/join-links/${late.id}/admit`, { body: { visitor: (await visitorOf(tess, late.id)).id } })), [403, reason]);
		assert.equal((await sam.wait()).status, 202);
		if (reason === 'guest.call_off') return;
		assert.equal((await tess.api.get('/v1/join-links')).refused, reason);
		assert.deepEqual(refusal(await server.api().ask('POST', '/v1/join/check', { body: { token: early.token } })), [403, reason]);
		assert.deepEqual(refusal(await server.api(null, '127.0.0.7').ask('POST', '/v1/join', { body: { token: early.token, name: 'Sam' } })), [403, reason]);
	});

test('an admin makes links where only admins may invite, and everybody where link.invalid is listed', async () => {
	await guests({ invite: { who: 'admins' } });
	await linkOf(nora);
	await guests({ invite: { mode: 'allow', allow: ['link.invalid'] } });
	await linkOf(tess);
});

test('a barrier that would keep the two apart is not told, and refuses', async () => {
	await changed((tenant) => Object.assign(tenant, {
		segments: [{ name: 'field', filter: 'title eq "Field technician"' }], barriers: { rules: [{ segment: 'field', allow: ['field'] }] } }));
	assert.deepEqual(refusal(await tess.api.ask('POST', '/v1/join-links', { body: {} })), [403, 'unreachable']);
});

test('video off for links: the call has none', async () => {
	await guests({ by_domain: { 'link.invalid': { video: false, annotate: false } } });
	const guest = await joined(server, tess), phone = await guest.line();
	assert.equal((await place(phone, TESS).catch((error) => error)).reason, 'guest.video_off');
	const call = await place(phone, TESS, false);
	assert.deepEqual([call.video, call.annotate], [false, false]);
	await phone.close();
});

test('guests and people on leased accounts invite nobody', async () => {
	const world = demoWorld();
	tenantOf(world, 'brightwater').accounts.push({ kind: 'guest', home: INES, name: 'Ines', state: 'accepted' });
	await server.load(world);
	const guest = await server.person('ines=aldous.example@brightwater.example');
	assert.deepEqual(refusal(await guest.api.ask('POST', '/v1/join-links', { body: {} })), [403, 'join.forbidden']);
});

test('what is wrong is named', async () => {
	for (const minutes of [14, 10081, 0, -1, 1.5, '60', null])
		assert.deepEqual(refusal(await tess.api.ask('POST', '/v1/join-links', { body: { minutes } })), [400, 'request.field'], String(minutes));
	assert.equal((await tess.api.ask('POST', '/v1/join-links', { body: { hours: 1 } })).body.field, '/hours');
	const link = await linkOf(tess, { minutes: 15 }), api = server.api(null, '127.0.0.5');
	for (const name of ['', '   ', 'a\nb', 'a\tb', 'a\u0007b', 'x'.repeat(65), 7]) {
		const { status, body } = await api.ask('POST', '/v1/join', { body: { token: link.token, name } });
		assert.deepEqual([status, body.reason, body.field], [400, 'request.field', '/name'], JSON.stringify(name));
	}
	assert.equal((await api.ask('POST', '/v1/join', { body: { token: `${link.token.slice(0, -1)}!`, name: 'Sam' } })).body.reason, 'link.gone');
	assert.equal((await visitorOf(tess, link.id)), null);
});

test('a name that is not what it seems is told with it', async () => {
	const link = await linkOf(tess);
	await door(link.token, 'Rаvi');	/* a Cyrillic а */
	assert.equal((await line.next('visitor', (e) => e.visitor.link === link.id)).visitor.lookalike, 'mixed');
});

test('who knocks again and again waits', async () => {
	const link = await linkOf(tess), api = server.api(null, '127.0.0.77');
	const knocks = () => api.ask('POST', '/v1/join', { body: { token: 'made-up', name: 'Sam' } });
	for (let i = 0; i < 10; i++) assert.equal((await knocks()).status, 404);
	const late = await knocks();
	assert.deepEqual(refusal(late), [429, 'request.too_many']);
	assert.ok(late.headers['retry-after'] >= 1);
	assert.equal((await door(link.token)).ticket.length, 43);
});

test('at most twenty links at once', async () => {
	for (let i = 0; i < 20; i++) await linkOf(tess);
	assert.deepEqual(refusal(await tess.api.ask('POST', '/v1/join-links', { body: {} })), [409, 'join.too_many']);
});

test('the server is started again: who waited knocks again, who was in is still in', async () => {
	const link = await linkOf(tess), guest = await joined(server, tess);
	const sam = await door(link.token);
	await line.close();
	await server.kill9();
	await server.restart();
	[tess, nora, ines] = [tess, nora, ines].map(({ address, token }) => server.holder(address, token));
	line = await tess.line();
	assert.deepEqual(refusal(await server.api().ask('POST', '/v1/join/wait', { body: { ticket: sam.ticket } })), [404, 'join.gone']);
	await door(link.token);
	assert.equal((await line.next('visitor')).visitor.link, link.id);
	const phone = await server.holder(guest.address, guest.token).line(), call = await talk(phone, line, TESS);
	await phone.request('call.hangup', { call: call.id });
	assert.equal(await phone.closed, 4401);
	await until(async () => (await tess.api.get('/v1/join-links')).links.length === 1, 'the end of the link');
});
