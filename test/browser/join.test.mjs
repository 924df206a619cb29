// Somebody without an account comes by a link: at a desk the host makes it, on a phone the other one opens it; real media between them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Server, demoWorld, tenantOf } from '../harness/server.mjs';
import { Browser, growing } from './browser.mjs';
import { look } from './look.mjs';

const TESS = 'tess@brightwater.example';

let server, browser, host, url;
before(async () => {
	server = await Server.start({ world: demoWorld() });
	await server.setPassword(TESS);
	browser = await Browser.start();
	host = await browser.window(server);
	await host.signIn(TESS);
});
after(async () => {
	await browser?.stop();
	await server?.stop();
});

const button = (window, name) => window.page.getByRole('button', { name, exact: true });
const heading = (window, name) => window.page.getByRole('heading', { name });
/* Beside the live region, which says it too. */
const atDoor = (name) => host.page.getByRole('complementary', { name: 'At the door' }).getByText(`${name} wants to join`);
const dialog = () => host.page.getByRole('dialog', { name: 'Invite to a call by link' });

async function invite() {
	await host.page.goto(host.origin);
	await button(host, 'Invite to a call by link').click();
	await dialog().getByRole('button', { name: 'Make a link' }).click();
	return dialog().getByLabel('Link', { exact: true }).inputValue();
}

/** A phone with the link, whose holder says his name and asks to be let in. */
async function come(link, name = 'Sam Porter', options = { device: 'phone' }) {
	const window = await browser.window(server, options);
	window.expected.push('404', '403', '409');
	await window.page.goto(link);
	await window.page.getByLabel('Your name').fill(name);
	await button(window, 'Check camera and microphone').click();
	await button(window, 'Ask to join').click();
	return window;
}

test('a link is made, shown as text and as a code, and can be copied', async () => {
	await host.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
	url = await invite();
	assert.match(url, new RegExp(`^${host.origin}/join#[A-Za-z0-9_-]{43}$`));
	await host.page.getByRole('img', { name: 'Code to scan, the same link' }).waitFor();
	await dialog().getByRole('button', { name: 'Copy' }).click();
	await dialog().getByRole('button', { name: 'Copied' }).waitFor();
	assert.equal(await host.page.evaluate(() => navigator.clipboard.readText()), url);
	await dialog().getByText('Open', { exact: true }).waitFor();
	await look(host, 'join-invite');
	await host.page.keyboard.press('Escape');
	await dialog().waitFor({ state: 'detached' });
});

test('through the door into a call with pictures both ways, and out', async () => {
	const sam = await browser.window(server, { device: 'phone' });
	sam.expected.push('401');
	await sam.page.goto(url);
	await heading(sam, 'Join a call with Tess Walcott').waitFor();
	/* Not left in the address bar. */
	assert.equal(new URL(sam.page.url()).hash, '');
	await look(sam, 'join-name');
	await sam.page.getByLabel('Your name').fill('Sam Porter');
	await sam.page.keyboard.press('Enter');
	await button(sam, 'Ask to join').click();
	await heading(sam, 'Waiting for Tess Walcott').waitFor();
	await look(sam, 'join-waiting');

	await atDoor('Sam Porter').waitFor();
	await host.page.getByText('No account. Nobody has verified this name.').waitFor();
	await look(host, 'join-door');
	await button(host, 'Admit Sam Porter').click();
	await button(host, 'Answer with video').waitFor();
	await host.page.getByText('Joined by a link, name not verified').first().waitFor();
	await button(host, 'Answer with video').click();
	if (await button(host, 'Answer').or(button(host, 'Leave')).first().waitFor().then(() => button(host, 'Answer').count())) await button(host, 'Answer').click();
	await Promise.all([growing(host, 'the host'), growing(sam, 'who joined')]);
	/* No chat, no other pages, on his side; his name is not vouched for on hers. */
	assert.equal(await button(sam, 'Chat').count(), 0);
	assert.equal(await sam.page.getByRole('link').count(), 0);
	await host.page.getByText('Joined by a link, name not verified').first().waitFor();
	if (process.env.LOOK_AT) {
		await host.page.screenshot({ path: `${process.env.LOOK_AT}/join-call-host.png` });
		await sam.page.screenshot({ path: `${process.env.LOOK_AT}/join-call-sam.png` });
	}

	await sam.page.reload();
	await growing(host, 'the host after a reload over there');
	await growing(sam, 'who joined, after a reload');
	/* Wherever he goes, he is in this call. */
	await button(host, 'Leave').click();
	await heading(sam, 'The call is over').waitFor();
	await look(sam, 'join-over');
	await heading(host, 'Call ended').waitFor();
	assert.deepEqual([host.faults, sam.faults], [[], []]);
	/* The link is used up. */
	const again = await browser.window(server);
	again.expected.push('404');
	await again.page.goto(url);
	await heading(again, "This link can't be used any more").waitFor();
	await look(again, 'join-gone');
	await Promise.all([sam, again].map(({ page }) => page.context().close()));
});

test('refused at the door', async () => {
	const sam = await come(await invite());
	await heading(sam, 'Waiting for Tess Walcott').waitFor();
	await button(host, 'Refuse Sam Porter').click();
	await heading(sam, 'Tess Walcott did not let you in').waitFor();
	await atDoor('Sam Porter').waitFor({ state: 'detached' });
	assert.deepEqual(sam.faults, []);
	await sam.page.context().close();
});

test('one person a link: the second is told, the first gives up, the second comes in', async () => {
	const link = await invite(), first = await come(link, 'First');
	await heading(first, 'Waiting for Tess Walcott').waitFor();
	const second = await come(link, 'Second', {});
	await second.page.getByText('Somebody else is waiting with this link.').waitFor();
	await button(first, 'Stop waiting').click();
	await heading(first, 'You wait no more').waitFor();
	await atDoor('First').waitFor({ state: 'detached' });
	await button(second, 'Check camera and microphone').click();
	await button(second, 'Ask to join').click();
	await atDoor('Second').waitFor();
	await button(host, 'Refuse Second').click();
	await heading(second, 'Tess Walcott did not let you in').waitFor();
	assert.deepEqual([first.faults, second.faults], [[], []]);
	await Promise.all([first, second].map(({ page }) => page.context().close()));
});

test('revoked while somebody waits; and closing the page is going away', async () => {
	const link = await invite(), sam = await come(link);
	await atDoor('Sam Porter').waitFor();
	await sam.page.context().close();
	await atDoor('Sam Porter').waitFor({ state: 'detached' });
	const kim = await come(link, 'Kim');
	await dialog().getByText('Kim waits at the door').waitFor();
	await dialog().locator('li', { hasText: 'Kim waits' }).getByRole('button', { name: /^Revoke/ }).click();
	await heading(kim, 'You wait no more').waitFor();
	await button(kim, 'Ask again').click();
	await heading(kim, "This link can't be used any more").waitFor();
	await kim.page.context().close();
});

test('revoked in the call: it ends there and then on both sides', async () => {
	const sam = await come(await invite());
	sam.expected.push('401');
	await button(host, 'Admit Sam Porter').click();
	await button(host, 'Answer audio').click();
	await growing(host, 'the host');
	const { links } = await (await host.page.request.get(`${host.origin}/v1/join-links`)).json();
	const joined = links.find(({ state }) => state === 'joined');
	assert.equal((await host.page.request.delete(`${host.origin}/v1/join-links/${joined.id}`, { headers: { origin: host.origin } })).status(), 204);
	await host.page.getByText('The link was taken back.').waitFor();
	await heading(sam, 'The call is over').waitFor();
	assert.deepEqual([host.faults, sam.faults], [[], []]);
	await sam.page.context().close();
});

test('who is signed in is not signed out by a link', async () => {
	const link = await invite();
	await host.page.goto(`${host.origin}/settings`);
	await host.page.goto(link);
	await heading(host, 'You are signed in as Tess Walcott').waitFor();
	await host.page.getByRole('link', { name: 'Go to People' }).click();
	await heading(host, 'People').waitFor();
});

test('where the organisation lets nobody in by a link, it says so', async () => {
	const link = await invite(), world = demoWorld();
	tenantOf(world, 'brightwater').guest_access = { enabled: false };
	await server.load(world);
	await host.page.goto(host.origin);
	await button(host, 'Invite to a call by link').click();
	await dialog().getByText('Brightwater Utilities has switched guest access off.').waitFor();
	assert.equal(await dialog().getByRole('button', { name: 'Make a link' }).count(), 0);
	const sam = await browser.window(server, { device: 'phone' });
	sam.expected.push('403');
	await sam.page.goto(link);
	await heading(sam, "You can't join by this link").waitFor();
	await sam.page.context().close();
});
