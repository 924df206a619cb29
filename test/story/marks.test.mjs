// Arrows and the pointer, in the picture that both see.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { state, talk } from '../harness/call.mjs';
import { Server, demoWorld } from '../harness/server.mjs';

const INES = 'ines@aldous.example', TESS = 'tess@brightwater.example', MARTA = 'marta@aldous.example', NORA = 'nora@brightwater.example';
const MARKS_MOST = 2000, POINTS_PER_SECOND = 40, FRAMES_PER_SECOND = 60;

let server, people;
before(async () => {
	server = await Server.start({ world: demoWorld() });
	people = { ines: await server.person(INES), tess: await server.person(TESS), marta: await server.person(MARTA), nora: await server.person(NORA) };
});
after(() => server.stop());

const arrow = (id, keys = {}) => ({ id, of: TESS, kind: 'arrow', points: [[0.25, 0.5], [0.75, 1]], ...keys });

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
	const { mark } = await ines.request('mark.add', { call, mark: arrow('a1') });
	assert.deepEqual(mark, { ...arrow('a1'), by: INES });
	await ines.request('mark.add', { call, mark: arrow('a2') });
	await tess.request('mark.add', { call, mark: arrow('t1', { of: INES }) });
	for (const line of [ines, tess]) {
		const marks = [await line.next('mark'), await line.next('mark'), await line.next('mark')];
		assert.deepEqual(marks.map((e) => [e.call, e.mark.id, e.mark.by, e.mark.of]), [[call, 'a1', INES, TESS], [call, 'a2', INES, TESS], [call, 't1', TESS, INES]]);
		assert.deepEqual(marks[0].mark.points, [[0.25, 0.5], [0.75, 1]]);
	}
	assert.deepEqual(await ines.request('mark.undo', { call }), { id: 'a2' });
	for (const line of [ines, tess]) assert.equal((await line.next('unmark')).id, 'a2');
	assert.deepEqual(await ines.request('mark.undo', { call }), { id: 'a1' });
	assert.deepEqual(await ines.request('mark.undo', { call }), { id: null }, 'hers stay');
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
		['/mark/points', { points: [[0, 0], [1, 1.01]] }], ['/mark/points', { points: [[0, 0]] }], ['/mark/points', { points: [[0, -0.1], [1, 1]] }],
		['/mark/points', { points: [['0', 0], [1, 1]] }], ['/mark/kind', { kind: 'circle' }], ['/mark/of', { of: MARTA }], ['/mark/id', { id: 'no spaces' }],
		['/mark/id', { id: 'x'.repeat(65) }], ['/mark/colour', { colour: 'red' }], ['/mark/by', { by: TESS }],
	];
	for (const [field, keys] of bad) assert.equal((await ines.ask('mark.add', { call, mark: arrow('bad', keys) })).error?.field, field);
	await ines.request('mark.add', { call, mark: arrow('once') });
	assert.equal((await tess.ask('mark.add', { call, mark: arrow('once') })).error.field, '/mark/id');
	assert.equal((await tess.settled()).filter((e) => e.ev === 'mark').length, 1);
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

test('a call keeps a bounded number of marks', async () => {
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
	await leave();
});
