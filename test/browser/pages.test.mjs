// Every page and dialog, looked at by axe-core in light and dark, wide and narrow; and none says anything on its console.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { demoWorld, Server } from '../harness/server.mjs';
import { Browser, growing } from './browser.mjs';
import { look } from './look.mjs';

let server;
let browser;
let tess;
let ines;
let nora;

before(async () => {
	server = await Server.start({ world: demoWorld(), owners: ['nora@brightwater.example'] });
	for (const address of ['tess@brightwater.example', 'ines@aldous.example', 'nora@brightwater.example']) await server.setPassword(address);
	browser = await Browser.start();
	[tess, ines, nora] = await Promise.all([browser.window(server, { device: 'phone' }), browser.window(server), browser.window(server)]);
});

after(async () => {
	await browser?.stop();
	await server?.stop();
});

test('sign-in', async () => {
	// A headless browser refuses notifications unasked; people's browsers ask, and the page offers it.
	await ines.page.addInitScript(() => Object.defineProperty(Notification, 'permission', { get: () => 'default' }));
	await ines.page.goto(ines.origin);
	await ines.page.getByRole('button', { name: 'Sign in' }).waitFor();
	await look(ines, 'signin');
	await ines.signIn('ines@aldous.example');
	await tess.signIn('tess@brightwater.example');
	await nora.signIn('nora@brightwater.example');
});

test('people, and what the search finds', async () => {
	const search = ines.page.getByPlaceholder('Find a person, or type a full address');

	await ines.page.getByText('Ravi Menon').waitFor();
	await ines.page.getByRole('button', { name: 'Show calls' }).waitFor();
	await look(ines, 'people');
	await search.fill('tess@brightwater.example');
	await ines.page.getByText('You can call Tess').waitFor();
	await look(ines, 'found-allowed');
	await search.fill('hanna@eastmoor.example');
	await ines.page.locator('.verdict.no').waitFor();
	await look(ines, 'found-refused');
	await search.fill('');
});

test('chats, a thread, and one that a rule has closed', async () => {
	const writer = await server.person('ines@aldous.example');
	const { id: open } = await writer.api.post('/v1/conversations', { with: 'tess@brightwater.example' });
	const { id: shut } = await writer.api.post('/v1/conversations', { with: 'jonas@castellan.example' });

	await writer.api.post(`/v1/conversations/${open}/messages`, { client_id: 'a', text: 'Which valve is it?' });
	await writer.api.post(`/v1/conversations/${shut}/messages`, { client_id: 'b', text: 'Does line 4 run again?' });
	await ines.page.goto(`${ines.origin}/chats`);
	await ines.page.getByText('Choose a chat.').waitFor();
	await look(ines, 'chats');
	await ines.page.goto(`${ines.origin}/chats/${open}`);
	await ines.page.getByLabel('Messages').getByText('Which valve is it?').waitFor();
	await look(ines, 'thread');
	await server.editAccess('castellan', { mode: 'off' });
	await ines.page.goto(`${ines.origin}/chats/${shut}`);
	await ines.page.getByText(/You can read what was said/).waitFor();
	await look(ines, 'thread-closed');
});

test('the ready check, an incoming call, the call, its end', async () => {
	await tess.page.goto(`${tess.origin}/call/new?to=ines%40aldous.example&camera=1`);
	// The thread has buttons of like names until the next page is there.
	await tess.page.getByRole('heading', { name: 'Ready for the call?' }).waitFor();
	await tess.page.getByRole('button', { name: 'Call Ines' }).and(tess.page.locator(':enabled')).waitFor();
	await look(tess, 'ready');
	await tess.page.getByRole('button', { name: 'Call Ines' }).click();
	await ines.page.getByRole('button', { name: 'Answer with video' }).waitFor();
	await look(ines, 'incoming');
	await ines.page.getByRole('button', { name: 'Answer with video' }).click();
	await growing(ines, 'the expert');
	await growing(tess, 'the technician');
	await look(ines, 'call-expert');
	await ines.page.getByRole('button', { name: /^(Good|Fair|Poor)$/ }).click();
	await look(ines, 'call-quality');
	await look(tess, 'call-technician');
	await ines.page.keyboard.press('h');
	await ines.page.getByRole('dialog', { name: 'Leave the call?' }).waitFor();
	await look(ines, 'leave');
	await ines.page.getByRole('dialog').getByRole('button', { name: 'Leave' }).click();
	await tess.page.getByText('Ines left the call.').waitFor();
	await look(tess, 'ended');
});

test('a call that is refused says so', async () => {
	ines.expected.push('status of 403');
	await ines.page.goto(`${ines.origin}/call/new?to=jonas%40castellan.example&camera=0`);
	const call = ines.page.getByRole('button', { name: /^Call / }).and(ines.page.locator(':enabled'));
	const refused = ines.page.getByRole('button', { name: 'Call again' });

	await call.or(refused).first().waitFor();
	if (await call.count()) await call.click();
	await refused.waitFor();
	await look(ines, 'refused');
});

test('external access: saved, with a draft, under review, and a domain to add', async () => {
	await nora.page.goto(`${nora.origin}/admin/external`);
	await nora.page.getByRole('switch').first().waitFor();
	await look(nora, 'external');
	await nora.page.getByRole('button', { name: 'Allow a domain' }).click();
	await nora.page.getByRole('dialog').waitFor();
	await look(nora, 'external-add');
	await nora.page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
	await nora.page.getByText('Nobody', { exact: true }).click();
	await nora.page.getByText(/is cut off/).waitFor();
	await look(nora, 'external-draft');
	await nora.page.getByRole('button', { name: 'Review and save' }).click();
	await nora.page.getByRole('dialog').getByRole('button', { name: 'Save' }).waitFor();
	await look(nora, 'external-review');
});

test('an address where nothing is', async () => {
	await ines.page.goto(`${ines.origin}/nothing/here`);
	await ines.page.getByRole('heading', { name: 'There is nothing here' }).waitFor();
	await look(ines, 'missing');
});

test('nothing went wrong unseen', () => {
	for (const window of [tess, ines, nora]) assert.deepEqual(window.faults, []);
});
