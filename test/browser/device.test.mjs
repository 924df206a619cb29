// A headset shows a code, a phone that is signed in allows it, and the headset is signed in; and why not.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server, demoWorld } from '../harness/server.mjs';
import { Browser } from './browser.mjs';
import { look } from './look.mjs';

const TESS = 'tess@brightwater.example';
let server, browser, phone, headset;
before(async () => {
	server = await Server.start({ world: demoWorld() });
	await server.setPassword(TESS);
	browser = await Browser.start();
	phone = await browser.window(server, { device: 'phone' });
	headset = await browser.window(server);
	await phone.signIn(TESS);
});
after(async () => {
	await browser?.stop();
	await server?.stop();
});

const button = (window, name) => window.page.getByRole('button', { name, exact: true });
const shown = async () => {
	await headset.page.goto(headset.origin);
	await headset.page.getByRole('link', { name: 'Sign in with another device' }).click();
	const code = headset.page.getByRole('status', { name: 'Code' });
	await code.waitFor();
	return (await code.innerText()).trim();
};

test('typed by hand, and denied: the headset is told', async () => {
	headset.expected.push('403', '404');
	phone.expected.push('404');
	const code = await shown();
	await headset.page.getByRole('img', { name: 'Code to scan, the same as a link' }).waitFor();
	await look(headset, 'device-code');
	await phone.page.goto(`${phone.origin}/settings`);
	await phone.page.getByRole('link', { name: 'Sign in another device' }).click();
	await phone.page.getByLabel('Code that the device shows').fill('BBBB-BBBB');
	await button(phone, 'Next').click();
	await phone.page.getByText('No device shows this code any more.').first().waitFor();
	await phone.page.getByLabel('Code that the device shows').fill(code.toLowerCase().replace('-', ''));
	await button(phone, 'Next').click();
	await phone.page.getByText('Sign in as Tess Walcott on this device?').waitFor();
	await look(phone, 'device-allow');
	await button(phone, 'Deny').click();
	await phone.page.getByText('It was denied.').waitFor();
	await headset.page.getByText('It was not allowed.').waitFor();
	await button(headset, 'Get a new code').waitFor();
});

test('by the picture of the code, and allowed: the headset is signed in, and can be ended', async () => {
	const code = await shown();
	await phone.page.goto(phone.origin);
	await phone.page.goto(`${phone.origin}/device#${code}`);
	await button(phone, 'Allow').click();
	await phone.page.getByText('The device is signing in.').waitFor();
	await headset.page.getByRole('heading', { name: 'People' }).waitFor();
	assert.equal(new URL(headset.page.url()).pathname, '/');
	await phone.page.goto(`${phone.origin}/settings`);
	headset.expected.push('401');
	await phone.page.getByRole('button', { name: /^End / }).first().click();
	await headset.page.getByRole('heading', { name: 'Sign in' }).waitFor();
});
