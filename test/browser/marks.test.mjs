// All that an expert draws, in real browsers: ink, circle, step, arrow; select, delete, clear, undo and redo; by hand and by keys.
import assert from 'node:assert/strict';
import { after, before, test as run } from 'node:test';
import { demoWorld, Server } from '../harness/server.mjs';
import { Browser } from './browser.mjs';

/** One call for all: behind what broke nothing is worth telling. */
let broken = false;
const test = (name, body) => run(name, async () => {
	assert.ok(!broken, 'an earlier part failed');
	broken = true;
	await body();
	broken = false;
});

let server;
let browser;
let tess;
let ines;

before(async () => {
	server = await Server.start({ world: demoWorld() });
	for (const address of ['tess@brightwater.example', 'ines@aldous.example']) await server.setPassword(address);
	browser = await Browser.start();
	tess = await browser.window(server, { device: 'phone' });
	ines = await browser.window(server);
	await tess.signIn('tess@brightwater.example');
	await ines.signIn('ines@aldous.example');
	await tess.page.goto(`${tess.origin}/call/new?to=ines@aldous.example&camera=1`);
	// The thread has buttons of like names until the next page is there.
	await tess.page.getByRole('heading', { name: 'Ready for the call?' }).waitFor();
	await tess.page.getByRole('button', { name: 'Call Ines' }).click();
	await ines.page.getByRole('button', { name: 'Answer with video' }).click();
	await ines.page.locator('svg.marks').waitFor();
	await tess.page.locator('svg.marks').waitFor();
});

after(async () => {
	await browser?.stop();
	await server?.stop();
});

const tool = (name) => ines.page.getByRole('toolbar', { name: 'Drawing tools' }).getByRole('button', { name, exact: true });
const marksOf = (window, kind = '') => window.page.locator(`svg.marks [data-mark]${kind && `[data-kind="${kind}"]`}:not(.draft *)`);

/** Both screens show so many marks (of a kind). */
async function both(n, kind) {
	for (const window of [ines, tess]) {
		const found = marksOf(window, kind);

		if (n > 0) await found.nth(n - 1).waitFor({ state: 'attached' });
		await found.nth(n).waitFor({ state: 'detached' });
	}
}

async function place(u, v) {
	/* On a slow machine the picture may stand still for a while, and then nobody can draw. */
	await ines.page.locator('svg.marks').waitFor();

	const picture = await ines.page.locator('svg.marks').boundingBox();

	return [picture.x + u * picture.width, picture.y + v * picture.height];
}

async function drag(...points) {
	const [first, ...rest] = points;

	await ines.page.mouse.move(...await place(...first));
	await ines.page.mouse.down();
	for (const point of rest) await ines.page.mouse.move(...await place(...point), { steps: 5 });
	await ines.page.mouse.up();
}

/** Where a mark lies, in fractions of the picture. */
function boxOf(window, kind) {
	return marksOf(window, kind).first().evaluate((mark) => {
		const [inner, outer] = [mark.getBoundingClientRect(), mark.ownerSVGElement.getBoundingClientRect()];

		return { left: (inner.left - outer.left) / outer.width, right: (inner.right - outer.left) / outer.width, top: (inner.top - outer.top) / outer.height, bottom: (inner.bottom - outer.top) / outer.height };
	});
}

async function alike(kind) {
	const [here, there] = [await boxOf(ines, kind), await boxOf(tess, kind)];

	for (const edge of ['left', 'right', 'top', 'bottom'])
		assert.ok(Math.abs(here[edge] - there[edge]) < 0.02, `${kind}, ${edge}: ${here[edge]} on one screen, ${there[edge]} on the other`);
	return here;
}

test('draw: a line follows the hand, on both screens', async () => {
	await tool('Draw').click();
	await drag([0.3, 0.3], [0.5, 0.3], [0.5, 0.6]);
	await both(1, 'ink');
	const box = await alike('ink');
	assert.ok(Math.abs(box.left - 0.3) < 0.02 && Math.abs(box.right - 0.5) < 0.02 && Math.abs(box.bottom - 0.6) < 0.02, JSON.stringify(box));
});

test('circle: it fills the box that was dragged; with Shift it is round', async () => {
	await tool('Circle').click();
	await drag([0.6, 0.3], [0.8, 0.5]);
	await both(1, 'circle');
	const box = await alike('circle');
	assert.ok(Math.abs(box.left - 0.6) < 0.02 && Math.abs(box.bottom - 0.5) < 0.02, JSON.stringify(box));
	await ines.page.keyboard.press('Control+z');
	await both(0, 'circle');
	await ines.page.keyboard.down('Shift');
	await drag([0.6, 0.3], [0.8, 0.35]);
	await ines.page.keyboard.up('Shift');
	await both(1, 'circle');
	const round = await marksOf(ines, 'circle').boundingBox();
	assert.ok(Math.abs(round.width - round.height) < 3, JSON.stringify(round));
});

test('step: pins are numbered, their tips are on the spot, and their text is read on the other side', async () => {
	await tool('Step').click();
	await drag([0.25, 0.7]);
	await drag([0.45, 0.8]);
	await both(2, 'step');
	assert.deepEqual(await marksOf(tess, 'step').locator('text').allTextContents(), ['1', '2']);
	const box = await boxOf(ines, 'step');
	assert.ok(Math.abs(box.bottom - 0.7) < 0.02 && Math.abs((box.left + box.right) / 2 - 0.25) < 0.02, JSON.stringify(box));
	await ines.page.getByLabel('What to do at step 1').fill('Shut this valve');
	await ines.page.keyboard.press('Enter');
	await tess.page.getByText('2 steps').click();
	await tess.page.getByRole('list', { name: 'Steps' }).getByText('Shut this valve').waitFor();
	assert.match(await marksOf(tess, 'step').first().locator('title').textContent(), /Step 1: Shut this valve/);
	await tess.page.getByText('2 steps').click();
});

test('arrow: both ends can be moved until the next mark', async () => {
	await tool('Arrow').click();
	await drag([0.7, 0.9], [0.8, 0.7]);
	await both(1, 'arrow');
	await drag([0.8, 0.7], [0.9, 0.6]);
	await tess.page.waitForFunction(() => {
		const [mark, outer] = [document.querySelector('[data-kind="arrow"]').getBoundingClientRect(), document.querySelector('svg.marks').getBoundingClientRect()];

		return (mark.right - outer.left) / outer.width > 0.88;
	});
	await both(1, 'arrow');
	await ines.page.getByRole('button', { name: /^Tail of the arrow/ }).press('Shift+ArrowLeft');
	await tess.page.waitForFunction(() => {
		const [mark, outer] = [document.querySelector('[data-kind="arrow"]').getBoundingClientRect(), document.querySelector('svg.marks').getBoundingClientRect()];

		return (mark.left - outer.left) / outer.width < 0.67;
	});
	await tool('Draw').click();
	assert.equal(await ines.page.locator('.grip').count(), 0);
});

test('select: a tap takes a mark of one\'s own by its line, Delete takes it away, undo brings it back', async () => {
	await tool('Select').click();
	await drag([0.5, 0.45]);
	await ines.page.getByRole('button', { name: 'Delete', exact: true }).click();
	await both(0, 'ink');
	await tool('Undo').click();
	await both(1, 'ink');
	await ines.page.keyboard.press(']');
	await ines.page.locator('.selection').waitFor();
	await ines.page.keyboard.press('Delete');
	await both(4);
	await tool('Undo').click();
	await both(5);
});

test('clear mine is one step, and redo does it again; the other\'s marks stay', async () => {
	await tess.page.getByRole('toolbar', { name: 'Drawing tools' }).getByRole('button', { name: 'Step' }).click();
	const picture = await tess.page.locator('svg.marks').boundingBox();
	await tess.page.touchscreen.tap(picture.x + picture.width * 0.5, picture.y + picture.height * 0.2);
	await both(3, 'step');
	await tool('Clear mine').click();
	await both(1);
	await ines.page.keyboard.press('Control+z');
	await both(6);
	await ines.page.keyboard.press('Control+Shift+z');
	await both(1);
	await tool('Undo').click();
	await both(6);
	await tool('Redo').click();
	await both(1);
	assert.ok(await tool('Redo').isDisabled());
});

test('circle and step are drawn by keyboard alone', async () => {
	await ines.page.keyboard.press('o');
	await ines.page.locator('svg.marks').focus();
	for (const key of ['Enter', 'Shift+ArrowRight', 'Shift+ArrowDown', 'Enter']) await ines.page.keyboard.press(key);
	await both(1, 'circle');
	await ines.page.keyboard.press('n');
	for (const key of ['Shift+ArrowLeft', 'Enter', 'Shift+ArrowLeft', 'Enter']) await ines.page.keyboard.press(key);
	await both(3, 'step');
	assert.deepEqual((await marksOf(tess, 'step').locator('text').allTextContents()).sort(), ['3', '4', '5']);
	await ines.page.keyboard.press('d');
	for (const key of ['Enter', 'ArrowUp', 'Shift+ArrowUp', 'Enter']) await ines.page.keyboard.press(key);
	await both(1, 'ink');
});

test('a page that is loaded anew has the marks, and its steps to undo', async () => {
	await ines.page.reload();
	await ines.page.locator('svg.marks').waitFor();
	await both(5);
	await tool('Undo').click();
	await both(4);
	await tool('Redo').click();
	await both(5);
});

test('nothing went wrong unseen', () => {
	for (const window of [tess, ines]) assert.deepEqual(window.faults, []);
});
