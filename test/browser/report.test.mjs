// All calls of an organisation: live ones appear and go, an admin ends one, those that are over and refused tries are listed and saved as a file.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { state, talk, until } from '../harness/call.mjs';
import { iceMake, offer } from '../harness/sdp.mjs';
import { demoWorld, Server } from '../harness/server.mjs';
import { Browser } from './browser.mjs';
import { look } from './look.mjs';

const INES = 'ines@aldous.example', TESS = 'tess@brightwater.example', NORA = 'nora@brightwater.example', HANNA = 'hanna@eastmoor.example', OMAR = 'omar@brightwater.example';

let server, browser, admin, auditor, lines;

before(async () => {
	server = await Server.start({ world: demoWorld(), owners: [NORA] });
	await server.grant(OMAR, 'auditor');
	for (const address of [NORA, OMAR]) await server.setPassword(address);
	lines = { ines: await (await server.person(INES)).line(), tess: await (await server.person(TESS)).line() };
	browser = await Browser.start();
	[admin, auditor] = await Promise.all([browser.window(server), browser.window(server, { device: 'phone' })]);
	await admin.signIn(NORA);
	await auditor.signIn(OMAR);
});

after(async () => {
	await browser?.stop();
	await server?.stop();
});

const live = (window) => window.page.getByRole('region', { name: 'Now' });
const over = (window) => window.page.getByRole('region', { name: 'Over' });

test('a live call appears by itself, and an admin ends it', async () => {
	await admin.page.getByRole('link', { name: 'All calls' }).click();
	await live(admin).getByText('Nobody is in a call.').waitFor();
	const call = await talk(lines.tess, lines.ines, INES);
	await live(admin).getByText(/tess@brightwater.example and ines@aldous.example/).waitFor();
	await look(admin, 'report-live');
	await live(admin).getByRole('button', { name: /^End call of tess/ }).click();
	await admin.page.getByRole('heading', { name: 'End this call?' }).waitFor();
	await look(admin, 'report-end');
	await admin.page.getByRole('button', { name: 'Let it go on' }).click();
	await live(admin).getByRole('button', { name: /^End call of tess/ }).press('Enter');
	await admin.page.getByRole('dialog').getByRole('button', { name: 'End call' }).click();
	const { ended } = (await lines.ines.next('call', state(call.id, 'ended'))).call;
	assert.equal(ended.reason, 'call.ended_by_admin');
	await live(admin).getByText('Nobody is in a call.').waitFor();
});

test('what is over is listed with its reason, refused tries too; days choose, and the file has the same', async () => {
	await lines.tess.ask('call.place', { to: HANNA, video: true, sdp: offer(iceMake()) });
	const nora = (await server.person(NORA)).api;
	await until(async () => (await nora.get('/v1/tenants/brightwater/calls')).calls.length === 2, 'the rows');
	await admin.page.reload();
	const row = (text) => over(admin).locator('li').filter({ hasText: text });
	await row('Tess Walcott called Ines').filter({ hasText: 'An administrator of Brightwater Utilities ended the call.' }).waitFor();
	await row(`Tess Walcott called ${HANNA}`).filter({ hasText: 'Did not ring' }).waitFor();
	await look(admin, 'report');
	const [download] = await Promise.all([admin.page.waitForEvent('download'), over(admin).getByRole('button', { name: 'Download as CSV' }).click()]);
	const text = readFileSync(await download.path(), 'utf8');
	assert.equal(download.suggestedFilename(), 'calls.csv');
	assert.match(text, /^\uFEFF"placed","answered"/);
	assert.equal(text.trimEnd().split('\r\n').length, 3);
	assert.match(text, /"call.ended_by_admin"/);
	await over(admin).getByLabel('To').fill('2020-01-01');
	await over(admin).getByText('No calls in this time.').waitFor();
	await over(admin).getByLabel('From').fill('2020-01-02');
	await over(admin).getByText('The first day is behind the last one.').waitFor();
});

test('an auditor on a phone reads it all, and ends nothing', async () => {
	const call = await talk(lines.tess, lines.ines, INES);
	await auditor.page.getByRole('link', { name: 'Admin' }).click();
	await live(auditor).getByText(/tess@brightwater.example and ines/).waitFor();
	assert.equal(await auditor.page.getByRole('button', { name: /^End/ }).count(), 0);
	await over(auditor).getByText('Tess Walcott called Ines').waitFor();
	await look(auditor, 'report-auditor');
	await lines.tess.request('call.hangup', { call: call.id });
});

test('who is neither sees no such page; an admin on a phone goes between both', async () => {
	const [user, phone] = [await browser.window(server), await browser.window(server, { device: 'phone' })];
	await user.signIn(TESS);
	assert.equal(await user.page.getByRole('link', { name: 'All calls' }).count(), 0);
	await user.page.goto(`${user.origin}/admin/calls`);
	await user.page.getByRole('heading', { level: 1 }).filter({ hasNotText: 'All calls' }).waitFor();
	await phone.signIn(NORA);
	await phone.page.getByRole('link', { name: 'Admin' }).click();
	await phone.page.getByRole('heading', { name: 'External access', level: 1 }).waitFor();
	await phone.page.getByRole('navigation', { name: 'Admin' }).getByRole('link', { name: 'All calls' }).click();
	await phone.page.getByRole('heading', { name: 'All calls', level: 1 }).waitFor();
	assert.deepEqual([user.faults, phone.faults], [[], []]);
});

test('nothing went wrong unseen', () => assert.deepEqual([admin.faults, auditor.faults], [[], []]));
