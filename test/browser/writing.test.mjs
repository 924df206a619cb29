// Chat on screen: receipts, typing, edit, delete, links, drafts, unread on every device, search; and the status one chooses.
import assert from 'node:assert/strict';
import { after, before, test as run } from 'node:test';
import { demoWorld, Server } from '../harness/server.mjs';
import { Browser } from './browser.mjs';
import { look } from './look.mjs';

/** Each part goes on where the one before it stopped. */
let broken = false;
const test = (name, body) => run(name, async () => {
	assert.ok(!broken, 'an earlier part failed');
	broken = true;
	await body();
	broken = false;
});

const TESS = 'tess@brightwater.example', INES = 'ines@aldous.example';
let server;
let browser;
let tess;
let ines;
let phone;
let thread;

before(async () => {
	server = await Server.start({ world: demoWorld() });
	for (const address of [TESS, INES]) await server.setPassword(address);
	browser = await Browser.start();
	tess = await browser.window(server);
	ines = await browser.window(server);
	phone = await browser.window(server, { device: 'phone' });
	thread = (await (await server.person(TESS)).api.post('/v1/conversations', { with: INES })).id;
	await tess.signIn(TESS);
	await ines.signIn(INES);
	await phone.signIn(INES);
	await tess.page.goto(`${tess.origin}/chats/${thread}`);
});

after(async () => {
	await browser?.stop();
	await server?.stop();
});

const composer = (window, name) => window.page.getByRole('textbox', { name: `Message ${name}` });
const said = (window, text) => window.page.getByLabel('Messages').getByText(text);
const unread = (window, label) => window.page.getByLabel(label).filter({ visible: true }).first();
const toInes = () => composer(tess, 'Ines Duarte');
const toTess = () => composer(ines, 'Tess Walcott');

async function write(box, text) {
	await box.fill(text);
	await box.press('Enter');
}

test('unread is counted on both of her devices, and read on one is read on the other', async () => {
	for (const text of ['The pump hums', 'and it leaks']) await write(toInes(), text);
	await tess.page.getByText(/^Delivered \d/).waitFor();
	for (const window of [ines, phone]) await unread(window, '2 unread messages').waitFor();
	await ines.page.goto(`${ines.origin}/chats/${thread}`);
	await said(ines, 'and it leaks').waitFor();
	await tess.page.getByText(/^Read \d/).waitFor();
	await unread(phone, '2 unread messages').waitFor({ state: 'detached' });
});

test('she who types is seen to', async () => {
	await toTess().pressSequentially('I am loo');
	await tess.page.getByText('Tess is typing…').or(tess.page.getByText('Ines is typing…')).first().waitFor();
	assert.equal(await ines.page.getByText('is typing…').count(), 0);
	await toTess().fill('');
	await tess.page.getByText('Ines is typing…').first().waitFor({ state: 'detached' });
});

test('what was begun is there after a reload, on this device only, and goes when it is sent', async () => {
	await toTess().fill('Half a thou');
	await ines.page.reload();
	await toTess().waitFor();
	assert.equal(await toTess().inputValue(), 'Half a thou');
	await phone.page.goto(`${phone.origin}/chats/${thread}`);
	assert.equal(await composer(phone, 'Tess Walcott').inputValue(), '');
	await write(toTess(), 'Half a thought');
	await said(tess, 'Half a thought').waitFor();
	await ines.page.reload();
	await toTess().waitFor();
	assert.equal(await toTess().inputValue(), '');
});

test('an address of a page can be followed, in a window of its own; markup is only text', async () => {
	await write(toInes(), 'See https://brightwater.example/pump. <b>javascript:alert(1)</b> \u202Edrawkcab');
	const link = said(ines, 'https://brightwater.example/pump');
	await link.waitFor();
	assert.deepEqual([await link.getAttribute('href'), await link.getAttribute('target'), await link.getAttribute('rel')],
		['https://brightwater.example/pump', '_blank', 'noopener noreferrer']);
	assert.equal(await ines.page.getByLabel('Messages').getByRole('link').count(), 1);
	await said(ines, /<b>javascript:alert\(1\)<\/b>/).waitFor();
});

test('edited by keyboard: marked, in its place, on every device', async () => {
	await write(toInes(), 'The presure is hihg');
	await said(ines, 'The presure is hihg').waitFor();
	await toInes().press('ArrowUp');
	const box = tess.page.getByRole('textbox', { name: 'Edit your message' });
	await box.waitFor();
	assert.equal(await box.inputValue(), 'The presure is hihg');
	await box.press('Escape');
	/* Else the next words go into the box that is closing. */
	await box.waitFor({ state: 'detached' });
	await toInes().press('ArrowUp');
	await write(box, 'The pressure is high');
	for (const window of [tess, ines, phone]) {
		await said(window, 'The pressure is high').waitFor();
		await window.page.getByLabel('Messages').getByText('Edited').waitFor();
		assert.equal(await said(window, 'The presure is hihg').count(), 0);
	}
	await look(tess, 'edited');
});

test('deleted from its menu, after a question', async () => {
	await write(toInes(), 'My password is 1234');
	await said(phone, 'My password is 1234').waitFor();
	const row = tess.page.locator('.bubble').filter({ hasText: 'My password is 1234' });
	await row.hover();
	await row.getByRole('button', { name: 'More about this message' }).click();
	await look(tess, 'message-menu');
	await tess.page.getByRole('button', { name: 'Delete', exact: true }).click();
	const dialog = tess.page.getByRole('dialog', { name: 'Delete this message?' });
	await look(tess, 'delete');
	await dialog.getByRole('button', { name: 'Delete' }).click();
	for (const window of [tess, ines, phone]) {
		await said(window, 'Deleted').waitFor();
		assert.equal(await said(window, 'My password is 1234').count(), 0);
	}
	assert.equal(await ines.page.getByRole('button', { name: 'More about this message' }).count() > 0, true, 'her own');
	assert.equal(await ines.page.locator('.bubble').filter({ hasText: 'The pressure is high' }).getByRole('button').count(), 0, 'not another\'s');
});

test('search finds an old message, leads to it, and finds nothing that is not there', async () => {
	const api = (await server.person(TESS)).api;
	await api.post(`/v1/conversations/${thread}/messages`, { client_id: 'valve', text: 'The valve number is 7741' });
	for (let i = 0; i < 70; i++) await api.post(`/v1/conversations/${thread}/messages`, { client_id: `f${i}`, text: `Reading ${i}` });
	await ines.page.goto(`${ines.origin}/chats`);
	const field = ines.page.getByRole('searchbox', { name: 'Search messages' });
	await field.fill('valve numb');
	await ines.page.getByRole('link', { name: /The valve number is 7741/ }).waitFor();
	await look(ines, 'found');
	await ines.page.getByRole('link', { name: /The valve number is 7741/ }).click();
	await ines.page.locator('.bubble.sought', { hasText: '7741' }).waitFor();
	assert.equal(await ines.page.locator('.bubble.sought').evaluate((row) => {
		const box = row.closest('.thread').getBoundingClientRect(), at = row.getBoundingClientRect();

		return at.top >= box.top && at.bottom <= box.bottom;
	}), true, 'it is in sight');
	await field.fill('nowhere to be found');
	await ines.page.getByText('No message has these words.').waitFor();
	await field.press('Escape');
	await ines.page.getByRole('link', { name: /Reading 69/ }).waitFor();
});

test('too long is said before it is sent', async () => {
	await toInes().fill('é'.repeat(8193));
	await tess.page.getByText('That is too long for one message.').waitFor();
	assert.equal(await tess.page.getByRole('button', { name: 'Send' }).isDisabled(), true);
	await write(toInes(), 'é'.repeat(8192));
	await said(ines, /^é{8192}$/).waitFor();
});

test('the status that is chosen is seen by the other, in word and shape, and on one\'s other device', async () => {
	await tess.page.getByRole('img', { name: 'Ines Duarte, available' }).first().waitFor();
	await ines.page.getByRole('button', { name: 'You are shown as: Available. Change it' }).click();
	await look(ines, 'status');
	await ines.page.getByRole('button', { name: 'Busy' }).click();
	await tess.page.getByRole('img', { name: 'Ines Duarte, busy' }).first().waitFor();
	await phone.page.getByLabel('Your account').click();
	assert.equal(await phone.page.getByRole('button', { name: 'Busy' }).getAttribute('aria-pressed'), 'true');
	await look(phone, 'account');
	await phone.page.getByRole('button', { name: 'Away' }).click();
	await tess.page.getByRole('img', { name: 'Ines Duarte, away' }).first().waitFor();
	await ines.page.getByRole('button', { name: 'You are shown as: Away. Change it' }).waitFor();
});

test('who keeps reading to herself is not told on', async () => {
	await ines.page.getByRole('button', { name: 'You are shown as: Away. Change it' }).click();
	await ines.page.getByRole('button', { name: 'Let others know what I have read' }).click();
	await phone.page.getByRole('button', { name: 'Let others know what I have read', pressed: false }).waitFor();
	await write(toInes(), 'Did you read this?');
	await said(ines, 'Did you read this?').waitFor();
	await tess.page.getByText(/^Delivered \d/).waitFor();
	await unread(phone, 'unread message').waitFor({ state: 'detached' });
	assert.equal(await tess.page.getByText(/^Read \d/).count(), 0);
});

test('nothing went wrong unseen', () => {
	for (const window of [tess, ines, phone]) assert.deepEqual(window.faults, []);
});
