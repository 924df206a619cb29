// An owner asks for a second factor of everybody; whoever is signed in without one sets it up and goes on where he was.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { demoWorld, PASSWORD, Server } from '../harness/server.mjs';
import { totp } from '../harness/totp.mjs';
import { Browser } from './browser.mjs';
import { look } from './look.mjs';

const NORA = 'nora@brightwater.example', TESS = 'tess@brightwater.example';

let server, browser, owner, tess;

before(async () => {
	server = await Server.start({ world: demoWorld(), owners: [NORA] });
	for (const address of [NORA, TESS]) await server.setPassword(address);
	browser = await Browser.start();
	owner = await browser.window(server);
	tess = await browser.window(server, { device: 'phone' });
	await owner.signIn(NORA);
	await tess.signIn(TESS);
});

after(async () => {
	await browser?.stop();
	await server?.stop();
});

/** The steps of setting up, as a person takes them. */
async function enrol(page) {
	await page.locator('form.factor').getByLabel('Current password').fill(PASSWORD);
	await page.getByRole('button', { name: 'Go on' }).click();
	await page.getByRole('img', { name: 'The key as a code to scan' }).waitFor();
	const secret = (await page.getByLabel('Key', { exact: true }).textContent()).replaceAll(' ', '');
	await page.getByLabel('Code', { exact: true }).fill(totp(secret));
	await page.getByRole('button', { name: 'Switch on' }).click();
	await page.getByRole('button', { name: 'I have kept them' }).waitFor();
}

test('whoever asks for it has it; whom it concerns is said before it is saved', async () => {
	const { page } = owner;
	await page.getByRole('link', { name: 'Signing in' }).click();
	const wanted = page.getByRole('region', { name: 'Second factor', exact: true });
	await wanted.getByRole('radio', { name: 'For everybody' }).check();
	await wanted.getByText('As soon as you save, 2 of 2 who can sign in have to set one up').waitFor();
	await look(owner, 'rule');
	await wanted.getByRole('button', { name: 'Save' }).click();
	await wanted.getByText('Switch on your own second factor first').waitFor();
	await page.getByRole('link', { name: 'Settings' }).first().click();
	await page.getByRole('button', { name: 'Switch on', exact: true }).click();
	await enrol(page);
	await look(owner, 'rule-codes');
	await page.getByRole('button', { name: 'I have kept them' }).click();
	await page.getByRole('link', { name: 'Signing in' }).click();
	await wanted.getByRole('radio', { name: 'For everybody' }).check();
	await wanted.getByText('As soon as you save, 1 of 2 who can sign in has to set one up').waitFor();
	await wanted.getByRole('button', { name: 'Save' }).press('Enter');
	await page.getByText('Saved.').waitFor();
});

test('the other is shown what is missing at once, sets it up, and is where he was', async () => {
	const { page } = tess;
	await page.getByRole('heading', { name: 'One more step' }).waitFor();
	await look(tess, 'due');
	await page.reload();
	await page.getByRole('heading', { name: 'One more step' }).waitFor();
	await enrol(page);
	await look(tess, 'due-codes');
	await page.getByRole('button', { name: 'I have kept them' }).click();
	await page.getByRole('heading', { name: 'People', level: 1 }).waitFor();
	await page.goto(new URL('/settings', page.url()).href);
	await page.getByText('Your organisation wants it: it stays on.').waitFor();
	assert.equal(await page.getByRole('button', { name: 'Switch off' }).count(), 0);
});

test('the owner lets somebody set up another, who may also just sign out', async () => {
	const { page } = owner;
	await page.getByLabel('Address').fill('nobody@brightwater.example');
	await page.getByRole('button', { name: 'Switch off the second factor' }).click();
	await page.getByRole('alert').filter({ hasText: /./ }).first().waitFor();
	await page.getByLabel('Address').fill(TESS);
	await page.getByRole('button', { name: 'Switch off the second factor' }).click();
	await page.getByText(`The second factor of ${TESS} is off.`).first().waitFor();
	await tess.page.getByRole('heading', { name: 'One more step' }).waitFor();
	await tess.page.getByRole('button', { name: 'Sign out' }).click();
	await tess.page.getByRole('heading', { name: 'Sign in' }).waitFor();
});
