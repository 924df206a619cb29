// A second call comes during the first: held and answered, ended and answered, declined; and back to the one on hold. Real media.
import assert from 'node:assert/strict';
import { after, before, test as run } from 'node:test';
import { Server, demoWorld } from '../harness/server.mjs';
import { Browser, growing } from './browser.mjs';
import { look } from './look.mjs';

/** Each part goes on where the one before it stopped. */
let broken = false;
const test = (name, body) => run(name, async () => {
	assert.ok(!broken, 'an earlier part failed');
	broken = true;
	await body();
	broken = false;
});

const TESS = 'tess@brightwater.example', INES = 'ines@aldous.example', OMAR = 'omar@brightwater.example';
let server, browser, tess, ines, omar;
before(async () => {
	server = await Server.start({ world: demoWorld() });
	for (const address of [TESS, INES, OMAR]) await server.setPassword(address);
	browser = await Browser.start();
	tess = await browser.window(server, { device: 'phone' });
	ines = await browser.window(server);
	omar = await browser.window(server, { device: 'phone' });
	for (const [window, address] of [[tess, TESS], [ines, INES], [omar, OMAR]]) await window.signIn(address);
});
after(async () => {
	await browser?.stop();
	await server?.stop();
});

const button = (window, name) => window.page.getByRole('button', { name, exact: true });
const ring = async (window) => {
	await window.page.goto(`${window.origin}/call/new?to=${INES}&camera=1`);
	await window.page.getByRole('button', { name: /^(Call Ines|Cancel)/ }).first().waitFor();
	const go = window.page.getByRole('button', { name: 'Call Ines' });
	if (await go.count()) await go.click();
};
const waiting = (name) => ines.page.getByRole('dialog', { name: new RegExp(`^${name}`) });

test('beside the call that runs another one rings, and can be declined', async () => {
	await ring(tess);
	await button(ines, 'Answer with video').click();
	await ines.page.locator('svg.marks').waitFor();
	await ring(omar);
	await waiting('Omar').waitFor();
	await growing(ines, 'the first call goes on');
	await look(ines, 'call-waiting');
	await waiting('Omar').getByRole('button', { name: 'Decline', exact: true }).click();
	await waiting('Omar').waitFor({ state: 'detached' });
	await growing(ines, 'the first call goes on');
});

test('held and answered: the first one hears that it waits, the second one has media', async () => {
	await ring(omar);
	await waiting('Omar').getByRole('button', { name: 'Hold and answer' }).click();
	await ines.page.getByText('Tess Walcott is on hold').waitFor();
	await growing(omar, 'the second call');
	await growing(ines, 'the second call, here');
	await tess.page.getByText('on hold').first().waitFor();
	await look(ines, 'call-beside');
});

test('back to the first with a tap: now the second waits, and media comes again', async () => {
	await button(ines, 'Switch to Tess Walcott').click();
	await button(ines, 'Switch to Omar Haddad').waitFor();
	await growing(ines, 'the first call again');
	await growing(tess, 'the first call again, there');
	await omar.page.getByText('on hold').first().waitFor();
});

test('at the end of one the other is a tap away', async () => {
	await button(ines, 'Leave').click();
	await ines.page.getByRole('heading', { name: 'Call ended' }).waitFor();
	await button(ines, 'Switch to Omar Haddad').click();
	await growing(ines, 'the second call again');
	await growing(omar, 'the second call again, there');
});

test('ended and answered', async () => {
	await ring(tess);
	await waiting('Tess').getByRole('button', { name: 'End and answer' }).click();
	await growing(ines, 'the third call');
	await growing(tess, 'the third call, there');
	await omar.page.getByRole('heading', { name: 'Call ended' }).waitFor();
	await button(ines, 'Leave').click();
});
