// A lost password, from the sign-in page to the letter and back in; and the same page of a server that sends no mail.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { demoWorld, Server } from '../harness/server.mjs';
import { Smtp } from '../harness/smtp.mjs';
import { Browser } from './browser.mjs';
import { look } from './look.mjs';

const INES = 'ines@aldous.example', NEW = 'a whole new pass phrase';

let smtp, server, silent, browser;

before(async () => {
	smtp = await Smtp.start();
	server = await Server.start({ world: demoWorld(), settings: smtp.settings() });
	silent = await Server.start({ world: demoWorld() });
	browser = await Browser.start();
});

after(async () => {
	await browser?.stop();
	await silent?.stop();
	await server?.stop();
	await smtp?.stop();
});

test('a link by mail, a new password, and in', async () => {
	const window = await browser.window(server, { device: 'phone' }), { page, origin } = window;
	await page.goto(`${origin}/`);
	await page.getByRole('link', { name: 'Lost your password?' }).click();
	await page.getByLabel('Address').fill(INES);
	await look(window, 'forgotten');
	const before = smtp.said.length;
	await page.getByLabel('Address').press('Enter');
	await page.getByRole('heading', { name: 'Look into your mail' }).waitFor();
	await look({ page }, 'forgotten-sent');
	const { text } = await smtp.mail(INES, before);
	const link = text.match(/https:\/\/help\.example(\/password#[\w-]+)/)[1];
	await page.goto(`${origin}${link}`);
	await page.getByLabel('New password').fill(NEW);
	await page.getByRole('button', { name: 'Set password and sign in' }).click();
	await page.getByRole('navigation').first().waitFor();
	assert.equal((await server.api().ask('POST', '/v1/session', { body: { address: INES, password: NEW } })).status, 200);
});

test('a server that sends no mail says whom to ask', async () => {
	const { page, origin } = await browser.window(silent);
	await page.goto(`${origin}/forgotten`);
	await page.getByText(/owner of your organisation/).waitFor();
	await look({ page }, 'forgotten-no-mail');
});
