// Three people in one call: each sees both others, draws in an own colour, comes and goes; a rule closes just the pair it is about.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../harness/call.mjs';
import { demoWorld, Server, tenantOf } from '../harness/server.mjs';
import { Browser } from './browser.mjs';
import { look } from './look.mjs';

const INES = 'ines@aldous.example', TESS = 'tess@brightwater.example', JONAS = 'jonas@castellan.example';

/* Brightwater lets in whom it lists: with Castellan all three may meet, without it just Tess and Jonas may not. */
function worldWith(...allow) {
	const world = demoWorld();
	tenantOf(world, 'brightwater').external_access.allow = ['aldous.example', ...allow];
	return world;
}

let server, browser, tess, ines, jonas;
before(async () => {
	server = await Server.start({ world: worldWith() });
	for (const address of [INES, TESS, JONAS]) await server.setPassword(address);
	browser = await Browser.start();
	[tess, ines, jonas] = [await browser.window(server, { device: 'phone' }), await browser.window(server), await browser.window(server)];
	await tess.signIn(TESS);
	await ines.signIn(INES);
	await jonas.signIn(JONAS);
});
after(async () => {
	await browser?.stop();
	await server?.stop();
});

const button = (window, name) => window.page.getByRole('button', { name });

/** Decoded frames of somebody's picture, wherever it stands on the page. */
const frames = (window, name) => window.page.evaluate((label) => document.querySelector(`video[aria-label="${label}"]`)?.getVideoPlaybackQuality().totalVideoFrames ?? 0, `${name}'s camera`);

/** The picture is on the page, moves, and goes on moving. */
async function seen(window, name) {
	const first = await until(() => frames(window, name), `${name}'s picture`);
	await until(async () => await frames(window, name) > first + 10, `more of ${name}'s picture`);
}

async function camera(window) {
	await button(window, 'Camera on').click();
	await button(window, 'Camera off').waitFor();
}

async function add(window, query, name) {
	await button(window, 'Add person').click();
	await window.page.getByRole('searchbox', { name: 'Add person' }).fill(query);
	await button(window, `Add ${name} to the call`).click();
}

const closeDialog = (window) => button(window, 'Close the list of people').click();

const pairs = async () => (await server.operator.get('/v1/calls')).calls[0].pairs;

test('two talk; whom one of them may not meet can\'t be added, and who may know hears which two', async () => {
	await tess.page.goto(`${tess.origin}/call/new?to=${INES}&camera=1`);
	await button(tess, /^Call [A-Z]/).click();
	await button(ines, 'Answer audio').click();
	const ready = button(ines, 'Answer');
	await ready.or(button(ines, 'Leave')).first().waitFor();
	if (await ready.count()) await ready.click();
	await seen(ines, 'Tess Walcott');
	ines.expected.push('403');
	await add(ines, JONAS, 'Jonas');
	const alert = ines.page.getByRole('alert');
	await alert.waitFor();
	/* Brightwater's list is not Ines' to know. */
	assert.equal(await alert.textContent(), 'Jonas Berg and somebody in this call can\'t meet.');
	await look(ines, 'group-refused');
	await closeDialog(ines);
});

test('a third is found, rung and joins; all see all', async () => {
	await server.load(worldWith('castellan.example'));
	await add(ines, JONAS, 'Jonas');
	await button(jonas, 'Answer audio').waitFor();
	await ines.page.getByText('Ringing…').first().waitFor();
	await look(ines, 'group-ringing');
	await closeDialog(ines);
	await button(jonas, 'Answer with video').click();
	const ready = button(jonas, 'Answer');
	await ready.or(button(jonas, 'Leave')).first().waitFor();
	if (await ready.count()) await ready.click();
	await seen(jonas, 'Tess Walcott');
	await seen(tess, 'Jonas Berg');
	await seen(ines, 'Jonas Berg');
	await camera(ines);
	await seen(tess, 'Ines Duarte');
	await seen(jonas, 'Ines Duarte');
	assert.deepEqual((await pairs()).map((pair) => pair.open), [true, true, true]);
	for (const window of [ines, tess]) await look(window, window === tess ? 'group-phone' : 'group');
});

const stageBox = (window) => window.page.locator('.stage .marks').boundingBox();

async function arrow(window, from, to) {
	await button(window, 'Arrow').click();
	const box = await stageBox(window);
	const at = ([u, v]) => [box.x + u * box.width, box.y + v * box.height];
	await window.page.mouse.move(...at(from));
	await window.page.mouse.down();
	await window.page.mouse.move(...at([(from[0] + to[0]) / 2, (from[1] + to[1]) / 2]), { steps: 4 });
	await window.page.mouse.move(...at(to), { steps: 4 });
	await window.page.mouse.up();
}

test('each draws in an own colour, and everybody sees it', async () => {
	for (const window of [ines, jonas]) await window.page.locator(`.stage video[aria-label="Tess Walcott's camera"]`).waitFor();
	await arrow(ines, [0.2, 0.2], [0.4, 0.4]);
	await arrow(jonas, [0.8, 0.2], [0.6, 0.4]);
	const inks = (window) => window.page.locator('.stage [data-mark]').evaluateAll((marks) => marks.map((mark) => getComputedStyle(mark.matches('.ink') ? mark : mark.querySelector('.ink') ?? mark).fill));
	for (const window of [ines, jonas, tess]) {
		const two = await until(async () => (await inks(window)).length === 2 && inks(window), 'two marks');
		assert.deepEqual(two, ['rgb(25, 211, 255)', 'rgb(255, 95, 208)']);
	}
});

test('muted is told, and a picture is pinned by a tap on its tile', async () => {
	await button(jonas, 'Mute').click();
	await tess.page.getByRole('button', { name: /Jonas.*Muted/ }).waitFor();
	await button(ines, /Show Jonas's picture big/).click();
	await ines.page.locator(`.stage video[aria-label="Jonas Berg's camera"]`).waitFor();
	await button(ines, /Show Tess's picture big/).click();
	await ines.page.locator(`.stage video[aria-label="Tess Walcott's camera"]`).waitFor();
});

const moved = (pair) => pair.legs.map((leg) => [leg.packets_in, leg.packets_out, leg.bytes_out]);

test('a rule closes the pair it is about: its relay stands still at once, the others go on', async () => {
	const is = (pair) => [TESS, JONAS].every((address) => pair.between.includes(address));
	await server.load(worldWith());
	const [closed, open] = [(await pairs()).find(is), (await pairs()).filter((pair) => !is(pair))];
	assert.equal(closed.open, false);
	await button(tess, /Jonas.*Not between you two/).waitFor();
	await seen(ines, 'Tess Walcott');
	await seen(ines, 'Jonas Berg');
	await sleep(500);
	const later = await pairs();
	assert.deepEqual(moved(later.find(is)), moved(closed));
	for (const pair of later.filter((one) => !is(one))) {
		const before = open.find((one) => one.between.join() === pair.between.join());
		assert.ok(pair.open && pair.legs[0].packets_in > before.legs[0].packets_in);
	}
	assert.equal(await frames(tess, 'Jonas Berg'), 0);
	await look(tess, 'group-barred');
});

test('the host removes; the last two talk on as two', async () => {
	assert.equal(await ines.page.getByRole('button', { name: /^Remove/ }).count(), 0);
	await button(tess, 'Add person').click();
	await button(tess, 'Remove Jonas Berg from the call').click();
	await jonas.page.getByRole('heading', { name: 'Call ended' }).waitFor();
	await closeDialog(tess);
	await ines.page.getByText('Jonas has left the call').waitFor();
	await seen(ines, 'Tess Walcott');
	await until(async () => await ines.page.locator('.tiles').count() === 0, 'the tiles to go');
});

test('a page loaded anew comes back into the group', async () => {
	await server.load(worldWith('castellan.example'));
	await add(ines, JONAS, 'Jonas');
	await closeDialog(ines);
	await button(jonas, 'Answer audio').click();
	await seen(jonas, 'Tess Walcott');
	await jonas.page.reload();
	await seen(jonas, 'Tess Walcott');
	await seen(jonas, 'Ines Duarte');
	await button(jonas, 'Leave').click();
	await until(async () => await ines.page.locator('.tiles').count() === 0, 'the tiles to go');
	await button(ines, 'Leave').click();
	await tess.page.getByRole('heading', { name: 'Call ended' }).waitFor();
});

test('the group is a row in everybody\'s history', async () => {
	for (const address of [INES, TESS, JONAS]) {
		const { api } = await server.person(address);
		const { calls } = await api.get('/v1/calls/history');
		assert.ok(calls.length >= 1, address);
	}
	assert.deepEqual([tess.faults, ines.faults, jonas.faults], [[], [], []]);
});
