// A picture that is kept: frozen, drawn on and shown; a sharp photo from the other's camera; in the chat, large, and in the summary.
import assert from 'node:assert/strict';
import { after, before, test as run } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Server, demoWorld, tenantOf } from '../harness/server.mjs';
import { Browser } from './browser.mjs';
import { look } from './look.mjs';

/** One call for all: behind what broke nothing is worth telling. */
let broken = false;
const test = (name, body) => run(name, async () => {
	assert.ok(!broken, 'an earlier part failed');
	broken = true;
	await body();
	broken = false;
});

const TESS = 'tess@brightwater.example', INES = 'ines@aldous.example';
let server, world, browser, tess, ines, thread;
before(async () => {
	world = demoWorld();
	for (const tenant of ['aldous', 'brightwater']) tenantOf(world, tenant).external_access.off_actions = [];
	server = await Server.start({ world });
	for (const address of [TESS, INES]) await server.setPassword(address);
	thread = (await server.person(TESS)).api;
	browser = await Browser.start();
	tess = await browser.window(server, { device: 'phone' });
	ines = await browser.window(server);
	await tess.signIn(TESS);
	await ines.signIn(INES);
	await tess.page.goto(`${tess.origin}/call/new?to=${INES}&camera=1`);
	await tess.page.getByRole('heading', { name: 'Ready for the call?' }).waitFor();
	await button(tess, 'Call Ines Duarte').click();
	await button(ines, 'Answer with video').click();
	await ines.page.locator('svg.marks').waitFor();
	await tess.page.locator('svg.marks').waitFor();
});
after(async () => {
	await browser?.stop();
	await server?.stop();
});

const button = (window, name) => window.page.getByRole('button', { name, exact: true });
const tool = (name) => ines.page.getByRole('toolbar', { name: 'Drawing tools' }).getByRole('button', { name, exact: true });
const drawn = (window) => window.page.locator('svg.marks [data-mark]:not(.draft *)');
const messages = async () => (await thread.get(`/v1/conversations/${(await thread.post('/v1/conversations', { with: INES })).id}/messages`)).messages;
const until = async (check, what) => {
	for (let i = 0; i < 300; i++) {
		const found = await check();
		if (found) return found;
		await new Promise((done) => setTimeout(done, 100));
	}
	return assert.fail(what);
};

async function drag(...points) {
	const box = await ines.page.locator('.frozen svg.marks').boundingBox();
	const at = ([u, v]) => [box.x + u * box.width, box.y + v * box.height];

	await ines.page.mouse.move(...at(points[0]));
	await ines.page.mouse.down();
	for (const point of points.slice(1)) await ines.page.mouse.move(...at(point), { steps: 5 });
	await ines.page.mouse.up();
}

/** The colour of a spot of a picture that was sent, and the picture's size: as a browser that downloads it sees them. */
const spot = (window, id, u, v) => window.page.evaluate(async ([path, at]) => {
	const image = await createImageBitmap(await (await fetch(path)).blob());
	const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height });
	const context = canvas.getContext('2d');

	context.drawImage(image, 0, 0);
	const [r, g, b] = context.getImageData(Math.round(at[0] * image.width), Math.round(at[1] * image.height), 1, 1).data;
	return { colour: [r, g, b], size: [image.width, image.height] };
}, [`/v1/files/${id}`, [u, v]]);

test('the picture freezes, the live one goes on beside it, and nobody sees what is drawn meanwhile', async () => {
	await tool('Freeze').click();
	await ines.page.getByRole('button', { name: /Back to the live picture/ }).waitFor();
	await tess.page.getByText('Ines is drawing on a still.').waitFor();
	assert.equal(await button(ines, 'Show Tess').isDisabled(), true, 'there is nothing to show yet');
	await drag([0.2, 0.2], [0.5, 0.5], [0.8, 0.5]);
	await tool('Step').click();
	await drag([0.3, 0.7]);
	await drawn(ines).nth(1).waitFor({ state: 'attached' });
	const live = ines.page.locator('.pip.live video'), time = await live.evaluate((video) => video.currentTime);
	await until(async () => (await live.evaluate((video) => video.currentTime)) > time + 0.2, 'the live picture moves');
	assert.equal(await drawn(tess).count(), 0);
	await look(ines, 'frozen');
	await button(ines, 'Close chat').click();
	await look(ines, 'frozen-alone');
});

test('inside of it undo and redo mean what was drawn there', async () => {
	await tool('Undo').click();
	await drawn(ines).nth(1).waitFor({ state: 'detached' });
	await tool('Redo').click();
	await drawn(ines).nth(1).waitFor({ state: 'attached' });
	assert.equal(await drawn(tess).count(), 0);
});

test('shown, the marks stand on both live pictures, and the still with them is in the chat', async () => {
	await button(ines, 'Show Tess').click();
	await drawn(tess).nth(1).waitFor({ state: 'attached' });
	await drawn(ines).nth(1).waitFor({ state: 'attached' });
	await ines.page.locator('.frozen').waitFor({ state: 'detached' });
	const sent = await until(async () => (await messages()).find((message) => message.file), 'the still in the chat');
	assert.deepEqual([sent.from, sent.file.type], [INES, 'image/jpeg']);
	assert.match(sent.text, /^Snapshot, \d\d:\d\d, 2 marks$/);
	const { colour: [r, g, b], size } = await spot(tess, sent.file.id, 0.5, 0.5);
	assert.deepEqual(size, [sent.file.width, sent.file.height]);
	assert.ok(b > 180 && g > 150 && r < 120, `the ink of who answered, not ${[r, g, b]}`);
});

test('who has the chat closed sees the picture small, and large with a tap', async () => {
	await tess.page.getByRole('button', { name: /^Ines sent a picture/ }).click();
	const dialog = tess.page.getByRole('dialog', { name: /^Snapshot/ });
	await dialog.getByRole('img').waitFor();
	await until(() => dialog.getByRole('img').evaluate((image) => image.complete && image.naturalWidth > 0), 'the picture');
	await look(tess, 'picture');
	await dialog.getByRole('button', { name: 'Full size' }).click();
	await dialog.getByRole('button', { name: 'Whole picture' }).waitFor();
	await tess.page.keyboard.press('Escape');
	await dialog.waitFor({ state: 'detached' });
});

/* On a slow machine the picture may stand still for a while, and then there is none to freeze. */
const freeze = async () => {
	await tool('Freeze').waitFor();
	await ines.page.locator('body').press('f');
	await button(ines, 'Show Tess').waitFor();
};

test('to go back asks before anything is lost, and by keys too', async () => {
	await freeze();
	await ines.page.locator('body').press('f');
	await ines.page.locator('.frozen').waitFor({ state: 'detached' });
	await freeze();
	await tool('Draw').click();
	await drag([0.1, 0.1], [0.2, 0.3]);
	await ines.page.locator('body').press('Escape');
	const dialog = ines.page.getByRole('dialog', { name: 'Discard what you drew?' });
	await dialog.getByRole('button', { name: 'Keep drawing' }).click();
	await dialog.waitFor({ state: 'detached' });
	await button(ines, 'Discard').click();
	await ines.page.locator('.frozen').waitFor({ state: 'detached' });
	assert.equal(await drawn(tess).count(), 2, 'what was shown before stays');
	await tess.page.getByText('Ines is drawing on a still.').waitFor({ state: 'detached' });
});

test('a snapshot of the other\'s picture is a photo of his camera, sent by him, with what is drawn on it', async () => {
	const before = (await messages()).length;
	await button(ines, 'Snapshot').click();
	await tess.page.getByText('Ines took a photo with your camera.').first().waitFor();
	const photo = await until(async () => (await messages()).slice(before).find((message) => message.file), 'the photo');
	assert.deepEqual([photo.from, photo.file.type], [TESS, 'image/jpeg']);
	assert.match(photo.text, /2 marks$/);
	await ines.page.getByText('Tess\'s photo is in the chat.').first().waitFor();
	const { colour: [r, g, b] } = await spot(ines, photo.file.id, 0.5, 0.5);
	assert.ok(b > 180 && g > 150 && r < 120, `drawn on it, not ${[r, g, b]}`);
});

test('without marks it has all that the camera has', async () => {
	const before = (await messages()).length;
	await tool('Clear mine').click();
	await drawn(tess).first().waitFor({ state: 'detached' });
	await sleep(1100);	/* one a second */
	await button(ines, 'Snapshot').click();
	const photo = await until(async () => (await messages()).slice(before).find((message) => message.file), 'the photo');
	assert.equal(photo.from, TESS);
	assert.match(photo.text, /^Snapshot, \d\d:\d\d$/);
	assert.ok(photo.file.width >= 640, `${photo.file.width}`);
});

test('one\'s own camera: the picture goes to the other', async () => {
	const before = (await messages()).length;
	await button(tess, 'Snapshot').click();
	await tess.page.getByText('The picture goes to the chat.').first().waitFor();
	assert.equal((await until(async () => (await messages()).slice(before).find((message) => message.file), 'the picture')).from, TESS);
});

test('when the line is too poor for a picture the technician is asked what it shall carry', async () => {
	/* As the browser's own report would say it: the way there and back takes two seconds. */
	await tess.page.evaluate(() => {
		const ask = RTCPeerConnection.prototype.getStats;

		RTCPeerConnection.prototype.getStats = async function (...args) {
			const report = new Map(await ask.apply(this, args));

			report.set('slow', { id: 'slow', type: 'remote-inbound-rtp', roundTripTime: 2 });
			return report;
		};
	});
	const before = (await messages()).length, prompt = tess.page.getByRole('alertdialog', { name: 'The picture is too poor to help.' });
	await prompt.waitFor();
	await look(tess, 'poor');
	await prompt.getByRole('button', { name: 'Send a sharp photo' }).click();
	await prompt.waitFor({ state: 'detached' });
	assert.equal((await until(async () => (await messages()).slice(before).find((message) => message.file), 'the photo')).from, TESS);
});

test('where files are off the marks are shown, and it is said why the picture is not sent', async () => {
	const count = (await messages()).length;
	tenantOf(world, 'aldous').external_access.off_actions = ['file'];
	await server.load(world);
	await tool('Freeze').click();
	await button(ines, 'Show Tess').waitFor();
	await tool('Draw').click();
	await drag([0.6, 0.2], [0.7, 0.4]);
	await button(ines, 'Show Tess').click();
	await drawn(tess).first().waitFor({ state: 'attached' });
	await ines.page.getByText(/^Files can't be sent here\./).first().waitFor();
	assert.equal((await messages()).length, count);
});

test('when drawing is withdrawn the still is gone at once', async () => {
	await tool('Freeze').click();
	await button(ines, 'Show Tess').waitFor();
	tenantOf(world, 'aldous').external_access.off_actions = ['file', 'annotate'];
	await server.load(world);
	await ines.page.locator('.frozen').waitFor({ state: 'detached' });
	await tess.page.getByText('Ines is drawing on a still.').waitFor({ state: 'detached' });
});

test('all of them stand in the summary', async () => {
	await button(ines, 'Leave').click();
	await ines.page.getByRole('link', { name: 'Summary' }).first().click();
	const shots = ines.page.getByRole('region', { name: 'Pictures' }).getByRole('img');
	await shots.nth(3).waitFor();
	await look(ines, 'summary-pictures');
});
