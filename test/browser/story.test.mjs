// The whole story, in real browsers: find, chat, call, an arrow, and the border closed on both of them.
import assert from 'node:assert/strict';
import { after, before, test as run } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { demoWorld, Server } from '../harness/server.mjs';
import { Browser, growing } from './browser.mjs';

/** The story is a chain: behind a link that broke nothing is worth telling. */
let broken = false;
const test = (name, body) => run(name, async () => {
	assert.ok(!broken, 'an earlier part of the story failed');
	broken = true;
	await body();
	broken = false;
});

let server;
let browser;
let tess;
let ines;
let nora;

before(async () => {
	server = await Server.start({ world: demoWorld(), owners: ['nora@brightwater.example'] });
	for (const address of ['tess@brightwater.example', 'ines@aldous.example', 'nora@brightwater.example']) await server.setPassword(address);
	browser = await Browser.start();
	tess = await browser.window(server, { device: 'phone' });
	ines = await browser.window(server);
	nora = await browser.window(server, { dark: true });
});

after(async () => {
	await browser?.stop();
	await server?.stop();
});

/** Where a mark stands in its picture: head of its path as fractions of the picture, by the layout of the page. */
function placeOf(window) {
	return window.page.evaluate(() => {
		const path = document.querySelector('svg.marks path[data-mark]').getBoundingClientRect();
		const video = document.querySelector('.stage video');
		const outer = video.getBoundingClientRect();
		const scale = Math.min(outer.width / video.videoWidth, outer.height / video.videoHeight);
		const [width, height] = [video.videoWidth * scale, video.videoHeight * scale];
		const [left, top] = [outer.left + (outer.width - width) / 2, outer.top + (outer.height - height) / 2];

		return { left: (path.left - left) / width, right: (path.right - left) / width, top: (path.top - top) / height, bottom: (path.bottom - top) / height };
	});
}

/** A message in the open thread. */
function said(window, text) {
	return window.page.getByLabel('Messages').getByText(text);
}

async function legs() {
	const { calls } = await server.operator.get('/v1/calls');

	return calls[0].legs.map(({ packets_in, packets_out, bytes_in, bytes_out, dropped }) => ({ packets_in, packets_out, bytes_in, bytes_out, dropped }));
}

test('sign in: a wrong password does not say what was wrong, a right one shows the people', async () => {
	tess.expected.push('status of 401');
	await tess.page.goto(tess.origin);
	await tess.page.getByLabel('Address').fill('tess@brightwater.example');
	await tess.page.getByLabel('Password').fill('not this one');
	await tess.page.getByRole('button', { name: 'Sign in' }).click();
	await tess.page.getByText("That address and password don't match.").waitFor();
	await tess.signIn('tess@brightwater.example');
	await ines.signIn('ines@aldous.example');
	await nora.signIn('nora@brightwater.example');
});

test('find: the answer stands there before anybody calls', async () => {
	const search = tess.page.getByPlaceholder('Find a person, or type a full address');

	await search.fill('hanna@eastmoor.example');
	await tess.page.getByText("Brightwater Utilities does not list Eastmoor Rail.").or(tess.page.getByText(/does not list/)).first().waitFor();
	await search.fill('ines@aldous.example');
	await tess.page.getByText('You can call Ines').waitFor();
});

test('chat: a message is stored, shown on the other side, and answered', async () => {
	await tess.page.getByRole('button', { name: /message/i }).or(tess.page.getByRole('link', { name: /message/i })).first().click();
	await tess.page.getByRole('textbox', { name: 'Message Ines Duarte' }).fill('The pressure climbs to 8 bar.');
	await tess.page.keyboard.press('Enter');
	await tess.page.getByText(/^Sent \d/).waitFor();
	await ines.page.goto(`${ines.origin}/chats`);
	await ines.page.getByText('The pressure climbs to 8 bar.').first().click();
	await ines.page.getByRole('textbox', { name: 'Message Tess Walcott' }).fill('Show me.');
	await ines.page.keyboard.press('Enter');
	await said(tess, 'Show me.').waitFor();
});

test('call: it rings, is answered, and pictures move both ways', async () => {
	await tess.page.getByRole('button', { name: /video/i }).or(tess.page.getByRole('link', { name: /video/i })).first().click();
	// The browser has allowed camera and microphone already: the page does not ask again.
	// The thread has buttons of like names until the next page is there.
	await tess.page.getByRole('heading', { name: 'Ready for the call?' }).waitFor();
	await tess.page.getByRole('button', { name: 'Call Ines' }).click();
	await ines.page.getByRole('button', { name: 'Answer with video' }).click();
	await ines.page.getByRole('button', { name: 'Arrow' }).waitFor();
	await growing(ines, 'the expert');
	await growing(tess, 'the technician');
});

test('marks: an arrow stands at its place on the other screen, in its colour, and undo takes it away', async () => {
	const picture = await ines.page.locator('svg.marks').boundingBox();
	const at = (u, v) => [picture.x + u * picture.width, picture.y + v * picture.height];

	await ines.page.getByRole('button', { name: 'Arrow' }).click();
	await ines.page.mouse.move(...at(0.3, 0.3));
	await ines.page.mouse.down();
	await ines.page.mouse.move(...at(0.6, 0.5), { steps: 6 });
	await ines.page.mouse.up();
	await tess.page.locator('svg.marks path[data-mark]').waitFor();

	const [there, here] = [await placeOf(tess), await placeOf(ines)];
	for (const edge of ['left', 'right', 'top', 'bottom'])
		assert.ok(Math.abs(there[edge] - here[edge]) < 0.02, `${edge}: ${there[edge]} on one screen, ${here[edge]} on the other`);
	assert.ok(Math.abs(here.right - 0.6) < 0.03 && Math.abs(here.bottom - 0.5) < 0.06, JSON.stringify(here));
	const colour = (window) => window.page.locator('svg.marks path[data-mark]').evaluate((path) => getComputedStyle(path).fill);
	assert.equal(await colour(tess), await colour(ines));

	await tess.page.setViewportSize({ width: 844, height: 390 });
	await sleep(500);
	const turned = await placeOf(tess);
	for (const edge of ['left', 'right', 'top', 'bottom']) assert.ok(Math.abs(turned[edge] - here[edge]) < 0.03, `turned, ${edge}: ${turned[edge]}`);
	await tess.page.setViewportSize({ width: 390, height: 844 });

	await ines.page.getByRole('button', { name: 'Undo' }).click();
	await tess.page.locator('svg.marks path[data-mark]').waitFor({ state: 'detached' });
});

test('marks: the pointer carries its name, and goes', async () => {
	const picture = await ines.page.locator('svg.marks').boundingBox();

	await ines.page.getByRole('button', { name: 'Point' }).click();
	for (let i = 0; i < 8; i++) {
		await ines.page.mouse.move(picture.x + picture.width * (0.3 + i / 40), picture.y + picture.height * 0.4);
		await sleep(60);
	}
	await tess.page.locator('svg.marks .laser', { hasText: 'Ines' }).waitFor();
	await tess.page.locator('svg.marks .laser').waitFor({ state: 'detached' });
});

test('marks: drawing works by keyboard alone', async () => {
	await ines.page.keyboard.press('a');
	await ines.page.locator('svg.marks').focus();
	for (const key of ['ArrowRight', 'Enter', 'Shift+ArrowRight', 'Shift+ArrowDown', 'Enter']) await ines.page.keyboard.press(key);
	await tess.page.locator('svg.marks path[data-mark]').waitFor();
	await ines.page.keyboard.press('Control+z');
	await tess.page.locator('svg.marks path[data-mark]').waitFor({ state: 'detached' });
});

test('the border closes: no packet passes after the answer, and both screens say why', async () => {
	await nora.page.goto(`${nora.origin}/admin/external`);
	await nora.page.getByText('Nobody', { exact: true }).click();
	await nora.page.getByText(/1 call ends/).first().waitFor();
	await nora.page.getByRole('button', { name: /Review and save/ }).click();
	const saved = nora.page.waitForResponse((response) => response.request().method() === 'PUT' && response.url().endsWith('/external-access'));

	await nora.page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
	assert.equal((await saved).status(), 200);
	const first = await legs();
	assert.ok(first[0].packets_in > 100 && first[1].packets_in > 100, JSON.stringify(first));
	await sleep(1500);
	assert.deepEqual(await legs(), first);
	for (const window of [tess, ines])
		await window.page.getByText('External access was closed by Brightwater Utilities.').waitFor();
});

test('the chat is read-only with its reason, and opens again without a reload', async () => {
	await ines.page.getByRole('button', { name: 'Back to chat' }).click();
	await ines.page.getByText(/switched external access off/).waitFor();
	assert.equal(await ines.page.getByRole('textbox', { name: 'Message Tess Walcott' }).count(), 0);
	await nora.page.getByText('Only those listed', { exact: true }).click();
	await nora.page.getByRole('button', { name: /Review and save/ }).click();
	await nora.page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
	await ines.page.getByRole('textbox', { name: 'Message Tess Walcott' }).fill('Open again.');
	await ines.page.keyboard.press('Enter');
	await tess.page.getByRole('button', { name: 'Back to chat' }).click();
	await said(tess, 'Open again.').waitFor();
});

test('nothing went wrong unseen', () => {
	for (const window of [tess, ines, nora]) assert.deepEqual(window.faults, []);
});
