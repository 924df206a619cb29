// The summary of a call: whom one met, what was drawn and taken away, how good it was, one's own note; only for who was in it; durable.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { state, talk, until } from '../harness/call.mjs';
import { Server, demoWorld } from '../harness/server.mjs';

const INES = 'ines@aldous.example', TESS = 'tess@brightwater.example', OMAR = 'omar@brightwater.example';

let server, people, lines, call;
before(async () => {
	server = await Server.start({ world: demoWorld() });
	people = { ines: await server.person(INES), tess: await server.person(TESS), omar: await server.person(OMAR) };
	lines = { ines: await people.ines.line(), tess: await people.tess.line() };
	call = await talk(lines.tess, lines.ines, INES);
});
after(() => server.stop());

const path = (rest = '') => `/v1/calls/${call.id}${rest}`;
const quality = { kbps: [1200, 0, 900], rtt_ms: [40, 95], loss_percent: [0, 3] };

test('while it runs there is none', async () => {
	assert.equal((await people.ines.api.ask('GET', path())).status, 404);
	assert.equal((await people.ines.api.ask('PUT', path('/note'), { body: { text: 'x' } })).status, 404);
});

test('what was drawn is kept in order with its times, and what was taken away', async () => {
	const mark = (id, more = {}) => ({ call: call.id, mark: { id, of: TESS, kind: 'arrow', points: [[0.1, 0.2], [0.5, 0.5]], ...more } });
	await lines.ines.request('mark.add', mark('a'));
	await lines.ines.request('mark.change', { call: call.id, mark: { id: 'a', points: [[0.1, 0.2], [0.6, 0.6]] } });
	await lines.tess.request('mark.add', mark('b', { kind: 'step', points: [[0.3, 0.3]], text: 'Shut this "valve"' }));
	await lines.ines.request('mark.undo', { call: call.id });
	await lines.ines.request('mark.redo', { call: call.id });
	await lines.tess.request('mark.clear', { call: call.id });
	await lines.tess.request('call.hangup', { call: call.id });
	await lines.ines.next('call', state(call.id, 'ended'));
	const seen = await until(async () => (await people.ines.api.ask('GET', path())).body?.drawn && (await people.ines.api.get(path())), 'the summary');
	const brief = ({ drawn }) => drawn.map(({ mark: m, gone, by }) => (m ? [m.id, m.by, m.kind, m.points.at(-1), m.text] : [by, gone]));
	const expected = [
		['a', INES, 'arrow', [0.5, 0.5], null], ['a', INES, 'arrow', [0.6, 0.6], null], ['b', TESS, 'step', [0.3, 0.3], 'Shut this "valve"'],
		[INES, ['a']], ['a', INES, 'arrow', [0.6, 0.6], null], [TESS, ['b']],
	];
	assert.deepEqual(brief(seen), expected);
	assert.deepEqual(brief(await people.tess.api.get(path())), expected);
	assert.ok(seen.drawn.every(({ at }, i) => at >= (seen.drawn[i - 1]?.at ?? 0)));
	assert.deepEqual(seen.people, [{ address: TESS, name: 'Tess Walcott', organisation: 'Brightwater Utilities', door: 'federation' }]);
	assert.deepEqual([seen.call, seen.direction, seen.reason, seen.by, seen.note, seen.quality], [call.id, 'in', 'call.hangup', 'them', '', null]);
});

test('note and quality are one\'s own', async () => {
	await people.ines.api.fetch('PUT', path('/note'), { body: { text: 'Order the\nseal kit' } });
	await people.ines.api.fetch('PUT', path('/quality'), { body: quality });
	await people.ines.api.fetch('PUT', path('/note'), { body: { text: 'Order two' } });
	const [hers, his] = [await people.ines.api.get(path()), await people.tess.api.get(path())];
	assert.deepEqual([hers.note, hers.quality, his.note, his.quality], ['Order two', quality, '', null]);
});

test('who was not in it finds nothing, and bad fields are named', async () => {
	for (const [method, rest, body] of [['GET', ''], ['PUT', '/note', { text: 'x' }], ['PUT', '/quality', quality]]) {
		const [not_his, made_up] = [await people.omar.api.ask(method, path(rest), { body }), await people.omar.api.ask(method, `/v1/calls/made-up${rest}`, { body })];
		assert.deepEqual([not_his.status, not_his.text], [404, made_up.text]);
	}
	const wrong = [
		['/note', { text: 'x'.repeat(16385) }, '/text'], ['/note', { text: 'a\u0007' }, '/text'], ['/note', { text: 'x', by: 1 }, '/by'],
		['/quality', { ...quality, kbps: [] }, '/kbps'], ['/quality', { ...quality, kbps: Array(61).fill(1) }, '/kbps'], ['/quality', { ...quality, kbps: [-1] }, '/kbps'],
		['/quality', { ...quality, rtt_ms: [1] }, '/rtt_ms/0'], ['/quality', { ...quality, loss_percent: [1, 101] }, '/loss_percent/1'], ['/quality', { ...quality, more: 1 }, '/more'],
	];
	for (const [rest, body, field] of wrong) {
		const { status, body: told } = await people.ines.api.ask('PUT', path(rest), { body });
		assert.deepEqual([status, told.field], [400, field], JSON.stringify(body).slice(0, 60));
	}
});

test('what is too much of the drawing is left out, and the first of it is kept', async () => {
	const first = call;
	call = await talk(lines.tess, lines.ines, INES);
	const points = Array.from({ length: 400 }, (_, i) => [i / 400, (i * 7 % 400) / 400, 0.5]);
	/* Drawn and undone again and again: the marks are few, their story is long. */
	for (let i = 0; i < 40; i++) {
		await lines.ines.request('mark.add', { call: call.id, mark: { id: `m${i}`, of: TESS, kind: 'ink', points } });
		await lines.ines.request('mark.undo', { call: call.id });
	}
	await lines.tess.request('call.hangup', { call: call.id });
	const { text, body } = await until(async () => {
		const answer = await people.ines.api.ask('GET', path());
		return answer.status === 200 && answer.body.drawn.length > 0 && answer;
	}, 'the summary');
	assert.equal(body.drawn[0].mark.id, 'm0');
	assert.ok(text.length > 200000 && text.length < 270000, String(text.length));
	call = first;
});

test('a kill takes none of it', async () => {
	await server.kill9();
	await server.restart();
	const seen = await (await server.person(INES)).api.get(path());
	assert.deepEqual([seen.note, seen.quality, seen.drawn.length], ['Order two', quality, 6]);
});
