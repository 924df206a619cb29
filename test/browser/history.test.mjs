// The page of calls that are over: who, by which door, how long, why; missed, refused, ended by a rule; older ones; live.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { place, state, talk, until } from '../harness/call.mjs';
import { iceMake, offer } from '../harness/sdp.mjs';
import { demoWorld, Server } from '../harness/server.mjs';
import { Browser } from './browser.mjs';
import { look } from './look.mjs';

const INES = 'ines@aldous.example', TESS = 'tess@brightwater.example', HANNA = 'hanna@eastmoor.example';

let server;
let browser;
let page;
let lines;
let people;

before(async () => {
	server = await Server.start({ world: demoWorld() });
	people = { ines: await server.person(INES), tess: await server.person(TESS), ravi: await server.person('ravi@aldous.example') };
	lines = { ines: await people.ines.line(), tess: await people.tess.line(), ravi: await people.ravi.line() };
	browser = await Browser.start();
	page = await browser.window(server);
	await page.signIn(INES);
});

after(async () => {
	await browser?.stop();
	await server?.stop();
});

const rows = () => page.page.locator('.calls li');
const row = (text) => rows().filter({ hasText: text });
const ended = (line, id) => line.next('call', state(id, 'ended'));

async function open() {
	await page.page.goto(page.origin);
	await page.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Calls' }).first().click();
	await page.page.getByRole('heading', { name: 'Calls', level: 1 }).waitFor();
}

test('nothing yet is said', async () => {
	await open();
	await page.page.getByText('No calls yet.').waitFor();
	await look(page, 'calls-empty');
});

test('a call that ends while the page is open is on it', async () => {
	const call = await talk(lines.tess, lines.ravi, 'ravi@aldous.example');

	await lines.tess.request('call.hangup', { call: call.id });

	const mine = await talk(lines.tess, lines.ines, INES);

	await lines.tess.request('call.hangup', { call: mine.id });
	await row('Tess Walcott').waitFor();
	assert.equal(await rows().count(), 1, 'only one\'s own');
	await row('Incoming').filter({ hasText: /Brightwater Utilities\s*Another organisation/ }).filter({ hasText: '0:0' }).waitFor();
});

test('missed, declined, ended by a rule, refused: each says why', async () => {
	const missed = await place(lines.tess, INES);

	await lines.tess.request('call.hangup', { call: missed.id });
	await ended(lines.ines, missed.id);

	const inside = await place(lines.ines, 'ravi@aldous.example');

	await lines.ravi.next('call', state(inside.id, 'ringing'));
	await lines.ravi.request('call.decline', { call: inside.id });
	await ended(lines.ines, inside.id);

	const { body: was } = await server.operator.ask('GET', '/v1/tenants/aldous/external-access');
	const cut = await talk(lines.tess, lines.ines, INES);

	await server.editAccess('aldous', { mode: 'off' });
	await ended(lines.ines, cut.id);
	await server.editAccess('aldous', { mode: was.mode });
	await lines.ines.ask('call.place', { to: HANNA, video: true, sdp: offer(iceMake()) });
	await until(async () => (await people.ines.api.get('/v1/calls/history')).calls.length === 5, 'the records');
	await open();
	await row('Missed').filter({ hasText: 'The call was cancelled.' }).waitFor();
	await row('Ravi Menon').filter({ hasText: 'Your organisation' }).filter({ hasText: 'The call was declined.' }).waitFor();
	await row('External access was closed by Aldous Pumps.').waitFor();
	await row(HANNA).filter({ hasText: 'Did not ring' }).waitFor();
	await look(page, 'calls');
});

test('from the list one can write and call; older ones come on demand, by keyboard too', async () => {
	for (let i = 0; i < 52; i++) await lines.ines.ask('call.place', { to: HANNA, video: false, sdp: offer(iceMake()) });
	await until(async () => (await people.ines.api.get('/v1/calls/history?limit=99')).calls.length === 57, 'the records');
	await open();
	await row(HANNA).first().waitFor();
	assert.equal(await rows().count(), 50);

	const older = page.page.getByRole('button', { name: 'Show older calls' });

	await older.focus();
	await page.page.keyboard.press('Enter');
	await older.waitFor({ state: 'detached' });
	assert.equal(await rows().count(), 57);
	await row('Tess Walcott').first().getByRole('button', { name: 'Message Tess Walcott' }).click();
	await page.page.waitForURL('**/chats/*');
	await page.page.goBack();
	await row('Tess Walcott').first().getByRole('button', { name: 'Video call Tess Walcott' }).click();
	await page.page.waitForURL('**/call/new?**');
});

test('nothing went wrong unseen', () => assert.deepEqual(page.faults, []));
