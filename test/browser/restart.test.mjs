// The server is killed in the middle of a call, and started again: the same call, and the pictures go on.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../harness/call.mjs';
import { demoWorld, Server } from '../harness/server.mjs';
import { Browser, growing } from './browser.mjs';

const INES = 'ines@aldous.example', TESS = 'tess@brightwater.example';

let server, browser, tess, ines;
before(async () => {
	server = await Server.start({ world: demoWorld() });
	for (const address of [INES, TESS]) await server.setPassword(address);
	browser = await Browser.start();
	[tess, ines] = [await browser.window(server, { device: 'phone' }), await browser.window(server)];
	await tess.signIn(TESS);
	await ines.signIn(INES);
});
after(async () => {
	await browser?.stop();
	await server?.stop();
});

const button = (window, name) => window.page.getByRole('button', { name });

test('killed and started again: the same call goes on, without a new connection', async () => {
	for (const window of [tess, ines]) {
		window.expected.push('WebSocket', 'ERR_CONNECTION');
		await window.keepConnections();
		await window.page.reload();
	}
	await tess.page.goto(`${tess.origin}/call/new?to=${INES}&camera=1`);
	const call = button(tess, /^Call [A-Z]/);
	await call.or(tess.page.getByText('Ringing…')).first().waitFor();
	if (await call.count()) await call.click();
	await button(ines, 'Answer audio').click();
	const ready = button(ines, 'Answer');
	await ready.or(button(ines, 'Leave')).first().waitFor();
	if (await ready.count()) await ready.click();
	await growing(ines, 'the expert at the start');
	const [{ id }] = (await server.operator.get('/v1/calls')).calls;
	await sleep(600);	/* kept within a tick, which nobody announces */
	await server.kill9();
	await sleep(1500);
	await server.restart({ same: true });
	await until(async () => (await server.operator.get('/v1/calls')).calls[0]?.legs.every((leg) => leg.connected), 'both legs');
	await growing(ines, 'the expert after the start');
	const [call_again] = (await server.operator.get('/v1/calls')).calls;
	assert.equal(call_again.id, id);
	assert.equal(await ines.page.evaluate(() => window.connections.filter((pc) => pc.connectionState !== 'closed').length), 1);
});

test('signalling is back, too: a camera is switched on, the call is left', async () => {
	await until(async () => (await button(ines, 'Camera on').count()) === 1, 'the bar');
	await button(ines, 'Camera on').click();
	await button(ines, 'Camera off').waitFor();
	await growing(tess, 'the technician sees the expert');
	await button(ines, 'Leave').click();
	await tess.page.getByRole('heading', { name: 'Call ended' }).waitFor();
	assert.deepEqual([tess.faults, ines.faults], [[], []]);
});
