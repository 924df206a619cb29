// Files on screen: attached, dropped, pasted; seen on the other side; on after a lost connection, cancelled; and why not.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, before, test as run } from 'node:test';
import { Server, demoWorld, tenantOf } from '../harness/server.mjs';
import { Browser } from './browser.mjs';
import { look } from './look.mjs';

/** Each part goes on where the one before it stopped. */
let broken = false;
const test = (name, body) => run(name, async () => {
	assert.ok(!broken, 'an earlier part failed');
	broken = true;
	await body();
	broken = false;
});

const TESS = 'tess@brightwater.example', INES = 'ines@aldous.example';
let server, browser, tess, ines, thread, picture;

before(async () => {
	const world = demoWorld();
	for (const tenant of ['aldous', 'brightwater']) tenantOf(world, tenant).external_access.off_actions = [];
	server = await Server.start({ world });
	for (const address of [TESS, INES]) await server.setPassword(address);
	browser = await Browser.start();
	tess = await browser.window(server, { device: 'phone' });
	ines = await browser.window(server);
	thread = (await (await server.person(TESS)).api.post('/v1/conversations', { with: INES })).id;
	for (const [window, address] of [[tess, TESS], [ines, INES]]) {
		await window.signIn(address);
		await window.page.goto(`${window.origin}/chats/${thread}`);
	}
	/* A real picture. */
	picture = Buffer.from((await tess.page.evaluate(() => {
		const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 200 });
		const context = canvas.getContext('2d');

		context.fillStyle = 'rgb(200, 30, 40)';
		context.fillRect(0, 0, 320, 200);
		return canvas.toDataURL('image/png');
	})).split(',')[1], 'base64');
});

after(async () => {
	await browser?.stop();
	await server?.stop();
});

const card = (window, name) => window.page.getByLabel('Messages').getByRole('link', { name: new RegExp(`^Save\\s+${name}`) });
/** A picture is looked at first. */
const picturesCard = (window, name) => window.page.getByLabel('Messages').getByRole('button', { name: new RegExp(`^Open\\s+${name}`) });
const attach = async (window, ...files) => {
	await window.page.getByRole('button', { name: 'Attach a file' }).waitFor();
	await window.page.locator('input[type=file]').setInputFiles(files);
};

/** The bytes that a click on a card saves. */
async function saved(window, name) {
	const [download] = await Promise.all([window.page.waitForEvent('download'), card(window, name).click()]);
	return readFileSync(await download.path());
}

/** The bytes that are saved from where a picture is looked at; the focus comes back to its card. */
async function savedPicture(window, name) {
	await picturesCard(window, name).click();
	const dialog = window.page.getByRole('dialog', { name });
	const [download] = await Promise.all([window.page.waitForEvent('download'), dialog.getByRole('link', { name: 'Save' }).click()]);
	await dialog.getByRole('button', { name: 'Close' }).click();
	await dialog.waitFor({ state: 'detached' });
	assert.equal(await picturesCard(window, name).evaluate((node) => node === document.activeElement), true);
	return readFileSync(await download.path());
}

test('a picture from the phone is shown on the other side, and saved as it was', async () => {
	await attach(tess, { name: 'valve.png', mimeType: 'image/png', buffer: picture });
	await picturesCard(ines, 'valve.png PNG').waitFor();
	const shown = await picturesCard(ines, 'valve.png').locator('img').evaluate(async (img) => {
		await img.decode();
		return [img.naturalWidth, img.naturalHeight];
	});
	assert.deepEqual(shown, [320, 200]);
	assert.ok((await savedPicture(ines, 'valve.png')).equals(picture));
});

test('a file of several pieces is dropped, a picture is pasted', async () => {
	const log = randomBytes(900000);
	for (const [kind, type, name, bytes] of [['drop', 'application/x-log', 'pump.log', log], ['paste', 'image/png', 'clip.png', picture]])
		await ines.page.getByRole('textbox', { name: 'Message Tess Walcott' }).evaluate((box, [kind, type, name, base64]) => {
			const data = new DataTransfer();
			data.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name, { type }));
			box.dispatchEvent(kind === 'drop' ? new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true })
				: new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
		}, [kind, type, name, bytes.toString('base64')]);
	await card(tess, 'pump.log LOG, 900 kB').waitFor();
	await picturesCard(tess, 'clip.png PNG').waitFor();
	assert.ok((await saved(tess, 'pump.log')).equals(log));
	await ines.page.getByText('You: ').filter({ hasText: /clip.png|pump.log/ }).waitFor();
	await look(ines, 'files');
});

test('an upload goes on by itself when the connection comes back, from where it was', async () => {
	const bytes = randomBytes(1200000), offsets = [];
	let fail = true;
	await tess.page.route('**/v1/uploads/*', async (route) => {
		if (route.request().method() !== 'PATCH') return route.continue();
		const offset = Number(route.request().headers()['upload-offset']);
		if (fail && offset > 0) return route.abort('internetdisconnected');
		offsets.push(offset);
		return route.continue();
	});
	tess.expected.push('ERR_INTERNET_DISCONNECTED');
	await attach(tess, { name: 'long.bin', mimeType: '', buffer: bytes });
	await tess.page.getByText('No connection. It goes on by itself.').waitFor();
	fail = false;
	await card(ines, 'long.bin').waitFor();
	await tess.page.unroute('**/v1/uploads/*');
	assert.equal(offsets.filter((offset) => offset === 0).length, 1, 'nothing went twice');
	assert.ok((await saved(ines, 'long.bin')).equals(bytes));
});

test('an upload is cancelled, and nothing of it comes', async () => {
	await tess.page.route('**/v1/uploads/*', (route) => (route.request().method() === 'PATCH' ? route.abort('internetdisconnected') : route.continue()));
	await attach(tess, { name: 'never.bin', mimeType: '', buffer: randomBytes(600000) });
	await tess.page.getByText('No connection. It goes on by itself.').waitFor();
	const dropped = tess.page.waitForResponse((response) => response.request().method() === 'DELETE' && response.status() === 204);
	await tess.page.getByRole('button', { name: 'Cancel never.bin' }).click();
	await dropped;
	await tess.page.unroute('**/v1/uploads/*');
	assert.equal(await tess.page.getByText('never.bin').count(), 0);
});

test('where the gate is shut for files the button says why, and what was sent can still be read', async () => {
	await server.editAccess('brightwater', { off_actions: ['file'] });
	await tess.page.reload();
	await tess.page.locator('button[aria-label="Attach a file"][aria-disabled="true"]').click({ force: true });
	await tess.page.getByText("Files can't be sent here.").waitFor();
	await look(tess, 'files-closed');
	assert.ok((await savedPicture(tess, 'valve.png')).equals(picture));
});

test('nothing was said on the console', () => {
	assert.deepEqual([...tess.faults, ...ines.faults], []);
});
