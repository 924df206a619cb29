// First contact on screen: the request card, accepted; a block and a report; taken back. Every device follows without a reload.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { demoWorld, Server, tenantOf } from '../harness/server.mjs';
import { Browser } from './browser.mjs';
import { look } from './look.mjs';

let server;
let browser;
let tess;
let ines;
let phone;
let thread;

before(async () => {
	const world = demoWorld();

	tenantOf(world, 'aldous').external_access.first_contact = 'ask';
	server = await Server.start({ world });
	for (const address of ['tess@brightwater.example', 'ines@aldous.example']) await server.setPassword(address);
	browser = await Browser.start();
	tess = await browser.window(server);
	ines = await browser.window(server);
	phone = await browser.window(server, { device: 'phone' });
	await tess.signIn('tess@brightwater.example');
	await ines.signIn('ines@aldous.example');
	await phone.signIn('ines@aldous.example');
	thread = (await (await server.person('tess@brightwater.example')).api.post('/v1/conversations', { with: 'ines@aldous.example' })).id;
});

after(async () => {
	await browser?.stop();
	await server?.stop();
});

const card = (window) => window.page.getByRole('region', { name: 'Request from Tess Walcott' });
const composer = (window, name) => window.page.getByRole('textbox', { name: `Message ${name}` });
const pane = (window) => window.page.getByRole('region', { name: 'Chat with Tess Walcott' });

async function write(window, name, text) {
	await composer(window, name).fill(text);
	await window.page.keyboard.press('Enter');
	await window.page.getByLabel('Messages').getByText(text).waitFor();
}

test('the first message is a request: no composer, no calls, no link to follow', async () => {
	await tess.page.goto(`${tess.origin}/chats/${thread}`);
	await write(tess, 'Ines Duarte', 'See https://brightwater.example/pump, it leaks');
	await tess.page.getByText('Ines has not accepted yet.').waitFor();
	assert.equal(await tess.page.getByRole('button', { name: 'Call Ines Duarte' }).count(), 0);

	for (const window of [ines, phone]) {
		await window.page.goto(`${window.origin}/chats`);
		await window.page.getByText('Request from Brightwater Utilities').waitFor();
		await window.page.getByRole('link', { name: /Tess Walcott/ }).click();
		await card(window).getByText('Tess Walcott from Brightwater Utilities wants to chat.').waitFor();
		assert.equal(await composer(window, 'Tess Walcott').count(), 0);
		assert.equal(await pane(window).getByRole('button', { name: /call/i }).count(), 0);
		assert.equal(await window.page.getByLabel('Messages').getByRole('link').count(), 0);
	}
	await look(ines, 'request');
});

test('a tap accepts, here, on the other device, and for her who waits', async () => {
	await card(phone).getByRole('button', { name: 'Accept' }).click();
	for (const window of [ines, phone]) {
		await composer(window, 'Tess Walcott').waitFor();
		await card(window).waitFor({ state: 'detached' });
	}
	await tess.page.getByText('Ines has not accepted yet.').waitFor({ state: 'detached' });
	await tess.page.getByRole('button', { name: 'Video call Ines Duarte' }).waitFor();
	await write(ines, 'Tess Walcott', 'I look at it');
});

test('blocked by keyboard from the menu: her side closes without a reason, and unblocking opens it', async () => {
	await ines.page.getByRole('button', { name: 'More about Tess' }).focus();
	await ines.page.keyboard.press('Enter');
	await look(ines, 'more');
	await ines.page.getByRole('button', { name: 'Block Tess' }).focus();
	await ines.page.keyboard.press('Enter');
	for (const window of [ines, phone]) await window.page.getByText('You have blocked Tess.').waitFor();
	await tess.page.getByText("Ines can't be reached.").waitFor();
	assert.equal(await composer(tess, 'Ines Duarte').count(), 0);
	await look(ines, 'blocked');
	await ines.page.getByRole('button', { name: 'Unblock Tess' }).click();
	await composer(tess, 'Ines Duarte').waitFor();
	await card(ines).waitFor();
});

test('block and report asks first, and can be left with Escape', async () => {
	await card(ines).getByRole('button', { name: 'Block and report' }).click();
	const dialog = ines.page.getByRole('dialog', { name: 'Report Tess' });

	await dialog.waitFor();
	await ines.page.keyboard.press('Escape');
	await dialog.waitFor({ state: 'detached' });
	await card(ines).getByRole('button', { name: 'Block and report' }).click();
	await dialog.getByLabel(/What happened/).fill('Sells things');
	await look(ines, 'report');
	await dialog.getByRole('button', { name: 'Block and report' }).click();
	await ines.page.getByText('Tess is blocked and reported.').waitFor();
	await ines.page.getByText('You have blocked Tess.').waitFor();
	await tess.page.getByText("Ines can't be reached.").waitFor();
});

test('nothing went wrong unseen', () => {
	for (const window of [tess, ines, phone]) assert.deepEqual(window.faults, []);
});
