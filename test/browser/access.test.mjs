// External access when two admins change it at once; and the whole way from the sign-in to a saved change by keyboard alone.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { demoWorld, PASSWORD, Server } from '../harness/server.mjs';
import { Browser } from './browser.mjs';

let server;
let browser;
let nora;
let omar;

before(async () => {
	server = await Server.start({ world: demoWorld(), owners: ['nora@brightwater.example', 'omar@brightwater.example'] });
	for (const address of ['nora@brightwater.example', 'omar@brightwater.example']) await server.setPassword(address);
	browser = await Browser.start();
	[nora, omar] = await Promise.all([browser.window(server), browser.window(server)]);
	await omar.signIn('omar@brightwater.example');
});

after(async () => {
	await browser?.stop();
	await server?.stop();
});

const focused = (page) => page.evaluate(() => {
	const at = document.activeElement;

	if (at === document.body) return { name: 'BODY', ring: false, dialog: null };
	const { outlineStyle, outlineWidth } = getComputedStyle(at);
	const label = at.closest('label');

	return {
		name: at.getAttribute('aria-label') ?? (at.innerText || label?.innerText || at.id || at.tagName).trim().split('\n')[0],
		/* A hidden radio shows its focus on its card. */
		ring: [at, label].some((one) => one && (getComputedStyle(one).outlineStyle !== 'none' || getComputedStyle(one).boxShadow !== 'none')) || (outlineStyle !== 'none' && outlineWidth !== '0px'),
		dialog: at.closest('dialog')?.getAttribute('aria-label') ?? null,
	};
});

/** Tab until the focus is where it should be; it is seen at every stop. */
async function tabTo(page, name, key = 'Tab') {
	const stops = [];

	for (let i = 0; i < 60; i++) {
		await page.keyboard.press(key);
		const now = await focused(page);

		stops.push(now.name);
		if (now.name !== 'BODY') assert.ok(now.ring, `the focus on "${now.name}" is not seen`);
		if (name.test(now.name)) return now;
	}
	assert.fail(`no way by keyboard to ${name}: ${stops.join(' | ')}`);
}

test('by keyboard: sign in, find somebody, write to them', async () => {
	const { page } = nora;

	await page.goto(nora.origin);
	await page.getByLabel('Address').waitFor();
	assert.equal((await focused(page)).name, 'Address');
	await page.keyboard.type('nora@brightwater.example');
	await page.keyboard.press('Tab');
	await page.keyboard.type(PASSWORD);
	await page.keyboard.press('Enter');
	await page.getByRole('heading', { name: 'People', level: 1 }).waitFor();
	await page.keyboard.press('/');
	await page.keyboard.type('ines@aldous.example');
	await page.getByText('You can call Ines').waitFor();
	await tabTo(page, /^Message Ines/);
	await page.keyboard.press('Enter');
	await page.getByRole('heading', { name: 'Chat with Ines Duarte' }).waitFor();
	await tabTo(page, /^Message Ines/);
	await page.keyboard.type('Good morning.');
	await page.keyboard.press('Enter');
	await page.getByText(/^Sent \d/).waitFor();
});

test('by keyboard: open External access, choose, review, go back, review, save', async () => {
	const { page } = nora;

	await tabTo(page, /^External access$/, 'Shift+Tab');
	await page.keyboard.press('Enter');
	await page.getByRole('radio', { name: /^Only those listed/ }).waitFor();
	await tabTo(page, /^Only those listed/);
	await page.keyboard.press('ArrowDown');
	await page.getByText(/Aldous Pumps is cut off/).waitFor();
	await tabTo(page, /^Review and save/);
	await page.keyboard.press('Enter');
	await page.getByRole('dialog', { name: 'Review and save' }).waitFor();
	assert.equal((await focused(page)).dialog, 'Review and save', 'the focus moves into the dialog');
	await page.keyboard.press('Escape');
	await page.getByRole('dialog').waitFor({ state: 'detached' });
	assert.match((await focused(page)).name, /^Review and save/, 'the focus goes back');
	await page.keyboard.press('Enter');
	await page.getByRole('dialog', { name: 'Review and save' }).waitFor();
	await tabTo(page, /^Save$/);
	await page.keyboard.press('Enter');
	await page.getByText('Saved. It is in force now.').waitFor();
	await page.getByRole('dialog').waitFor({ state: 'detached' });
	const { mode } = await server.operator.get('/v1/tenants/brightwater/external-access');
	assert.equal(mode, 'off');
});

test('two admins: the second to save is told, keeps the draft, and saves it on top', async () => {
	const { page } = omar;
	const draft = page.getByText('1 change not saved.');

	omar.expected.push('status of 412');
	await page.goto(`${omar.origin}/admin/external`);
	await page.getByText('Only those listed', { exact: true }).click();
	await page.getByRole('button', { name: 'Review and save' }).click();
	// The other's change is made while ours is on its way: no event can warn us before.
	let first = true;

	await page.route('**/external-access', async (route) => {
		if (first && route.request().method() === 'PUT') {
			first = false;
			await server.editAccess('brightwater', { block: ['ferrous.example'] });
		}
		await route.continue();
	});
	const refused = page.waitForResponse((response) => response.request().method() === 'PUT');

	await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
	assert.equal((await refused).status(), 412);
	await page.getByRole('dialog').getByText('Somebody else changed External access since you opened it.').waitFor();
	assert.equal(await draft.count(), 1);
	await page.getByRole('dialog').getByRole('button', { name: 'Load it and keep my changes' }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Save' }).and(page.locator(':enabled')).click();
	await page.getByText('Saved. It is in force now.').waitFor();

	const { mode, block } = await server.operator.get('/v1/tenants/brightwater/external-access');

	assert.deepEqual({ mode, block }, { mode: 'allow', block: ['ferrous.example'] });
});

test("another admin's save shows at once where nothing is being changed", async () => {
	await nora.page.getByRole('radio', { name: /^Only those listed/, checked: true }).waitFor();
});

test('nothing went wrong unseen', () => {
	for (const window of [nora, omar]) assert.deepEqual(window.faults, []);
});
