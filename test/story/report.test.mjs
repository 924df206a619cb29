// The calls of an organisation for its admins: who with whom, how long, why not; as much of the reason as they may know; as CSV, safe in a spreadsheet.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { flow, state, talk, until } from '../harness/call.mjs';
import { iceMake, offer } from '../harness/sdp.mjs';
import { Server, demoWorld, tenantOf } from '../harness/server.mjs';

const run = promisify(execFile);
const INES = 'ines@aldous.example', TESS = 'tess@brightwater.example', NORA = 'nora@brightwater.example', HANNA = 'hanna@eastmoor.example', GIL = 'gil@aldous.example';
const world = demoWorld();
tenantOf(world, 'aldous').accounts.push({ address: GIL, name: 'Gil', licences: [{ sku: 'connect' }] });
tenantOf(world, 'aldous').accounts.find(({ address }) => address === INES).name = '=HYPERLINK("x"), Ines';

let server, lines, owner, auditor, nora;
before(async () => {
	server = await Server.start({ world, owners: [INES, NORA] });
	await server.grant(GIL, 'auditor');
	const ines = await server.person(INES), tess = await server.person(TESS);
	lines = { ines: await ines.line(), tess: await tess.line() };
	[owner, auditor, nora] = [ines.api, (await server.person(GIL)).api, (await server.person(NORA)).api];
});
after(() => server.stop());

const report = async (api, tenant, query = '') => (await api.get(`/v1/tenants/${tenant}/calls${query}`)).calls;
const rowsOf = (api, tenant, n) => until(async () => {
	const calls = await report(api, tenant);
	return calls.length >= n && calls;
}, `${n} rows`);
/* RFC 4180, strictly: every field is quoted, rows end with CRLF. */
function parse(text) {
	const rows = [];
	let row = [], at = 0;
	while (at < text.length) {
		const [whole, field, end] = /"((?:[^"]|"")*)"(,|\r\n)/y.exec(text.slice(at)) ?? assert.fail(`no field at ${at}: ${text.slice(at, at + 40)}`);
		row.push(field.replaceAll('""', '"'));
		at += whole.length;
		if (end === ',') continue;
		rows.push(row);
		row = [];
	}
	assert.deepEqual(row, []);
	return rows;
}

test('each organisation has its people\'s side of a call', async () => {
	const call = await talk(lines.tess, lines.ines, INES);
	await lines.ines.request('call.hangup', { call: call.id });
	await lines.tess.next('call', state(call.id, 'ended'));
	const [ours] = await rowsOf(auditor, 'aldous', 1), [theirs] = await rowsOf(nora, 'brightwater', 1);
	assert.deepEqual([ours.call, ours.direction, ours.person.address, ours.with.address, ours.door, ours.reason, ours.by],
		[call.id, 'in', INES, TESS, 'federation', 'call.hangup', 'person']);
	assert.deepEqual([theirs.call, theirs.direction, theirs.person.address, theirs.with.organisation, theirs.by], [call.id, 'out', TESS, 'Aldous Pumps', 'other']);
});

test('a try that a rule refused is there with the reason that the admins may know, on both sides of the gate', async () => {
	const { body: was } = await server.operator.ask('GET', '/v1/tenants/aldous/external-access');
	await server.editAccess('aldous', { mode: 'off' });
	const had = (await report(owner, 'aldous')).length;
	await lines.tess.ask('call.place', { to: INES, video: false, sdp: offer(iceMake()) });
	const [at_gate] = await rowsOf(owner, 'aldous', had + 1);
	assert.deepEqual([at_gate.call, at_gate.direction, at_gate.person.address, at_gate.with.address, at_gate.reason, at_gate.tenant],
		[null, 'in', INES, TESS, 'external.off', 'aldous']);
	const [tried] = await rowsOf(nora, 'brightwater', 2);
	assert.deepEqual([tried.call, tried.direction, tried.with.name, tried.reason], [null, 'out', null, 'external.off']);
	/* The one who was called sees nothing of it. */
	assert.ok((await owner.get('/v1/calls/history')).calls.every(({ call }) => call));
	await server.editAccess('aldous', { mode: was.mode });

	/* A person they block is said to their admins, and is unreachable to ours. */
	const barred = structuredClone(world), brightwater = tenantOf(barred, 'brightwater');
	brightwater.external_access.blocked_people = [{ address: INES }];
	brightwater.disclose = 'generic';
	await server.load(barred);
	await lines.ines.ask('call.place', { to: TESS, video: false, sdp: offer(iceMake()) });
	const [blocked] = await rowsOf(nora, 'brightwater', 3);
	assert.deepEqual([blocked.direction, blocked.with.address, blocked.reason], ['in', INES, 'external.blocked_person']);
	const [told] = await rowsOf(owner, 'aldous', had + 2);
	assert.deepEqual([told.direction, told.with.address, told.reason], ['out', TESS, 'unreachable']);
	await server.load(world);
	/* Who stops at his own gate never came to the others. */
	const count = (await report(server.operator, 'eastmoor')).length;
	await server.editAccess('aldous', { mode: 'off' });
	await lines.ines.ask('call.place', { to: HANNA, video: false, sdp: offer(iceMake()) });
	await rowsOf(owner, 'aldous', had + 3);
	assert.equal((await report(server.operator, 'eastmoor')).length, count);
	await server.editAccess('aldous', { mode: was.mode });
});

test('the CSV is the same rows, and no cell runs in a spreadsheet', async () => {
	const { status, headers, text } = await auditor.ask('GET', '/v1/tenants/aldous/calls.csv');
	assert.equal(status, 200);
	assert.match(headers['content-type'], /^text\/csv/);
	assert.equal(headers['content-disposition'], 'attachment; filename="calls.csv"');
	assert.equal(headers['x-content-type-options'], 'nosniff');
	const [columns, ...rows] = parse(text), calls = await report(auditor, 'aldous');
	assert.equal(rows.length, calls.length);
	rows.forEach((row, i) => {
		const cell = Object.fromEntries(columns.map((name, at) => [name, row[at]]));
		assert.deepEqual([cell.placed, cell.person, cell.other, cell.reason, cell.call, cell.direction],
			[calls[i].placed, calls[i].person.address, calls[i].with.address, calls[i].reason, calls[i].call ?? '', calls[i].direction]);
		assert.equal(cell.name, '\'=HYPERLINK("x"), Ines');
	});
	assert.equal(headers.link, undefined);
});

test('pages follow each other by their link, with the times that were asked for', async () => {
	const all = parse((await auditor.ask('GET', '/v1/tenants/aldous/calls.csv')).text).slice(1);
	assert.ok(all.length >= 3);
	const walked = [];
	for (let query = '?limit=2&from=2020-01-01T00:00:00%2B01:00'; query;) {
		const { text, headers } = await auditor.ask('GET', `/v1/tenants/aldous/calls.csv${query}`);
		walked.push(...parse(text).slice(walked.length ? 0 : 1));
		query = headers.link?.match(/^<(\?[^>]*)>; rel="next"$/)[1];
		if (query) assert.match(query, /from=2020-01-01T00:00:00%2B01:00/);
	}
	assert.deepEqual(walked, all);
	const [first] = await report(auditor, 'aldous', '?limit=1'), later = new Date(Date.parse(first.placed) + 1).toISOString();
	assert.equal((await report(auditor, 'aldous', `?from=${later}`)).length, 0);
	assert.equal((await report(auditor, 'aldous', `?to=${later}`)).length, all.length);
	assert.ok((await report(auditor, 'aldous', `?to=${first.placed}`)).length < all.length);
	for (const query of ['?from=yesterday', '?to=1', '?before=x', '?before=1', '?before=1.2.3', '?limit=100', `?from=${later}&to=${later}`]) {
		const { status, body } = await auditor.ask('GET', `/v1/tenants/aldous/calls${query}`);
		assert.deepEqual([status, body.reason], [400, 'request.field'], query);
	}
});

test('an admin ends a call: no packet passes behind the answer, both hear whose admin it was, and it is audited', async () => {
	const call = await talk(lines.tess, lines.ines, INES), media = await flow(call);
	for (const [api, tenant, id] of [[owner, 'aldous', 'made-up'], [auditor, 'aldous', call.id], [owner, 'brightwater', call.id], [server.operator, 'castellan', call.id]])
		assert.ok([403, 404].includes((await api.ask('DELETE', `/v1/tenants/${tenant}/calls/${id}`)).status));
	assert.equal((await owner.ask('DELETE', `/v1/tenants/aldous/calls/${call.id}`)).status, 204);
	const moved = async () => (await server.operator.get('/v1/calls')).calls.find(({ id }) => id === call.id).legs.map((leg) => leg.packets_out);
	const frozen = await moved();
	assert.ok(frozen.every((packets) => packets > 20));
	/* Both go on sending every 5 ms, and ask again: the answers say that what they sent meanwhile has arrived. */
	assert.deepEqual(await Promise.all([media.from.check(), media.to.check()]), [403, 403]);
	assert.deepEqual(await Promise.all([media.from.check(), media.to.check()]), [403, 403]);
	assert.deepEqual(await moved(), frozen);
	media.close();
	for (const line of [lines.tess, lines.ines]) {
		const { ended } = (await line.next('call', state(call.id, 'ended'))).call;
		assert.deepEqual(ended, { reason: 'call.ended_by_admin', by: null, tenant: 'aldous', answer: null });
	}
	assert.equal((await owner.ask('DELETE', `/v1/tenants/aldous/calls/${call.id}`)).body.reason, 'call.gone');
	const row = await until(async () => (await report(nora, 'brightwater')).find((one) => one.call === call.id), 'the row');
	assert.deepEqual([row.reason, row.tenant, row.by], ['call.ended_by_admin', 'aldous', null]);
	const { rows } = await auditor.get('/v1/tenants/aldous/audit');
	const { actor, detail } = rows.find(({ what }) => what === 'call.end');
	assert.deepEqual([actor, detail], [INES, { call: call.id, from: TESS, to: INES }]);
});

test('whose admin it was is not said to others by who does not disclose, and of the operator to nobody', async () => {
	const generic = structuredClone(world);
	tenantOf(generic, 'aldous').disclose = 'generic';
	await server.load(generic);
	for (const [api, theirs] of [[owner, 'aldous'], [server.operator, undefined]]) {
		const call = await talk(lines.tess, lines.ines, INES);
		assert.equal((await api.ask('DELETE', `/v1/tenants/aldous/calls/${call.id}`)).status, 204);
		assert.equal((await lines.tess.next('call', state(call.id, 'ended'))).call.ended.tenant, undefined);
		assert.equal((await lines.ines.next('call', state(call.id, 'ended'))).call.ended.tenant, theirs);
	}
	await server.load(world);
});

test('farhandctl lists and ends calls, and prints the whole report, whatever its pages', async () => {
	const program = join(process.env.FARHAND_BUILD, 'src/ctl/farhandctl');
	const env = { ...process.env, FARHAND_SERVER: `https://localhost:${server.port}`, FARHAND_TOKEN_FILE: join(server.settings.data, 'operator.token'), FARHAND_CA: join(server.settings.data, 'tls.pem') };
	const call = await talk(lines.tess, lines.ines, INES);
	const [line] = (await run(program, ['calls', 'list'], { env })).stdout.split('\n').filter((one) => one.includes('talking'));
	assert.deepEqual([line.split('\t')[0], ...line.split('\t').slice(3)], [call.id, TESS, INES]);
	await run(program, ['calls', 'end', 'brightwater', call.id], { env });
	await lines.ines.next('call', state(call.id, 'ended'));
	for (let i = 0; i < 50; i++) await lines.ines.ask('call.place', { to: HANNA, video: false, sdp: offer(iceMake()) });
	await until(async () => (await owner.get('/v1/tenants/aldous/calls?limit=99')).calls.length > 50, 'the rows');
	const { stdout } = await run(program, ['calls', 'report', 'aldous', '--from', '2020-01-01T00:00:00+01:00'], { env });
	const rows = parse(stdout);
	assert.equal(rows.filter(([placed]) => placed === 'placed').length, 1);
	assert.equal(rows.length - 1, (await (async () => {
		let n = 0;
		for (let before = ''; before !== null;) {
			const page = await owner.get(`/v1/tenants/aldous/calls?limit=7${before}`);
			n += page.calls.length;
			before = page.next && `&before=${page.next}`;
		}
		return n;
	})()));
	const wrong = await run(program, ['calls', 'report', 'aldous', '--to', 'noon'], { env }).then(() => null, (error) => error);
	assert.deepEqual([wrong.code, /request\.field.* at to/.test(wrong.stderr)], [1, true], wrong.stderr);
});
