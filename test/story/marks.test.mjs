// The pointer and the marks, in the picture that both see: drawn, changed, taken away and brought back.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { state, talk } from '../harness/call.mjs';
import { Server, demoWorld } from '../harness/server.mjs';

const INES = 'ines@aldous.example', TESS = 'tess@brightwater.example', MARTA = 'marta@aldous.example', NORA = 'nora@brightwater.example';
const MARKS_MOST = 500, POINTS_MOST = 400, TEXT_MOST = 200, POINTS_PER_SECOND = 40, FRAMES_PER_SECOND = 60;

let server, people;
before(async () => {
	server = await Server.start({ world: demoWorld() });
	people = { ines: await server.person(INES), tess: await server.person(TESS), marta: await server.person(MARTA), nora: await server.person(NORA) };
});
after(() => server.stop());

const arrow = (id, keys = {}) => ({ id, of: TESS, kind: 'arrow', points: [[0.25, 0.5], [0.75, 1]], ...keys });
const step = (id, keys = {}) => ({ id, of: TESS, kind: 'step', points: [[0.5, 0.5]], ...keys });
const ids = (marks) => marks.map((mark) => mark.id);
const steps = (undo, redo) => ({ steps: { undo, redo } });

/* Tess, a technician, called Ines, an expert: her picture is on stage. */
async function scene() {
	const ines = await people.ines.line(), tess = await people.tess.line();
	const { id } = await talk(tess, ines, INES);
	const leave = async () => {
		await ines.request('call.hangup', { call: id });
		await tess.next('call', state(id, 'ended'));
		await ines.close();
		await tess.close();
	};
	return { ines, tess, id, leave };
}

test('an arrow is shown to both, with who drew it and in whose picture; undo takes back one\'s own newest', async () => {
	const { ines, tess, id: call, leave } = await scene();
	assert.deepEqual(await ines.request('mark.add', { call, mark: arrow('a1') }), { mark: { ...arrow('a1'), by: INES, seq: 1, number: null, text: null }, ...steps(1, 0) });
	await ines.request('mark.add', { call, mark: arrow('a2') });
	await tess.request('mark.add', { call, mark: arrow('t1', { of: INES }) });
	for (const line of [ines, tess]) {
		const marks = [await line.next('mark'), await line.next('mark'), await line.next('mark')];
		assert.deepEqual(marks.map((e) => [e.call, e.mark.id, e.mark.by, e.mark.of]), [[call, 'a1', INES, TESS], [call, 'a2', INES, TESS], [call, 't1', TESS, INES]]);
		assert.deepEqual(marks[0].mark.points, [[0.25, 0.5], [0.75, 1]]);
	}
	assert.deepEqual(await ines.request('mark.undo', { call }), steps(1, 1));
	for (const line of [ines, tess]) assert.deepEqual((await line.next('unmark')).ids, ['a2']);
	assert.deepEqual(await ines.request('mark.undo', { call }), steps(0, 2));
	assert.deepEqual(await ines.request('mark.undo', { call }), steps(0, 2), 'hers stay');
	assert.deepEqual((await tess.settled()).filter((e) => e.ev === 'unmark').map((e) => e.ids), [['a1']]);
	await leave();
});

test('ink has pressure or none, a circle a box, a step a number over both people and a text', async () => {
	const { ines, tess, id: call, leave } = await scene();
	const ink = { id: 'pen', of: TESS, kind: 'ink', points: [[0, 0, 0.5], [0.123456, 0.5, 1]] };
	assert.deepEqual((await ines.request('mark.add', { call, mark: ink })).mark.points, [[0, 0, 0.5], [0.1235, 0.5, 1]], 'kept to four decimals');
	const mouse = Array.from({ length: POINTS_MOST }, (_, i) => [i / 1000, 0.5]);
	assert.deepEqual((await ines.request('mark.add', { call, mark: { ...ink, id: 'mouse', points: mouse } })).mark.points, mouse);
	assert.equal((await ines.request('mark.add', { call, mark: { ...arrow('box'), kind: 'circle' } })).mark.kind, 'circle');
	assert.deepEqual((await ines.request('mark.add', { call, mark: step('s1', { text: 'Shut this valve' }) })).mark.number, 1);
	assert.deepEqual((await tess.request('mark.add', { call, mark: step('s2') })).mark.number, 2);
	const told = (await tess.settled()).filter((e) => e.ev === 'mark').map((e) => e.mark);
	assert.deepEqual(told.map((mark) => [mark.id, mark.kind, mark.by, mark.seq, mark.number, mark.text]), [
		['pen', 'ink', INES, 1, null, null], ['mouse', 'ink', INES, 2, null, null], ['box', 'circle', INES, 3, null, null],
		['s1', 'step', INES, 4, 1, 'Shut this valve'], ['s2', 'step', TESS, 5, 2, null],
	]);
	await leave();
});

test('one\'s steps go back and forth in order: adding, deleting, clearing; a new mark ends redo', async () => {
	const { ines, tess, id: call, leave } = await scene();
	for (const id of ['a', 'b', 'c']) await ines.request('mark.add', { call, mark: arrow(id) });
	await tess.request('mark.add', { call, mark: arrow('hers') });
	assert.deepEqual(await ines.request('mark.delete', { call, mark: 'b' }), steps(4, 0));
	assert.deepEqual(await ines.request('mark.clear', { call }), steps(5, 0));
	assert.deepEqual(await ines.request('mark.clear', { call }), steps(5, 0), 'nothing to clear is no step');
	await tess.settled();
	const turn = async (op) => {
		const { steps } = await ines.request(op, { call });
		const events = (await tess.settled()).filter((e) => e.ev === 'mark' || e.ev === 'unmark');
		return [events.map((e) => (e.ev === 'mark' ? `+${e.mark.id}${e.mark.seq}` : `-${e.ids}`)).join(' '), steps.undo, steps.redo];
	};
	assert.deepEqual(await turn('mark.undo'), ['+a1 +c3', 4, 1]);
	assert.deepEqual(await turn('mark.undo'), ['+b2', 3, 2]);
	assert.deepEqual(await turn('mark.undo'), ['-c', 2, 3]);
	assert.deepEqual(await turn('mark.redo'), ['+c3', 3, 2]);
	assert.deepEqual(await turn('mark.redo'), ['-b', 4, 1]);
	assert.deepEqual(await turn('mark.redo'), ['-a,c', 5, 0]);
	assert.deepEqual(await turn('mark.redo'), ['', 5, 0]);
	assert.deepEqual(await turn('mark.undo'), ['+a1 +c3', 4, 1]);
	assert.deepEqual((await ines.request('mark.add', { call, mark: arrow('new') })).steps, { undo: 5, redo: 0 });
	assert.deepEqual((await ines.ask('mark.redo', { call })).ok, steps(5, 0));
	await leave();
});

test('an arrow is moved until the next mark; a step is named at any time; others\' marks are not one\'s own', async () => {
	const { ines, tess, id: call, leave } = await scene();
	const change = async (line, mark) => { const { ok, error } = await line.ask('mark.change', { call, mark }); return ok?.mark ?? [error.status, error.field]; };
	await ines.request('mark.add', { call, mark: step('s') });
	await ines.request('mark.add', { call, mark: arrow('a') });
	await tess.request('mark.add', { call, mark: arrow('hers') });
	const moved = await change(ines, { id: 'a', points: [[0, 0], [0.5, 0.5]] });
	assert.deepEqual([moved.points, moved.seq], [[[0, 0], [0.5, 0.5]], 2]);
	assert.deepEqual((await tess.next('remark')).mark, moved);
	assert.equal((await change(ines, { id: 's', text: 'Open it' })).text, 'Open it');
	assert.equal((await tess.next('remark')).mark.text, 'Open it');
	assert.equal((await change(ines, { id: 's', text: null })).text, null);
	assert.deepEqual(await change(ines, { id: 's', points: [[0, 0]] }), [400, '/mark/points']);
	assert.deepEqual(await change(ines, { id: 'a', points: [[0, 0]] }), [400, '/mark/points']);
	assert.deepEqual(await change(ines, { id: 'a', points: [[0, 0], [0, 2]] }), [400, '/mark/points/1/1']);
	assert.deepEqual(await change(ines, { id: 'a', text: 'no' }), [400, '/mark/text']);
	assert.deepEqual(await change(ines, { id: 'a', kind: 'ink' }), [400, '/mark/kind']);
	assert.deepEqual(await change(tess, { id: 'a', points: [[0, 0], [1, 1]] }), [404, '/mark/id']);
	for (const [mark, status] of [['a', 404], ['nothing', 404], [7, 400]]) {
		const { error } = await tess.ask('mark.delete', { call, mark });
		assert.deepEqual([error.status, error.field], [status, '/mark']);
	}
	await leave();
});

test('the pointer goes to the other side only, named, and says goodbye', async () => {
	const { ines, tess, id: call, leave } = await scene();
	ines.say('point', { call, of: TESS, at: [0.125, 0] });
	ines.say('point', { call, of: TESS, at: null });
	const first = await tess.next('point'), gone = await tess.next('point');
	assert.deepEqual([first.call, first.by, first.of, first.at], [call, INES, TESS, [0.125, 0]]);
	assert.equal(gone.at, null);
	assert.deepEqual((await ines.settled()).filter((e) => e.ev === 'point'), []);
	await leave();
});

test('a pointer that moves too fast is thinned out, its goodbye never is', async () => {
	const { ines, tess, id: call, leave } = await scene();
	const began = Date.now();
	for (let i = 0; i < 150; i++) ines.say('point', { call, of: TESS, at: [i / 150, 0] });
	ines.say('point', { call, of: TESS, at: null });
	await ines.settled();
	const seconds = Math.ceil((Date.now() - began) / 1000) + 1;
	const points = (await tess.settled()).filter((e) => e.ev === 'point');
	assert.ok(points.length >= 2 && points.length <= seconds * POINTS_PER_SECOND + 1, `${points.length} in ${seconds} s`);
	assert.equal(points.at(-1).at, null);
	await leave();
});

test('marks out of form are refused by their field', async () => {
	const { ines, tess, id: call, leave } = await scene();
	const bad = [
		['/mark/points/1/1', { points: [[0, 0], [1, 1.01]] }], ['/mark/points', { points: [[0, 0]] }], ['/mark/points/0/1', { points: [[0, -0.1], [1, 1]] }],
		['/mark/points/0/0', { points: [['0', 0], [1, 1]] }], ['/mark/points/1', { points: [[0, 0], [1]] }], ['/mark/points/1', { points: [[0, 0], [1, 1, 1]] }],
		['/mark/points', { kind: 'ink', points: [] }], ['/mark/points', { kind: 'ink', points: Array(POINTS_MOST + 1).fill([0, 0]) }],
		['/mark/points/0/2', { kind: 'ink', points: [[0, 0, 1.5]] }], ['/mark/points/0', { kind: 'ink', points: [[0, 0, 0, 0]] }],
		['/mark/points', { kind: 'step' }], ['/mark/text', step('bad', { text: 'x'.repeat(TEXT_MOST + 1) })], ['/mark/text', step('bad', { text: 'a\nb' })],
		['/mark/text', step('bad', { text: 7 })], ['/mark/text', { text: 'an arrow has none' }], ['/mark/kind', { kind: 'square' }], ['/mark/of', { of: MARTA }], ['/mark/id', { id: 'no spaces' }],
		['/mark/id', { id: 'x'.repeat(65) }], ['/mark/colour', { colour: 'red' }], ['/mark/by', { by: TESS }],
	];
	for (const [field, keys] of bad) assert.equal((await ines.ask('mark.add', { call, mark: arrow('bad', keys) })).error?.field, field);
	await ines.request('mark.add', { call, mark: step('longest', { text: 'é'.repeat(TEXT_MOST) }) });
	await ines.request('mark.add', { call, mark: arrow('once') });
	assert.equal((await tess.ask('mark.add', { call, mark: arrow('once') })).error.field, '/mark/id');
	assert.equal((await tess.settled()).filter((e) => e.ev === 'mark').length, 2);
	await leave();
});

test('nobody draws before the answer, from another device, or after the end', async () => {
	const { ines, tess, id: call, leave } = await scene();
	const tablet = await people.ines.line();
	assert.equal((await tablet.ask('mark.add', { call, mark: arrow('x') })).error.reason, 'call.state');
	await leave();
	await tablet.close();
	const after = await people.ines.line();
	assert.equal((await after.ask('mark.add', { call, mark: arrow('x') })).error.reason, 'call.gone');
	await after.close();
});

test('without a technician nobody draws, and both are told so beforehand', async () => {
	const marta = await people.marta.line(), nora = await people.nora.line();
	const { id: call, reply } = await talk(nora, marta, MARTA);
	assert.equal(reply.call.annotate, false);
	for (const line of [marta, nora]) {
		const { error } = await line.ask('mark.add', { call, mark: arrow('x', { of: NORA }) });
		assert.equal(error.reason, 'licence.no_technician');
		assert.equal((await line.ask('point', { call, of: NORA, at: [0, 0] })).error.reason, 'licence.no_technician');
	}
	await marta.request('call.hangup', { call });
	await marta.close();
	await nora.close();
});

test('a licence withdrawn during the call takes the pen, not the call', async () => {
	const { ines, tess, id: call, leave } = await scene();
	const world = demoWorld();
	world.tenants[1].accounts[0].licences = [{ sku: 'connect' }];
	await server.load(world);
	for (const line of [ines, tess]) {
		const now = (await line.next('call', (e) => e.call.id === call && !e.call.annotate)).call;
		assert.equal(now.state, 'talking');
		assert.equal((await line.ask('mark.add', { call, mark: arrow('x') })).error.reason, 'licence.no_technician');
	}
	await server.load(demoWorld());
	await leave();
});

test('a call keeps a bounded number of marks, and of points', async () => {
	const { ines, tess, id: call, leave } = await scene();
	/* Both draw, as fast as a line may speak. */
	const draw = async (line, name) => {
		for (let i = 0; i < MARKS_MOST / 2; i++) {
			await line.request('mark.add', { call, mark: arrow(`${name}${i}`) });
			if (i > 150) await new Promise((resolve) => setTimeout(resolve, 1000 / FRAMES_PER_SECOND));
		}
	};
	await Promise.all([draw(ines, 'i'), draw(tess, 't')]);
	const { error } = await ines.ask('mark.add', { call, mark: arrow('one-more') });
	assert.deepEqual([error.status, error.field], [400, '/mark/id']);
	await ines.request('mark.undo', { call });
	await ines.request('mark.add', { call, mark: arrow('one-more') });
	/* What she clears makes room for him, and then it can't come back. */
	assert.deepEqual((await tess.request('mark.clear', { call })).steps.redo, 0);
	const ink = { id: 'long', of: TESS, kind: 'ink', points: Array(POINTS_MOST).fill([0.1, 0.1]) };
	for (let i = 0; i < 48; i++) await ines.request('mark.add', { call, mark: { ...ink, id: `long${i}` } });
	assert.equal((await ines.ask('mark.add', { call, mark: { ...ink, id: 'too-long' } })).error.field, '/mark/id');
	await leave();
});
