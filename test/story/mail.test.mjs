// Mail: lost passwords, invitations, notices; through a real mail server that is there, slow, refusing, killed, or somebody else.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { metricsRead } from '../harness/metrics.mjs';
import { PASSWORD, Server, demoWorld, tenantOf } from '../harness/server.mjs';
import { Smtp } from '../harness/smtp.mjs';
import { totp } from '../harness/totp.mjs';

const TESS = 'tess@brightwater.example', NORA = 'nora@brightwater.example', OMAR = 'omar@brightwater.example', INES = 'ines@aldous.example';
const NEW = 'a whole new pass phrase', LINK = /^https:\/\/help\.example\/password#([\w-]{43})$/m;

let smtp, server, nora;
before(async () => {
	smtp = await Smtp.start();
	server = await Server.start({ world: demoWorld(), owners: [NORA], settings: smtp.settings() });
	nora = await server.person(NORA);
});
after(async () => {
	await server.stop();
	await smtp.stop();
});

let clients = 20;
const lost = (address, from = `127.0.0.${clients++}`) => server.api(null, from).ask('POST', '/v1/password-link/request', { body: { address } });
const open = (address, password) => server.api(null, `127.0.0.${clients++}`).ask('POST', '/v1/session', { body: { address, password } });
const use = (token, password) => server.api().ask('POST', '/v1/password-link/use', { body: { token, password } });
const tokenOf = ({ text }) => text.match(LINK)[1];
async function until(ready) {
	while (!await ready()) await sleep(20);
}
const logged = (event) => server.log().split(`"ev":"${event}"`).length - 1;
const waiting = async () => metricsRead((await server.api().ask('GET', '/metrics')).text).get('farhand_mail_waiting');

test('the sign-in page is told that there is mail', async () => {
	assert.deepEqual(await server.api().get('/v1/sign-in'), { mail: true });
});

test('a lost password: the link comes by mail, and the change is told', async () => {
	const notified = smtp.said.length;
	await server.setPassword(TESS);
	await smtp.mail(TESS, notified);
	const before = smtp.said.length;
	assert.equal((await lost('Tess@Brightwater.example')).status, 204);
	const mail = await smtp.mail(TESS, before), headers = Object.fromEntries(mail.headers);
	assert.deepEqual([mail.from, mail.tls, mail.user, mail.ehlo], ['farhand@help.example', true, 'farhand', 'help.example']);
	assert.deepEqual([headers.From, headers.To, headers.Subject, headers['Auto-Submitted']],
		['Farhand <farhand@help.example>', TESS, 'A new password for Farhand', 'auto-generated']);
	assert.ok(Math.abs(Date.parse(headers.Date) - Date.now()) < 120e3);
	assert.match(mail.text, /^Hello Tess/);
	const used = smtp.said.length;
	assert.equal((await use(tokenOf(mail), NEW)).status, 204);
	assert.equal((await open(TESS, NEW)).status, 200);
	const notice = await smtp.heard(({ mail: m }) => m?.headers.some(([, v]) => v === 'Your Farhand password was changed'), used);
	assert.deepEqual(notice.mail.to, [TESS]);
	assert.doesNotMatch(notice.mail.text, /password#/);
	await until(async () => await waiting() === 0);
});

test('known, unknown, disabled and malformed addresses have one answer, and only one mail', async () => {
	const before = smtp.said.length, answers = [];
	for (const address of [INES, 'nobody@brightwater.example', 'nobody@nowhere.example', 'not an address', 'a\r\nBcc: b@c.example']) answers.push(await lost(address));
	for (const { status, text, headers } of answers) assert.deepEqual([status, text, headers['content-type']], [204, '', undefined]);
	await smtp.mail(INES, before);
	await until(async () => await waiting() === 0);
	assert.deepEqual([...new Set(smtp.said.slice(before).flatMap(({ rcpt }) => rcpt ?? []))], [INES]);
	const rows = (await server.operator.get('/v1/audit?limit=20')).rows.filter(({ what }) => what === 'password.lost');
	assert.deepEqual(rows.slice(0, 4).map(({ tenant, detail }) => [tenant, Object.keys(detail)]), Array(4).fill([null, ['peer']]));
	assert.deepEqual([rows[4].tenant, rows[4].detail.address, rows[4].actor], ['aldous', INES, 'anonymous']);
});

test('lost passwords are throttled: for an address, known or not, and for a client', async () => {
	for (const address of ['marta@brightwater.example', 'made-up@brightwater.example']) {
		const answers = [];
		for (let i = 0; i < 4; i++) answers.push(await lost(address));
		assert.deepEqual(answers.map(({ status }) => status), [204, 204, 204, 429], address);
		assert.equal(answers[3].body.reason, 'session.throttled');
		assert.ok(Number(answers[3].headers['retry-after']) > 500);
	}
	let tries = 0, answer;
	do answer = await lost(`made-up-${tries++}@brightwater.example`, '127.0.0.200'); while (answer.status === 204 && tries < 50);
	assert.deepEqual([answer.status, tries], [429, 21]);
});

test('an invitation by an owner: the first password, and only then a way in', async () => {
	const before = smtp.said.length;
	assert.equal((await nora.api.ask('POST', `/v1/accounts/${OMAR}/password-mail`)).status, 204);
	const mail = await smtp.mail(OMAR, before);
	assert.equal(Object.fromEntries(mail.headers).Subject, 'Your account on Farhand');
	assert.match(mail.text, /Brightwater/);
	assert.equal((await use(tokenOf(mail), NEW)).status, 204);
	assert.equal((await open(OMAR, NEW)).status, 200);
	assert.equal((await nora.api.ask('POST', `/v1/accounts/${INES}/password-mail`)).status, 403);
});

test('the second factor on and off is told', async () => {
	let before = smtp.said.length;
	const ines = await server.person(INES);
	/* That set a password, which is told too. */
	await smtp.mail(INES, before);
	before = smtp.said.length;
	const { secret } = await ines.api.post('/v1/me/second-factor', { password: PASSWORD });
	await ines.api.fetch('PUT', '/v1/me/second-factor', { body: { code: totp(secret) } });
	assert.match(Object.fromEntries((await smtp.mail(INES, before)).headers).Subject, /asks you for codes/);
	before = smtp.said.length;
	await ines.api.post('/v1/me/second-factor/off', { password: PASSWORD });
	assert.match(Object.fromEntries((await smtp.mail(INES, before)).headers).Subject, /no codes/);
});

test('refused for ever: given up, and the organisation can see it', async () => {
	await smtp.behave('never');
	const before = logged('mail.lost');
	await nora.api.ask('POST', `/v1/accounts/${OMAR}/password-mail`);
	await until(() => logged('mail.lost') > before);
	await until(async () => (await nora.api.get('/v1/tenants/brightwater/audit?limit=5')).rows.some(({ what, detail }) => what === 'mail.lost' && detail.address === OMAR));
	await until(async () => await waiting() === 0);
	await smtp.behave('accept');
});

test('refused for now: it waits, over a crash too, and no link waits with it', async () => {
	await smtp.behave('later');
	const before = logged('mail.later');
	await nora.api.ask('POST', `/v1/accounts/${OMAR}/password-mail`);
	await until(() => logged('mail.later') > before);
	assert.equal(await waiting(), 1);
	await server.kill9();
	const file = `${server.settings.data}/farhand.db`, sql = (text) => execFileSync('sqlite3', [file, text], { encoding: 'utf8' });
	assert.match(sql('SELECT kind, tries FROM outbox'), /^1\|1\n$/);
	assert.ok(Number(sql('SELECT due - made FROM outbox')) >= 60000);
	/* A minute passes. */
	sql('UPDATE outbox SET due = made');
	await smtp.behave('accept');
	const said = smtp.said.length;
	await server.restart();
	const token = tokenOf(await smtp.mail(OMAR, said));
	await until(async () => await waiting() === 0);
	assert.equal((await use(token, `${NEW} again`)).status, 204);
	nora = await server.person(NORA);
});

test('a mail server that does not answer holds up nothing, and the server ends while it does not', async () => {
	await smtp.behave('slow');
	const said = smtp.said.length;
	await nora.api.ask('POST', `/v1/accounts/${OMAR}/password-mail`);
	await smtp.heard(({ rcpt, mode }) => rcpt === OMAR && mode === 'slow', said);
	assert.equal((await nora.api.ask('GET', '/v1/me')).status, 200);
	await server.halt();
	await smtp.behave('accept');
	await server.restart();
	nora = await server.person(NORA);
	/* Whether it went was not known, so it goes again; both have the same name. */
	await smtp.mail(OMAR, said);
	await until(async () => await waiting() === 0);
});

test('a mail server that dies in the middle: tried again', async () => {
	await smtp.behave('slow');
	const said = smtp.said.length, before = logged('mail.later');
	await nora.api.ask('POST', `/v1/accounts/${OMAR}/password-mail`);
	await smtp.heard(({ rcpt, mode }) => rcpt === OMAR && mode === 'slow', said);
	await smtp.kill9();
	await until(() => logged('mail.later') > before);
	await smtp.run();
	assert.equal(await waiting(), 1);
});

/* The processes below the server: the keeper, and under it the worker. */
function children(pid) {
	return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
}
const alive = (pid) => readdirSync('/proc').includes(String(pid)) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));

test('a killed worker is started again; both end with the server, however it ends', async () => {
	const [keeper] = children(server.pid), [worker] = children(keeper), before = smtp.said.length;
	process.kill(worker, 'SIGKILL');
	await until(() => children(keeper).some((pid) => pid !== worker && alive(pid)));
	await nora.api.ask('POST', `/v1/accounts/${NORA}/password-mail`);
	await smtp.mail(NORA, before);
	const [heir] = children(keeper);
	await server.kill9();
	await until(() => !alive(keeper) && !alive(heir));
	await server.restart();
	nora = await server.person(NORA);
});

test('a worker killed over a letter: the letter goes again', async () => {
	await smtp.behave('slow');
	const said = smtp.said.length, before = logged('mail.later'), [keeper] = children(server.pid), [worker] = children(keeper);
	await nora.api.ask('POST', `/v1/accounts/${INES.replace('ines@aldous', 'marta@brightwater')}/password-mail`);
	await nora.api.ask('POST', `/v1/accounts/${NORA}/password-mail`);
	await smtp.heard(({ rcpt, mode }) => rcpt && mode === 'slow', said);
	process.kill(worker, 'SIGKILL');
	await until(() => logged('mail.later') > before);
	assert.match(server.log(), /mail process died/);
	await smtp.behave('accept');
});

test('no link and no mail password is in the log', () => {
	for (const { text } of smtp.mails()) if (LINK.test(text)) assert.ok(!server.log().includes(tokenOf({ text })));
	assert.ok(!server.log().includes(smtp.password));
});

test('somebody else\'s certificate, a wrong password, no TLS: nothing is sent', async () => {
	for (const options of [{ name: 'other.example' }, { tls: 'off', user: '' }]) {
		const other = await Smtp.start(options);
		const settings = { ...other.settings(), ...(options.tls === 'off' && { 'mail.tls': 'starttls' }) };
		const one = await Server.start({ world: demoWorld(), settings });
		await one.operator.post(`/v1/accounts/${TESS}/password-mail`).catch(() => undefined);
		await until(() => one.log().includes('"ev":"mail.later"'));
		assert.deepEqual(other.said.filter((said) => !said.port), []);
		await one.stop();
		await other.stop();
	}
});

test('TLS from the first byte works as well; so does a relay on this machine', async () => {
	for (const options of [{ tls: 'tls' }, { tls: 'off', user: '' }]) {
		const other = await Smtp.start(options), one = await Server.start({ world: demoWorld(), settings: other.settings() });
		await one.operator.ask('POST', `/v1/accounts/${TESS}/password-mail`);
		assert.equal((await other.mail(TESS)).tls, options.tls === 'tls');
		await one.stop();
		await other.stop();
	}
});

test('a configuration that can\'t work does not start, and says which key', async () => {
	const good = smtp.settings();
	for (const [change, why] of [
		[{ 'mail.from': 'Farhand <a@b.example>' }, /mail\.from/], [{ 'web.url': '' }, /web\.url/], [{ 'web.url': 'http://help.example' }, /web\.url/],
		[{ 'mail.tls': 'off' }, /mail\.user needs TLS/], [{ 'mail.password_file': '/nonexistent' }, /mail\.password_file/], [{ 'mail.ca': '/nonexistent' }, /mail\.ca/],
		[{ 'mail.server': 'localhost/x' }, /mail\.server/],
	]) await assert.rejects(() => Server.start({ settings: { ...good, ...change } }), (error) => why.test(error.message) || assert.fail(`${JSON.stringify(change)}: ${error.message}`));
});

test('without a mail server: said, and links are shown to copy as ever', async () => {
	const one = await Server.start({ world: demoWorld(), owners: [NORA] });
	assert.deepEqual(await one.api().get('/v1/sign-in'), { mail: false });
	for (const [api, path, body] of [[one.api(), '/v1/password-link/request', { address: TESS }], [one.operator, `/v1/accounts/${TESS}/password-mail`]]) {
		const { status, body: said } = await api.ask('POST', path, { body });
		assert.deepEqual([status, said.reason], [409, 'mail.off']);
	}
	assert.match((await one.operator.post(`/v1/accounts/${TESS}/password-link`)).path, /^\/password#/);
	await one.stop();
});

test('who is disabled while his mail waits gets none', async () => {
	await smtp.behave('later');
	const before = logged('mail.later');
	await nora.api.ask('POST', `/v1/accounts/${OMAR}/password-mail`);
	await until(() => logged('mail.later') > before);
	const world = demoWorld();
	tenantOf(world, 'brightwater').accounts.find(({ address }) => address === OMAR).enabled = false;
	await server.load(world);
	await server.kill9();
	execFileSync('sqlite3', [`${server.settings.data}/farhand.db`, 'UPDATE outbox SET due = made']);
	await smtp.behave('accept');
	const said = smtp.said.length;
	await server.restart();
	await until(async () => await waiting() === 0);
	assert.ok(!smtp.said.slice(said).some(({ rcpt }) => rcpt === OMAR));
});
