// One's own place in a call, by hand: hold, another device, a word with the no, the devices.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { until } from '../harness/call.mjs';
import { demoWorld, Server } from '../harness/server.mjs';
import { Browser, growing } from './browser.mjs';
import { look } from './look.mjs';

const INES = 'ines@aldous.example', TESS = 'tess@brightwater.example';

let server, browser, tess, ines, phone;
before(async () => {
	server = await Server.start({ world: demoWorld() });
	for (const address of [INES, TESS]) await server.setPassword(address);
	browser = await Browser.start();
	[tess, ines, phone] = [await browser.window(server, { device: 'phone' }), await browser.window(server), await browser.window(server, { device: 'phone' })];
	await tess.signIn(TESS);
	await ines.signIn(INES);
	await phone.signIn(INES);
});
after(async () => {
	await browser?.stop();
	await server?.stop();
});

const button = (window, name) => window.page.getByRole('button', { name });

async function place() {
	await tess.page.goto(`${tess.origin}/call/new?to=${INES}&camera=1`);
	const ready = button(tess, /^Call [A-Z]/);
	await ready.or(tess.page.getByText('Ringing…')).first().waitFor();
	if (await ready.count()) await ready.click();
	await button(ines, 'Answer audio').waitFor();
}

test('declined with a word: it stands in the chat', async () => {
	await place();
	await look(ines, 'incoming');
	await button(ines, 'I\'m in a meeting.').click();
	await tess.page.getByText('The call was declined.').waitFor();
	const { api } = await server.person(TESS);
	const { id } = await api.post('/v1/conversations', { with: INES });
	const { messages } = await until(async () => {
		const page = await api.get(`/v1/conversations/${id}/messages`);
		return page.messages.length && page;
	}, 'the message');
	assert.deepEqual([messages[0].from, messages[0].text], [INES, 'I\'m in a meeting.']);
});

test('where pictures are not allowed people still talk', async () => {
	await server.editAccess('brightwater', { off_actions: ['video'] });
	await place();
	assert.equal(await button(ines, 'Answer with video').count(), 0);
	await button(ines, 'Answer audio').click();
	const ready = button(ines, 'Answer');
	await ready.or(button(ines, 'Leave')).first().waitFor();
	if (await ready.count()) await ready.click();
	await button(tess, 'Leave').waitFor();
	assert.equal(await button(tess, /^Camera o/).count(), 0);
	await button(ines, 'Leave').click();
	await tess.page.getByRole('heading', { name: 'Call ended' }).waitFor();
	await server.editAccess('brightwater', { off_actions: [] });
});

test('on hold and on again', async () => {
	await place();
	await button(ines, 'Answer audio').click();
	const ready = button(ines, 'Answer');
	await ready.or(button(ines, 'Leave')).first().waitFor();
	if (await ready.count()) await ready.click();
	await growing(ines, 'the expert at the start');
	await ines.page.getByRole('button', { name: 'More', exact: true }).click();
	await ines.page.getByRole('combobox', { name: /^Microphone/ }).waitFor();
	await ines.page.getByRole('combobox', { name: /^Speaker/ }).waitFor();
	const level = ines.page.getByRole('meter', { name: 'Microphone level' });
	await until(async () => (await level.evaluate((meter) => meter.value)) > 0, 'the level of the fake microphone');
	await look(ines, 'call-more');
	await button(ines, 'Hold').click();
	await ines.page.getByText('The call is on hold').waitFor();
	await look(ines, 'call-held');
	const { calls } = await server.operator.get('/v1/calls');
	const still = calls[0].legs.map((leg) => leg.bytes_out);
	await until(async () => (await server.operator.get('/v1/calls')).calls[0].legs.some((leg) => leg.dropped > calls[0].legs[0].dropped), 'dropped packets');
	assert.ok((await server.operator.get('/v1/calls')).calls[0].legs.every((leg, i) => leg.bytes_out < still[i] + 20000), 'control packets alone');
	await button(ines, 'Go on').click();
	await growing(ines, 'the expert after the hold');
});

test('another device takes the call, and the first lets go of it', async () => {
	await phone.page.goto(phone.origin);
	await phone.page.getByRole('link', { name: 'Switch to this device' }).click();
	await button(phone, 'Switch to this device').click();
	await button(phone, 'Leave').waitFor();
	await growing(phone, 'the phone that took it');
	await ines.page.getByText('In a call on another device.').waitFor();
	await button(phone, 'Camera on').click();
	await growing(tess, 'the technician sees the phone');
	await button(phone, 'Leave').click();
	await tess.page.getByRole('heading', { name: 'Call ended' }).waitFor();
	assert.deepEqual([tess.faults, ines.faults, phone.faults], [[], [], []]);
});
