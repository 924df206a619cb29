// What an organisation keeps: how long, with the number that would go said before it is saved; for owners alone.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { until } from '../harness/call.mjs';
import { demoWorld, Server } from '../harness/server.mjs';
import { Browser } from './browser.mjs';
import { look } from './look.mjs';

const INES = 'ines@aldous.example', TESS = 'tess@brightwater.example', NORA = 'nora@brightwater.example', OMAR = 'omar@brightwater.example';
const skip = spawnSync('sqlite3', ['--version']).error ? 'sqlite3 is not there' : false;

let server, browser, owner, tess, id;

before(async () => {
	server = await Server.start({ world: demoWorld(), owners: [NORA] });
	await server.grant(OMAR, 'access_admin');
	for (const address of [NORA, OMAR, TESS]) await server.setPassword(address);
	tess = await server.person(TESS);
	id = (await tess.api.post('/v1/conversations', { with: INES })).id;
	for (const text of ['one', 'two']) await tess.api.post(`/v1/conversations/${id}/messages`, { client_id: text, text });
	if (!skip) {
		await server.halt();
		spawnSync('sqlite3', [join(server.settings.data, 'farhand.db'), `UPDATE message SET at = at - ${100 * 86400000}`]);
		await server.restart();
		tess = await server.person(TESS);
	}
	browser = await Browser.start();
	owner = await browser.window(server);
	await owner.signIn(NORA);
});

after(async () => {
	await browser?.stop();
	await server?.stop();
});

test('the owner chooses, reads what would go, saves; and it goes from our side', { skip }, async () => {
	const { page } = owner;
	await page.getByRole('link', { name: 'Data', exact: true }).click();
	const keep = page.getByRole('region', { name: 'How long we keep it' });
	await keep.getByLabel('Messages').selectOption('180');
	await keep.getByText('Nothing is that old: nothing goes now.').waitFor();
	await keep.getByLabel('Messages').selectOption('90');
	await keep.getByText('As soon as you save, 2 messages and 0 calls of your people go.').waitFor();
	await look(owner, 'data-keep');
	await keep.getByRole('button', { name: 'Discard' }).click();
	assert.equal(await keep.getByLabel('Messages').inputValue(), '');
	await keep.getByLabel('Messages').selectOption('90');
	await keep.getByText('As soon as you save').waitFor();
	await keep.getByRole('button', { name: 'Save' }).press('Enter');
	await page.getByText('Saved.').waitFor();
	assert.deepEqual(await server.operator.get('/v1/tenants/brightwater/retention'), { messages_days: 90, calls_days: null });
	await until(async () => (await tess.api.get(`/v1/conversations/${id}/messages`)).messages.length === 0, 'the sweep');
	const ines = await server.person(INES);
	assert.equal((await ines.api.get(`/v1/conversations/${id}/messages`)).messages.length, 2);
});

test('what somebody else saved meanwhile is not written over', async () => {
	const keep = owner.page.getByRole('region', { name: 'How long we keep it' });
	await owner.page.reload();
	await keep.getByLabel('Messages').waitFor();
	await server.operator.fetch('PUT', '/v1/tenants/brightwater/retention', { body: { messages_days: null, calls_days: 45 }, headers: { 'if-match': '*' } });
	await keep.getByLabel('Messages').selectOption('365');
	await keep.getByText('Nothing is that old').waitFor();
	await keep.getByRole('button', { name: 'Save' }).click();
	await keep.getByText('Somebody else changed this meanwhile.').waitFor();
	await keep.getByRole('button', { name: 'Look again' }).click();
	await owner.page.waitForFunction(() => [...document.querySelectorAll('.data select')].map((one) => one.value).join() === ',45');
});

test('one person: the file, and after what it means was read, the erasure', async () => {
	const { page } = owner, card = page.getByRole('region', { name: 'One person’s data' });
	await card.getByLabel('Address').fill('nobody@brightwater.example');
	await card.getByRole('button', { name: 'Download their data' }).click();
	await card.getByText('Nobody in your organisation has this address.').waitFor();
	await card.getByLabel('Address').fill(TESS);
	const [download] = await Promise.all([page.waitForEvent('download'), card.getByLabel('Address').press('Enter')]);
	const kept = JSON.parse(readFileSync(await download.path(), 'utf8'));
	assert.deepEqual([download.suggestedFilename(), kept.account.address], ['person.json', TESS]);
	await card.getByRole('button', { name: 'Erase…' }).click();
	await page.getByRole('heading', { name: 'Erase this person?' }).waitFor();
	await look(owner, 'data-erase');
	await page.getByRole('button', { name: 'Cancel' }).click();
	assert.equal((await tess.api.ask('GET', '/v1/me')).status, 200);
	await card.getByRole('button', { name: 'Erase…' }).press('Enter');
	await page.getByRole('button', { name: 'Erase for good' }).press('Enter');
	await page.getByText(`${TESS} is erased.`).waitFor();
	assert.equal((await tess.api.ask('GET', '/v1/me')).status, 401);
	await look(owner, 'data-person');
	await card.getByLabel('Address').fill(NORA);
	await card.getByRole('button', { name: 'Erase…' }).click();
	await page.getByRole('button', { name: 'Erase for good' }).click();
	await card.getByText('An organisation keeps its last owner.').waitFor();
});

test('the other side still opens the conversation, which says who is gone', async () => {
	await server.setPassword(INES);
	const other = await browser.window(server, { device: 'phone' });
	await other.signIn(INES);
	await other.page.goto(new URL(`/chats/${id}`, other.page.url()).href);
	await other.page.getByText('Erased account').first().waitFor();
	await other.page.getByText('two', { exact: true }).waitFor({ state: 'detached' });
});

test('an access admin has no such page', async () => {
	const admin = await browser.window(server, { device: 'phone' });
	await admin.signIn(OMAR);
	await admin.page.goto(new URL('/admin/data', admin.page.url()).href);
	await admin.page.getByRole('heading', { level: 1 }).waitFor();
	assert.equal(await admin.page.getByRole('region', { name: 'How long we keep it' }).count(), 0);
});
