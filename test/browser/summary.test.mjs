// The summary of a call with real media: reached from its end and from the list; quality, what was drawn played again, one's own note; on paper.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { until } from '../harness/call.mjs';
import { demoWorld, Server } from '../harness/server.mjs';
import { Browser, growing } from './browser.mjs';
import { look } from './look.mjs';

const INES = 'ines@aldous.example', TESS = 'tess@brightwater.example';

let server, browser, ines, tess;

before(async () => {
	server = await Server.start({ world: demoWorld() });
	for (const address of [INES, TESS]) await server.setPassword(address);
	browser = await Browser.start();
	[ines, tess] = await Promise.all([browser.window(server), browser.window(server, { device: 'phone' })]);
	await ines.signIn(INES);
	await tess.signIn(TESS);
});

after(async () => {
	await browser?.stop();
	await server?.stop();
});

const marks = (window, of) => window.page.locator(of).count();

test('from the end of a call one comes to its summary', async () => {
	/* The record may come a moment behind what the page says of the call; and the last test asks for none. */
	ines.expected.push('404');
	tess.expected.push('404');
	await tess.page.goto(`${tess.origin}/call/new?to=${INES}&camera=1`);
	await tess.page.getByRole('heading', { name: 'Ready for the call?' }).waitFor();
	await tess.page.getByRole('button', { name: 'Call Ines' }).click();
	await ines.page.getByRole('button', { name: 'Answer with video' }).click();
	await ines.page.locator('svg.marks').waitFor();
	await growing(ines, 'the expert');
	await ines.page.getByRole('button', { name: 'Arrow', exact: true }).click();
	const box = await ines.page.locator('svg.marks').boundingBox();
	for (const y of [0.3, 0.6]) {
		await ines.page.mouse.move(box.x + box.width * 0.3, box.y + box.height * y);
		await ines.page.mouse.down();
		await ines.page.mouse.move(box.x + box.width * 0.6, box.y + box.height * y);
		await ines.page.mouse.up();
	}
	await until(() => tess.page.locator('svg.marks [data-kind=arrow]').count().then((n) => n === 2), 'both arrows');
	/* Quality is the difference of two samples, a second apart. */
	await ines.page.getByText('0:04', { exact: true }).waitFor();
	await ines.page.getByRole('button', { name: 'Leave' }).click();
	const leave = ines.page.getByRole('dialog').getByRole('button', { name: 'Leave' });
	if (await leave.isVisible()) await leave.click();
	await ines.page.getByRole('link', { name: 'Summary' }).click();
	await ines.page.getByRole('heading', { name: 'Call with Tess Walcott' }).waitFor();
	await ines.page.getByText('You left the call.').waitFor();
	await ines.page.getByText('Brightwater Utilities').waitFor();
});

test('what the page measured is a line', async () => {
	const { api } = await server.person(INES), [{ call }] = (await api.get('/v1/calls/history')).calls;
	/* Said behind the end: until it is there. */
	const { quality } = await until(async () => {
		const summary = await api.get(`/v1/calls/${call}`);
		return summary.quality && summary;
	}, 'the quality');
	assert.ok(quality.kbps.some((kbps) => kbps > 0), JSON.stringify(quality));
	await ines.page.reload();
	await ines.page.getByRole('img', { name: /^What arrived here/ }).waitFor();
	await ines.page.getByText(/Mb\/s received\. There and back \d+ ms/).waitFor();
});

test('what was drawn is played again, by hand and by keyboard', async () => {
	const shown = '.replay [data-mark]';
	assert.equal(await marks(ines, shown), 2);
	const step = ines.page.getByRole('slider', { name: 'Step' });
	await step.focus();
	await ines.page.keyboard.press('ArrowLeft');
	await until(async () => await marks(ines, shown) === 1, 'one arrow less');
	await ines.page.keyboard.press('Home');
	await until(async () => await marks(ines, shown) === 0, 'none');
	await ines.page.getByRole('button', { name: 'Play' }).click();
	await until(async () => await marks(ines, shown) === 2, 'both again');
	await look(ines, 'summary');
});

test('a note is kept, and is one\'s own', async () => {
	const note = (window) => window.page.getByRole('textbox', { name: 'Your note' });
	await note(ines).fill('Order the seal kit\nCall again on Monday');
	await ines.page.getByRole('button', { name: 'Save' }).click();
	await ines.page.getByText('Saved.').waitFor();
	await ines.page.reload();
	await note(ines).waitFor();
	assert.equal(await note(ines).inputValue(), 'Order the seal kit\nCall again on Monday');
	await tess.page.goto(`${tess.origin}/calls`);
	await tess.page.getByRole('link', { name: /^Summary of the call with/ }).click();
	await note(tess).waitFor();
	assert.equal(await note(tess).inputValue(), '');
	await look(tess, 'summary-phone');
});

test('the call stands in the chat, and leads to its summary', async () => {
	const { api } = await server.person(INES);
	const { id } = await api.post('/v1/conversations', { with: TESS });
	await api.post(`/v1/conversations/${id}/messages`, { client_id: 'after', text: 'Thanks for showing me.' });
	for (const window of [ines, tess]) {
		await window.page.goto(`${window.origin}/chats/${id}`);
		const rows = window.page.getByRole('log').locator('li.called, li.bubble');
		await rows.nth(1).waitFor();
		assert.match(await rows.first().textContent(), /^Call, 0:0\d/);
		assert.match(await rows.nth(1).textContent(), /Thanks for showing me/);
		await look(window, 'chat-call');
		await window.page.getByRole('link', { name: /^Summary of the call with/ }).click();
		await window.page.getByRole('heading', { name: /^Call with / }).waitFor();
	}
});

test('on paper there is the call and nothing else', async () => {
	await ines.page.emulateMedia({ media: 'print' });
	assert.equal(await ines.page.getByRole('navigation').first().isVisible(), false);
	assert.equal(await ines.page.getByRole('button', { name: 'Print' }).isVisible(), false);
	assert.equal(await ines.page.locator('.onpaper').isVisible(), true);
	if (process.env.LOOK_AT) await ines.page.screenshot({ path: `${process.env.LOOK_AT}/summary-print.png`, fullPage: true });
	await ines.page.emulateMedia({ media: 'screen' });
});

test('another\'s call and none are one answer', async () => {
	await ines.page.goto(`${ines.origin}/calls/made-up`);
	await ines.page.getByText('There is no such call among yours.').waitFor();
	assert.deepEqual([ines.faults, tess.faults], [[], []]);
});
