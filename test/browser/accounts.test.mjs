// Links for passwords, a password that must be changed, and the settings, as people meet them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { demoWorld, PASSWORD, Server } from '../harness/server.mjs';
import { totp } from '../harness/totp.mjs';
import { Browser } from './browser.mjs';
import { look } from './look.mjs';

const NORA = 'nora@brightwater.example', TESS = 'tess@brightwater.example', OMAR = 'omar@brightwater.example';
const FRESH = 'seven small brass valves';

let server, browser, nora, omar, link;

before(async () => {
	server = await Server.start({ world: demoWorld(), owners: [NORA] });
	await server.setPassword(NORA);
	browser = await Browser.start({ devices: false });
	[nora, omar] = await Promise.all([browser.window(server, { permissions: ['clipboard-read', 'clipboard-write'] }), browser.window(server, { device: 'phone' })]);
	/* The browser prints each refusal that is asked for here. */
	for (const window of [nora, omar]) window.expected.push('status of 40');
});

after(async () => {
	await browser?.stop();
	await server?.stop();
});

const people = (page) => page.getByRole('heading', { name: 'People', level: 1 });

test('an owner makes a link, and copies it', async () => {
	const { page } = nora;
	await nora.signIn(NORA);
	await page.getByRole('link', { name: 'Settings' }).click();
	await page.getByLabel('Address of the account').fill('tomas@delmar.example');
	await page.getByRole('button', { name: 'Make a link' }).click();
	await page.getByText('There is no such account in your organisation.').waitFor();
	await page.getByLabel('Address of the account').fill(OMAR);
	await page.getByRole('button', { name: 'Make a link' }).click();
	link = await page.getByLabel('Link', { exact: true }).inputValue();
	assert.match(link, new RegExp(`^${nora.origin}/password#[\\w-]{43}$`));
	await page.getByRole('button', { name: 'Copy' }).click();
	await page.getByRole('button', { name: 'Copied' }).waitFor();
	assert.equal(await page.evaluate(() => navigator.clipboard.readText()), link);
	await look(nora, 'settings-link');
});

test('the invited chooses a password and is in; the link is gone from the address and for good', async () => {
	const { page } = omar;
	await page.goto(link);
	await page.getByRole('heading', { name: 'Welcome. Choose your password' }).waitFor();
	assert.equal(page.url(), `${omar.origin}/password`);
	await look(omar, 'password-first');
	await page.getByLabel('New password').fill('short');
	await page.getByRole('button', { name: 'Set password and sign in' }).click();
	await page.getByText('Too short. Use at least 8 characters.').waitFor();
	/* A reload loses nothing. */
	await page.reload();
	await page.getByLabel('New password').fill(FRESH);
	await page.getByLabel('Show password').check();
	assert.equal(await page.getByLabel('New password').getAttribute('type'), 'text');
	await page.getByRole('button', { name: 'Set password and sign in' }).click();
	await people(page).waitFor();
	await page.goto(link);
	await page.getByRole('heading', { name: "This link can't be used any more" }).waitFor();
	await look(omar, 'password-gone');
	await page.getByRole('link', { name: 'Sign in' }).click();
	await people(page).waitFor();
});

test('a password that must be changed asks for another, then lets in', async () => {
	const tess = await browser.window(server, { dark: true }), { page } = tess;
	tess.expected.push('status of 40');
	await server.operator.fetch('PUT', `/v1/accounts/${TESS}/password`, { body: { password: PASSWORD, must_change: true } });
	await page.goto(tess.origin);
	await page.getByLabel('Address').fill(TESS);
	await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
	await page.getByRole('button', { name: 'Sign in' }).click();
	await page.getByText('This password must be changed.').waitFor();
	await look(tess, 'signin-change');
	await page.getByLabel('New password').fill(TESS);
	await page.getByRole('button', { name: 'Sign in' }).click();
	await page.getByText('Your address is no password.').waitFor();
	await page.getByLabel('New password').fill(FRESH);
	await page.getByRole('button', { name: 'Sign in' }).click();
	await people(page).waitFor();
	assert.deepEqual(tess.faults, []);
	await page.context().close();
});

test('settings: where one is signed in, and the end of another device, which is told at once', async () => {
	const { page } = omar, other = await browser.window(server);
	other.expected.push('status of 40');
	await other.page.goto(other.origin);
	await other.page.getByLabel('Address').fill(OMAR);
	await other.page.getByLabel('Password', { exact: true }).fill(FRESH);
	await other.page.getByRole('button', { name: 'Sign in' }).click();
	await people(other.page).waitFor();
	await page.getByLabel('Your account').click();
	await page.getByRole('link', { name: 'Settings' }).click();
	await page.getByText('This device').waitFor();
	assert.equal(await page.locator('.sess li').count(), 2);
	await page.getByText('Chrome on Linux').first().waitFor();
	await look(omar, 'settings');
	await page.getByRole('button', { name: 'End Chrome on Linux' }).click();
	await page.getByText('That device is signed out.').waitFor();
	await other.page.getByText('Your session has ended.').waitFor();
	await page.waitForFunction(() => document.querySelectorAll('.sess li').length === 1);
	assert.equal(await page.getByRole('button', { name: 'End all others' }).count(), 0);
	assert.deepEqual(other.faults, []);
	await other.page.context().close();
});

test('settings: one\'s own password, and the appearance', async () => {
	const { page } = omar, change = page.getByRole('button', { name: 'Change password' });
	await page.getByLabel('Current password').fill('not the password');
	await page.getByLabel('New password').fill('eight small brass valves');
	await change.click();
	await page.getByText('That is not your current password.').waitFor();
	await page.getByLabel('Current password').fill(FRESH);
	await change.click();
	await page.getByText('Your password is changed.').waitFor();
	assert.equal((await server.api().ask('POST', '/v1/session', { body: { address: OMAR, password: 'eight small brass valves' } })).status, 200);
	await page.emulateMedia({ colorScheme: 'light' });
	await page.getByRole('radio', { name: 'Dark' }).check();
	assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
	await page.getByRole('radio', { name: 'As the system' }).check();
	assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'light');
});

test('settings: a code at sign-in, asked for from then on', async () => {
	const { page } = omar, card = page.getByRole('region', { name: 'Code at sign-in' });
	const keyed = async (window) => {
		await window.page.goto(window.origin);
		await window.page.getByLabel('Address').fill(OMAR);
		await window.page.getByLabel('Password', { exact: true }).fill('eight small brass valves');
		await window.page.getByRole('button', { name: 'Sign in' }).click();
	};
	await card.getByRole('button', { name: 'Switch on' }).click();
	await card.getByLabel('Current password').fill('eight small brass valves');
	await card.getByRole('button', { name: 'Go on' }).click();
	const secret = (await card.locator('.secret').textContent()).replaceAll(' ', '');
	await look(omar, 'settings-key');
	await card.getByLabel('Code', { exact: true }).fill('000000');
	await card.getByRole('button', { name: 'Switch on' }).click();
	await card.getByText('That code is not right').waitFor();
	await card.getByLabel('Code', { exact: true }).fill(totp(secret));
	await card.getByRole('button', { name: 'Switch on' }).click();
	await card.getByText('Keep these recovery codes').waitFor();
	const [recovery] = await card.locator('.codes li').allTextContents();
	await look(omar, 'settings-codes');
	await card.getByRole('button', { name: 'I have kept them' }).click();
	await card.getByText('10 recovery codes are left').waitFor();

	const other = await browser.window(server);
	other.expected.push('status of 40');
	await keyed(other);
	await other.page.getByLabel('Code', { exact: true }).fill(recovery);
	await look(other, 'signin-code');
	await other.page.getByRole('button', { name: 'Sign in' }).click();
	await people(other.page).waitFor();
	assert.deepEqual(other.faults, []);
	await other.page.context().close();

	await card.getByRole('button', { name: 'Switch off' }).click();
	await card.getByLabel('Current password').fill('eight small brass valves');
	await card.getByRole('button', { name: 'Switch off' }).click();
	await card.getByText('With an authenticator app').waitFor();
});

test('who is no owner makes no links; nothing went wrong unseen', async () => {
	assert.equal(await omar.page.getByRole('button', { name: 'Make a link' }).count(), 0);
	for (const window of [nora, omar]) assert.deepEqual(window.faults, []);
});
