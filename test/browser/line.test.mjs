// The line falls: the page says so, comes back by itself, and what was written meanwhile goes out once.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { demoWorld, Server } from '../harness/server.mjs';
import { Browser } from './browser.mjs';
import { Wire } from './wire.mjs';

let server;
let browser;
let tess;
let ines;
let thread;

before(async () => {
	server = await Server.start({ world: demoWorld() });
	for (const address of ['tess@brightwater.example', 'ines@aldous.example']) await server.setPassword(address);
	browser = await Browser.start();
	[tess, ines] = await Promise.all([browser.window(server, { device: 'phone' }), browser.window(server)]);
	const { api } = await server.person('tess@brightwater.example');

	thread = (await api.post('/v1/conversations', { with: 'ines@aldous.example' })).id;
	await tess.signIn('tess@brightwater.example');
	await ines.signIn('ines@aldous.example');
	for (const window of [tess, ines]) await window.page.goto(`${window.origin}/chats/${thread}`);
});

after(async () => {
	await browser?.stop();
	await server?.stop();
});

async function write(window, text) {
	await window.page.getByRole('textbox', { name: /^Message / }).fill(text);
	await window.page.keyboard.press('Enter');
}

const banner = (window) => window.page.getByText(/Can't reach the server/);
/* The last piece of the page to come: what is cut off before is told by the console. */
const whole = (window) => window.page.getByRole('button', { name: 'Attach a file' }).waitFor();
const said = (window, text) => window.page.getByLabel('Messages').getByText(text);

test('a server that is started again: the banner, then the messages that were written meanwhile, once each', async () => {
	await write(tess, 'Before.');
	await said(ines, 'Before.').waitFor();
	for (const window of [tess, ines]) await whole(window);
	// The browser prints every try that fails.
	for (const window of [tess, ines]) window.expected.push('WebSocket connection', 'ERR_CONNECTION_REFUSED');
	Object.assign(server.settings, { 'listen.port': server.port, 'relay.port': server.relayPort });
	await server.halt();
	for (const window of [tess, ines]) await banner(window).waitFor();
	await write(tess, 'Written without a server.');
	await tess.page.getByText('Sending…').waitFor();
	await write(ines, 'And this one too.');
	await server.restart();
	for (const window of [tess, ines]) {
		await window.page.getByRole('button', { name: 'Try now' }).click({ timeout: 1000 }).catch(() => {});
		await banner(window).waitFor({ state: 'detached' });
	}
	await said(ines, 'Written without a server.').waitFor();
	await said(tess, 'And this one too.').waitFor();
	await tess.page.getByText('Sending…').waitFor({ state: 'detached' });
	for (const window of [tess, ines])
		for (const text of ['Before.', 'Written without a server.', 'And this one too.']) assert.equal(await said(window, text).count(), 1, text);

	const { messages } = await (await server.person('ines@aldous.example')).api.get(`/v1/conversations/${thread}/messages`);

	assert.equal(messages.length, 3);
});

test('a phone in a tunnel: only its own wire is cut, and what it wrote goes out once', async () => {
	const wire = await Wire.open(server.port);
	const phone = await browser.window({ port: wire.port }, { device: 'phone' });

	try {
		await phone.signIn('tess@brightwater.example');
		await phone.page.goto(`${phone.origin}/chats/${thread}`);
		await said(phone, 'Before.').waitFor();
		await whole(phone);
		phone.expected.push('WebSocket connection', 'ERR_');
		wire.cut();
		await banner(phone).waitFor();
		await write(phone, 'From the tunnel.');
		await phone.page.getByText('Sending…').waitFor();
		await write(ines, 'Are you there?');
		wire.mend();
		await said(ines, 'From the tunnel.').waitFor();
		await said(phone, 'Are you there?').waitFor();
		await banner(phone).waitFor({ state: 'detached' });
		for (const text of ['From the tunnel.', 'Are you there?']) assert.equal(await said(phone, text).count(), 1, text);
		assert.deepEqual(phone.faults, []);
	} finally {
		await phone.page.context().close();
		wire.close();
	}
});

test('nothing went wrong unseen', () => {
	for (const window of [tess, ines]) assert.deepEqual(window.faults, []);
});
