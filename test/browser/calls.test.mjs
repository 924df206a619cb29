// Calls when not everything is there: no camera, no device at all, two devices, second thoughts, a page loaded anew.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { demoWorld, Server } from '../harness/server.mjs';
import { Browser, growing } from './browser.mjs';

let server;
let browser;
let bare;
let tess;
let ines;
let desk;
let ravi;
let omar;

before(async () => {
	server = await Server.start({ world: demoWorld() });
	for (const address of ['tess@brightwater.example', 'omar@brightwater.example', 'ines@aldous.example', 'ravi@aldous.example']) await server.setPassword(address);
	[browser, bare] = await Promise.all([Browser.start(), Browser.start({ devices: false })]);
	tess = await browser.window(server, { device: 'phone' });
	ines = await browser.window(server);
	desk = await browser.window(server);
	ravi = await bare.window(server, { permissions: [] });
	omar = await bare.window(server);
	await tess.signIn('tess@brightwater.example');
	await ines.signIn('ines@aldous.example');
});

after(async () => {
	await Promise.all([browser?.stop(), bare?.stop()]);
	await server?.stop();
});

const button = (window, name) => window.page.getByRole('button', { name });

/** Up to the ringing, through the ready check where the browser wants one. */
async function place(from, to, camera = 1) {
	await from.page.goto(`${from.origin}/call/new?to=${encodeURIComponent(to)}&camera=${camera}`);
	const ready = button(from, /^Call [A-Z]/);

	await ready.or(from.page.getByText('Ringing…')).first().waitFor();
	if (await ready.count()) await ready.click();
	await from.page.getByText('Ringing…').waitFor();
}

async function leave(window, other) {
	await button(window, 'Leave').click();
	await other.page.getByRole('heading', { name: 'Call ended' }).waitFor();
}

test('two devices ring, one answers, the other stops', async () => {
	await desk.signIn('ines@aldous.example');
	await place(tess, 'ines@aldous.example');
	await button(desk, 'Answer audio').waitFor();
	await button(ines, 'Answer audio').click();
	await button(desk, 'Answer audio').waitFor({ state: 'detached' });
	await desk.page.getByText('In a call on another device.').waitFor();
	await growing(ines, 'the one that answered');
});

test("an expert's camera is off until switched on, and then its picture arrives", async () => {
	await tess.page.getByRole('button', { name: 'Arrow' }).waitFor();
	assert.equal(await button(ines, 'Camera on').count(), 1);
	await button(ines, 'Camera on').click();
	await growing(tess, 'the camera switched on later');
});

test('a page loaded anew takes its call up again, with the camera as it was', async () => {
	await ines.page.reload();
	await button(ines, 'Camera off').waitFor();
	await growing(ines, 'the reloaded expert');
	await growing(tess, 'the technician after that');
	await tess.page.reload();
	await button(tess, 'Camera off').waitFor();
	await growing(ines, 'the expert after the technician came back');
	await button(ines, 'Camera off').click();
	await ines.page.reload();
	await button(ines, 'Camera on').waitFor();
	await growing(ines, 'the expert without a camera');
	await leave(ines, tess);
});

test('declined', async () => {
	await place(tess, 'ines@aldous.example');
	await button(desk, 'Decline').click();
	await tess.page.getByText('The call was declined.').waitFor();
	await button(ines, 'Decline').waitFor({ state: 'detached' });
});

test('a page out of sight lets the system tell who is calling, until the call is gone', async () => {
	// A headless browser shows no notifications and hides no window: what the page asks for is looked at instead.
	await desk.page.addInitScript(() => {
		window.told = [];
		window.Notification = class {
			static permission = 'granted';

			constructor(title, { body }) {
				window.told.push(this);
				Object.assign(this, { text: `${title}, ${body}`, open: true });
			}

			close() {
				this.open = false;
			}
		};
		Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' });
	});
	await desk.page.goto(desk.origin);
	await desk.page.getByText('Ravi Menon').waitFor();
	await place(tess, 'ines@aldous.example');
	await desk.page.waitForFunction(() => window.told.length === 1 && window.told[0].open);
	assert.equal(await desk.page.evaluate(() => window.told[0].text), 'Tess Walcott is calling, Brightwater Utilities');
	await button(desk, 'Decline').click();
	await desk.page.waitForFunction(() => !window.told[0].open);
	await tess.page.getByText('The call was declined.').waitFor();
});

test('cancelled', async () => {
	await place(tess, 'ines@aldous.example');
	await button(ines, 'Decline').waitFor();
	await button(tess, 'Cancel').click();
	await button(ines, 'Decline').waitFor({ state: 'detached' });
	await button(desk, 'Decline').waitFor({ state: 'detached' });
});

test('without a permission for the camera one can still answer, and sees the other', async () => {
	await ravi.signIn('ravi@aldous.example');
	await place(tess, 'ravi@aldous.example');
	await button(ravi, 'Answer with video').click();
	// The ready check explains before the browser asks.
	await button(ravi, 'Join without camera').click();
	await button(ravi, /^(Answer)$/).click();
	await growing(ravi, 'somebody without a camera');
	await leave(tess, ravi);
});

test('without any device one can still call, and sees the other', async () => {
	await omar.signIn('omar@brightwater.example');
	await omar.page.goto(`${omar.origin}/call/new?to=ines%40aldous.example&camera=1`);
	// Permission is there, the camera is not: the check says so.
	await omar.page.getByText('No camera was found. You can join without camera.').waitFor();
	await button(omar, 'Join without camera').click();
	await button(ines, 'Answer with video').click();
	await growing(omar, 'somebody without any device');
	await leave(ines, omar);
});

test('nothing went wrong unseen', () => {
	for (const window of [tess, ines, desk, ravi, omar]) assert.deepEqual(window.faults, []);
});
