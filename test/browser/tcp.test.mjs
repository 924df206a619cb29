// A network that lets no UDP through: both sides see each other over TCP, on the HTTPS port.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { demoWorld, Server } from '../harness/server.mjs';
import { Browser, growing } from './browser.mjs';

let server;
let browser;
let tess;
let ines;

before(async () => {
	server = await Server.start({ world: demoWorld() });
	for (const address of ['tess@brightwater.example', 'ines@aldous.example']) await server.setPassword(address);
	browser = await Browser.start({ udp: false });
	[tess, ines] = await Promise.all([browser.window(server, { device: 'phone' }), browser.window(server)]);
	for (const window of [tess, ines]) await window.keepConnections();
	await tess.signIn('tess@brightwater.example');
	await ines.signIn('ines@aldous.example');
});

after(async () => {
	await browser?.stop();
	await server?.stop();
});

test('a call over TCP: both sides see video, and no UDP path was ever in use', async () => {
	await tess.page.goto(`${tess.origin}/call/new?to=ines%40aldous.example&camera=1`);
	const ready = tess.page.getByRole('button', { name: /^Call [A-Z]/ });

	await ready.or(tess.page.getByText('Ringing…')).first().waitFor();
	if (await ready.count()) await ready.click();
	await ines.page.getByRole('button', { name: 'Answer with video' }).click();
	await growing(ines, 'the expert');
	await growing(tess, 'the technician');
	for (const window of [tess, ines]) {
		const pairs = await window.candidatePairs();

		assert.ok(pairs.some((pair) => pair.selected));
		for (const pair of pairs.filter((one) => one.selected || one.answered)) assert.equal(pair.protocol, 'tcp');
	}
	await tess.page.getByRole('button', { name: 'Leave' }).click();
	await ines.page.getByRole('heading', { name: 'Call ended' }).waitFor();
});

test('nothing went wrong unseen', () => {
	for (const window of [tess, ines]) assert.deepEqual(window.faults, []);
});
