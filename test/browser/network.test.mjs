// A call when the network changes under it: signalling falls or hangs, the way of the media changes; the call goes on.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { demoWorld, Server } from '../harness/server.mjs';
import { Browser, growing } from './browser.mjs';
import { Wire } from './wire.mjs';

let server;
let browser;
let wire;
let tess;
let ines;

before(async () => {
	server = await Server.start({ world: demoWorld() });
	for (const address of ['tess@brightwater.example', 'ines@aldous.example']) await server.setPassword(address);
	[browser, wire] = await Promise.all([Browser.start(), Wire.open(server.port)]);
	/* Only her signalling goes over the wire; media goes straight to the relay. */
	tess = await browser.window({ port: wire.port }, { device: 'phone' });
	ines = await browser.window(server);
	for (const window of [tess, ines]) await window.keepConnections();
	await tess.signIn('tess@brightwater.example');
	await ines.signIn('ines@aldous.example');
	await tess.page.goto(`${tess.origin}/call/new?to=ines%40aldous.example&camera=1`);

	const ready = button(tess, /^Call [A-Z]/);

	await ready.or(tess.page.getByText('Ringing…')).first().waitFor();
	if (await ready.count()) await ready.click();
	await button(ines, 'Answer with video').click();
	await growing(ines, 'the expert at the start');
	await growing(tess, 'the technician at the start');
});

after(async () => {
	await browser?.stop();
	wire?.close();
	await server?.stop();
});

const button = (window, name) => window.page.getByRole('button', { name });

/* The user fragment that the browser uses now: a new one is an ICE restart. `null` while an offer waits for its answer. */
const fragment = (window) => window.page.evaluate(() => {
	const pc = window.connections.find((one) => one.connectionState !== 'closed');

	return pc.signalingState === 'stable' ? /a=ice-ufrag:(\S+)/.exec(pc.localDescription.sdp)[1] : null;
});

async function restarted(window, from) {
	await window.page.waitForFunction((was) => {
		const pc = window.connections.find((one) => one.connectionState !== 'closed');

		return pc.signalingState === 'stable' && !pc.localDescription.sdp.includes(`a=ice-ufrag:${was}`);
	}, from);
}

test('another network: the page looks for a new way, and nobody sees a gap', async () => {
	const was = await fragment(tess);

	await tess.page.evaluate(() => dispatchEvent(new Event('online')));
	await restarted(tess, was);
	await growing(ines, 'the expert after the restart');
	await growing(tess, 'the technician after the restart');
});

test('the line falls: media goes on, and the call is taken up again when it is back', async () => {
	tess.expected.push('WebSocket connection', 'ERR_');
	wire.cut();
	await growing(ines, 'the expert without her signalling');
	await growing(tess, 'the technician without signalling');
	/* Both want a new way meanwhile; hers waits for the line. */
	await tess.page.evaluate(() => dispatchEvent(new Event('online')));

	const [was, theirs] = [await fragment(tess), await fragment(ines)];

	await ines.page.evaluate(() => dispatchEvent(new Event('online')));
	wire.mend();
	if (theirs) await restarted(ines, theirs);
	if (was) await restarted(tess, was);
	await growing(ines, 'the expert after the line came back');
	await growing(tess, 'the technician after the line came back');
	assert.equal(await button(tess, 'Leave').count(), 1);
});

test('the line hangs without falling: a new one takes its place, and the call with it', async () => {
	const was = await fragment(tess);

	wire.hang();
	await tess.page.evaluate(() => dispatchEvent(new Event('online')));
	await restarted(tess, was);
	await growing(ines, 'the expert after the line was replaced');
	await growing(tess, 'the technician after the line was replaced');
	/* The new line speaks for the call. */
	await button(tess, 'Leave').click();
	await ines.page.getByRole('heading', { name: 'Call ended' }).waitFor();
});

test('nothing went wrong unseen', () => {
	for (const window of [tess, ines]) assert.deepEqual(window.faults, []);
});
