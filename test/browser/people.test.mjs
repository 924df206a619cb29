// People on screen: the blocked and how to unblock them, more pages, flagged names, and the domain of whoever is outside.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { demoWorld, Server, tenantOf } from '../harness/server.mjs';
import { Browser } from './browser.mjs';
import { look } from './look.mjs';

const INES = 'ines@aldous.example';
let server;
let browser;
let ines;
let api;

before(async () => {
	const world = demoWorld();

	tenantOf(world, 'brightwater').accounts.push({ address: 'copy@brightwater.example', name: 'Tess W\u0430lcott', licences: [{ sku: 'connect' }] });
	delete tenantOf(world, 'aldous').licences[0].seats;
	for (let i = 0; i < 60; i++) tenantOf(world, 'aldous').accounts.push({ address: `p${i}@aldous.example`, name: `Person ${i}`, licences: [{ sku: 'connect' }] });
	server = await Server.start({ world });
	await server.setPassword(INES);
	api = (await server.person(INES)).api;
	await api.fetch('PUT', '/v1/contacts/tess@brightwater.example', { body: { state: 'accepted' } });
	await api.fetch('PUT', '/v1/contacts/copy@brightwater.example', { body: { state: 'accepted' } });
	await api.fetch('PUT', '/v1/contacts/omar@brightwater.example', { body: { state: 'blocked' } });
	browser = await Browser.start();
	ines = await browser.window(server);
	await ines.signIn(INES);
});

after(async () => {
	await browser?.stop();
	await server?.stop();
});

const group = (name) => ines.page.getByRole('region', { name });

test('contacts outside stand with their domain, and a name of mixed letters is flagged', async () => {
	const outside = group('Brightwater Utilities');

	await outside.getByText('tess@brightwater.example').waitFor();
	const copy = outside.getByRole('listitem').filter({ hasText: 'copy@brightwater.example' });
	await copy.getByText('Mixed letters').waitFor();
	assert.equal(await outside.getByText('Mixed letters').count(), 1);
	assert.equal(await outside.getByText('Omar Haddad').count(), 0);
	await look(ines, 'people');
	await ines.page.getByPlaceholder('Find a person, or type a full address').fill('copy@brightwater.example');
	await ines.page.getByRole('search').getByText('Mixed letters').waitFor();
	await ines.page.getByRole('search').getByText('Brightwater Utilities · copy@brightwater.example').waitFor();
	await ines.page.keyboard.press('Escape');
});

test('more colleagues come on a tap', async () => {
	const own = group('Aldous Pumps');

	assert.equal(await own.getByRole('listitem').count(), 50);
	await own.getByRole('button', { name: 'Show more' }).click();
	await own.getByRole('button', { name: 'Show more' }).waitFor({ state: 'detached' });
	assert.equal(await own.getByRole('listitem').count(), 63);
});

test('the blocked are unblocked here, and what another device changes shows without a reload', async () => {
	await group('Blocked by you').getByRole('button', { name: 'Unblock Omar Haddad' }).click();
	await group('Blocked by you').waitFor({ state: 'detached' });
	const { people } = await api.get('/v1/people');
	assert.equal(people.some((row) => row.contact === 'blocked'), false);
	await api.fetch('PUT', '/v1/contacts/nobody@nowhere.example', { body: { state: 'blocked' } });
	await group('Blocked by you').getByText('nobody@nowhere.example').waitFor();
});

test('nothing went wrong unseen', () => {
	assert.deepEqual(ines.faults, []);
});
