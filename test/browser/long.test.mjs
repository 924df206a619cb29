// Long lists on screen: 10,000 conversations, 10,000 people, a thread of 10,000 messages, all really in the store. What is in the
// page stays small, every row can be reached, the view and the focus stay where they were.
import assert from 'node:assert/strict';
import https from 'node:https';
import { after, before, test as run } from 'node:test';
import { demoWorld, Server, tenantOf } from '../harness/server.mjs';
import { Browser } from './browser.mjs';
import { look } from './look.mjs';

const MANY = 10000;
const ROWS_MOST = 120;
const AT_ONCE = 40;
const INES = 'ines@aldous.example';
const LAST = 'This is the last line';
const addressOf = (i) => `p${String(i).padStart(5, '0')}@aldous.example`;
const nameOf = (i) => `Person ${String(i).padStart(5, '0')}`;

/** Each part goes on where the one before it stopped. */
let broken = false;
const test = (name, body) => run(name, async () => {
	assert.ok(!broken, 'an earlier part failed');
	broken = true;
	await body();
	broken = false;
});

let server, browser, ines, thread;

/** Many requests over few connections: gives the decoded bodies in order. */
async function all(requests, token) {
	const agent = new https.Agent({ keepAlive: true, maxSockets: AT_ONCE, ca: server.ca });
	const one = ([method, path, body]) => new Promise((done, fail) => {
		const text = JSON.stringify(body);
		const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
		const req = https.request({ host: '127.0.0.1', port: server.port, agent, method, path, headers }, (res) => {
			let got = '';
			res.setEncoding('utf8').on('data', (part) => (got += part)).on('end', () => (res.statusCode < 300 ? done(JSON.parse(got)) : fail(new Error(`${res.statusCode} ${got}`))));
		});
		req.on('error', fail);
		req.end(text);
	});
	const answers = [];

	for (let i = 0; i < requests.length; i += AT_ONCE * 5) answers.push(...await Promise.all(requests.slice(i, i + AT_ONCE * 5).map(one)));
	agent.destroy();
	return answers;
}

before(async () => {
	const world = demoWorld();
	const aldous = tenantOf(world, 'aldous');

	delete aldous.licences[0].seats;
	for (let i = 0; i < MANY; i++) aldous.accounts.push({ address: addressOf(i), name: nameOf(i), licences: [{ sku: 'connect' }] });
	server = await Server.start({ world, settings: { 'requests.second': 10000 } });
	const { token } = await server.person(INES);

	const opened = await all(Array.from({ length: MANY }, (_, i) => ['POST', '/v1/conversations', { with: addressOf(i) }]), token);
	await all(opened.map(({ id }, i) => ['POST', `/v1/conversations/${id}/messages`, { client_id: `c${i}`, text: `Word ${i}` }]), token);
	thread = opened[0].id;
	const other = await server.person(addressOf(0));
	await all(Array.from({ length: MANY - 1 }, (_, i) => ['POST', `/v1/conversations/${thread}/messages`, { client_id: `m${i}`, text: `Line ${i}${i % 7 ? '' : '\nand more of it'}` }]), other.token);
	await other.api.post(`/v1/conversations/${thread}/messages`, { client_id: 'last', text: LAST });
	browser = await Browser.start();
	ines = await browser.window(server);
	await ines.signIn(INES);
});

after(async () => {
	await browser?.stop();
	await server?.stop();
});

const rows = (box) => box.locator('[data-row]');
const end = (box) => box.evaluate((node) => void (node.scrollTop = node.scrollHeight));

const drawn = () => ines.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

/** The first row that is wholly in sight: its key and how far below the top of the box it stands. */
const inSight = (box) => box.evaluate((node) => {
	const top = node.getBoundingClientRect().top;

	return [...node.querySelectorAll('[data-row]')].map((row) => ({ key: row.dataset.row, y: row.getBoundingClientRect().top - top })).find(({ y }) => y > 1);
});

async function stayed(box, { key, y }) {
	const now = await box.evaluate((node, row) => node.querySelector(`[data-row="${row}"]`)?.getBoundingClientRect().top - node.getBoundingClientRect().top, key);

	assert.ok(Math.abs(now - y) <= 2, `${key} moved from ${y} to ${now}`);
}

/** Scroll on until this is in the page, one window's height or all at a time, never with more rows than few. */
async function scrollUntil(box, sought, step) {
	for (let i = 0; !(await sought.count()); i++) {
		assert.ok(i < 3000, 'never came into the page');
		await box.evaluate(step);
		await drawn();
		assert.ok(await rows(box).count() <= ROWS_MOST, `${await rows(box).count()} rows in the page`);
	}
}

test('the 10,000 conversations are paged through to the last, with few of them in the page', async () => {
	await ines.page.goto(`${ines.origin}/chats`);
	const box = ines.page.getByRole('region', { name: 'Conversations' });

	await rows(box).first().waitFor();
	assert.ok(await rows(box).count() <= ROWS_MOST);
	assert.equal(await rows(box).first().getAttribute('aria-setsize'), '-1');
	const link = box.getByRole('link').first();
	await link.focus();
	await scrollUntil(box, box.locator(`[aria-posinset="${MANY}"]`), (node) => void (node.scrollTop = node.scrollHeight));
	/* What has the focus is still there, out of sight. */
	assert.equal(await ines.page.evaluate(() => document.activeElement.closest('[data-row]')?.getAttribute('aria-posinset')), '1');
	await end(box);
	await box.locator(`[aria-posinset="${MANY}"][aria-setsize="${MANY}"]`).waitFor();
	assert.ok(await ines.page.locator('*').count() < 3000, 'the whole page is small');
});

test('arrows, Home and End reach every row', async () => {
	const focused = () => ines.page.evaluate(() => document.activeElement.closest('[data-row]').querySelector('b').textContent);
	const place = (n) => ines.page.locator(`[aria-posinset="${n}"]:focus-within`);

	await ines.page.keyboard.press('Home');
	await place(1).waitFor();
	await ines.page.keyboard.press('ArrowDown');
	await place(2).waitFor();
	await ines.page.keyboard.press('End');
	await place(MANY).waitFor();
	for (let n = MANY - 1; n > MANY - 60; n--) {
		await ines.page.keyboard.press('ArrowUp');
		await place(n).waitFor();
	}
	const name = await focused();
	await ines.page.keyboard.press('Enter');
	await ines.page.getByRole('heading', { name, level: 2 }).waitFor();
});

test('a message elsewhere moves its row to the top and leaves the view where it is', async () => {
	const box = ines.page.getByRole('region', { name: 'Conversations' });

	await box.evaluate((node) => void (node.scrollTop = node.scrollHeight / 2));
	await drawn();
	const before = await inSight(box);
	const writer = await server.person(addressOf(2));
	const { id } = await writer.api.post('/v1/conversations', { with: INES });
	await writer.api.post(`/v1/conversations/${id}/messages`, { client_id: 'late', text: 'One more' });
	await ines.page.getByLabel('unread message').filter({ visible: true }).first().waitFor();
	await drawn();
	await stayed(box, before);
	await box.evaluate((node) => void (node.scrollTop = 0));
	await rows(box).first().getByText(nameOf(2)).waitFor();
});

test('a thread of 10,000 messages opens at its end, goes upward page by page and keeps its place', async () => {
	await ines.page.goto(`${ines.origin}/chats/${thread}`);
	const log = ines.page.getByRole('log', { name: 'Messages' });

	await log.getByText(LAST, { exact: true }).waitFor();
	/* Near the top the next page comes above: what was in sight stays in sight. */
	const page = ines.page.waitForResponse((response) => response.url().includes('/messages?before='));

	await log.evaluate((node) => void (node.scrollTop = 120));
	await drawn();
	const before = await inSight(log);
	await page;
	await ines.page.waitForFunction(() => document.querySelector('.thread').scrollTop > 1000);
	await drawn();
	await stayed(log, before);

	await scrollUntil(log, log.getByText('Word 0', { exact: true }), (node) => void (node.scrollTop = 0));
	assert.equal(await log.getByRole('button', { name: 'Show earlier messages' }).count(), 0);
	await end(log);
	await log.getByText(LAST, { exact: true }).waitFor();
	await look(ines, 'long-thread');
});

test('a message that comes while one reads further up is not jumped to; at the end it is', async () => {
	const log = ines.page.getByRole('log', { name: 'Messages' });
	const other = await server.person(addressOf(0));
	const say = (text) => other.api.post(`/v1/conversations/${thread}/messages`, { client_id: text, text });
	const atEnd = () => log.evaluate((node) => node.scrollHeight - node.scrollTop - node.clientHeight < 2);

	await say('first');
	await log.getByText('first', { exact: true }).waitFor();
	await ines.page.waitForFunction(() => { const node = document.querySelector('.thread'); return node.scrollHeight - node.scrollTop - node.clientHeight < 2; });
	await log.evaluate((node) => void (node.scrollTop = node.scrollHeight / 2));
	await drawn();
	const place = await inSight(log);
	await say('second');
	await ines.page.getByRole('region', { name: 'Conversations' }).getByText('second').waitFor();
	await drawn();
	await stayed(log, place);
	assert.ok(!await atEnd());
	await ines.page.getByRole('textbox').last().fill('mine');
	await ines.page.keyboard.press('Enter');
	await log.getByText('mine', { exact: true }).waitFor();
	await ines.page.waitForFunction(() => { const node = document.querySelector('.thread'); return node.scrollHeight - node.scrollTop - node.clientHeight < 2; });
});

test('10,000 people of the own organisation are scrolled through in a window of their own', async () => {
	await ines.page.goto(ines.origin);
	const own = ines.page.getByRole('region', { name: 'Aldous Pumps' });
	const box = own.locator('.many');

	await box.waitFor();
	await scrollUntil(box, own.getByText(nameOf(MANY - 1), { exact: true }), (node) => void (node.scrollTop = node.scrollHeight));
	assert.ok(await ines.page.locator('*').count() < 3000, 'the whole page is small');
	await box.getByRole('button', { name: `Message ${nameOf(MANY - 1)}` }).focus();
	await box.evaluate((node) => void (node.scrollTop = 0));
	await own.getByText(nameOf(0), { exact: true }).waitFor();
	assert.equal(await ines.page.evaluate(() => document.activeElement.getAttribute('aria-label')), `Message ${nameOf(MANY - 1)}`);
	await look(ines, 'long-people');
});

test('nothing went wrong unseen', () => assert.deepEqual(ines.faults, []));
