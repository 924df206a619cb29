// Runs the spec's reach cases through `farhandctl reach`, as far as this version enforces the world document.
//
// Settings that no gate enforces yet are taken out of each world, and with them every case that they could touch: touched() says
// which, and must agree with the list of skips below, so that nothing is skipped or weakened silently. RAN may only grow.
//
// usage: node run.mjs FARHANDCTL
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { domainToASCII, fileURLToPath } from 'node:url';

const RAN = { barriers: 0, federation: 69, find: 26, guests: 2, leases: 4, licences: 19, personal: 2, routes: 4 };

const SKIPS = {
	barriers: {
		barriers: 'B01 B02 B03 B04 B05 B06 B07 B08 B09 B10 B11 B12 B13 B14 B15 B17 B20 B21 B22 B23 B24 B25 B26 B27 B28 B29 B40',
		guests: 'B16 B18 B19 B36 B37 B38 B39 B41 B42 B43',
		leases: 'B30 B31 B32 B33 B34 B35',
	},
	federation: {
		policies: 'E13 E14 E15 E17 E18 E19 E20 E21 E22 E23 E24 E25 E26 E27 E38 E53',
		blocked_people: 'E34 E35 E36 E37 E40',
	},
	find: {
		leases: 'F14 F15 F31 F32 F33 F36',
		guests: 'F16 F17 F18 F19 F34 F35',
	},
	guests: {
		guests: 'G01 G02 G03 G04 G05 G07 G08 G09 G10 G11 G12 G13 G14 G15 G16 G17 G18 G19 G20 G21 G22 G23 G24 G25 G26 G27 G28 ' +
			'G29 G30 G31 G32 G33 G34 G35 G36 G37 G38 G39 G40 G41 G42 G43 G44 G45 G46 G47 G48 G50 G51 G52 G53 G54 G55 G56 ' +
			'G57 G58 G60 G61 G59',
	},
	leases: {
		leases: 'L01 L02 L03 L04 L05 L06 L07 L46 L08 L09 L10 L11 L12 L13 L16 L17 L18 L19 L20 L21 L22 L23 L24 L25 L26 L27 L47 ' +
			'L28 L29 L30 L31 L32 L33 L34 L36 L37 L39 L40 L41 L42 L43 L44 L45',
	},
	licences: {
		guests: 'S10 S11 S12 S13 S14 S15 S16 S17 S18',
	},
	personal: {
		guests: 'P01 P02 P03 P04 P05 P06 P09 P10 P11 P15 P16 P17 P20 P21 P22 P23 P24 P27 P28 P26',
		contacts: 'P07 P13 P14',
		leases: 'P18 P19 P25',
	},
	routes: {
		guests: 'R02 R03 R04 R05 R06 R07 R08 R09 R10 R11 R12 R13 R20 R21 R22 R23 R24 R25 R29',
		leases: 'R15 R16 R17 R18 R19 R28 R30 R31',
	},
};

const ctl = process.argv[2];
const here = dirname(fileURLToPath(import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'farhand-cases-'));

const canonical = (address) => {
	const at = address.lastIndexOf('@');
	return `${address.slice(0, at).normalize('NFC').toLowerCase()}@${domainToASCII(address.slice(at + 1))}`;
};
const kindOf = (account) => account.kind ?? (account.home && !account.address ? 'guest' : 'internal');
const addressOf = (tenant, account) =>
	kindOf(account) === 'guest' ? canonical(`${canonical(account.home).replace('@', '=')}@${tenant.domains[0]}`) : canonical(account.address);

/** Everything about a world that touched() needs, by canonical address. */
function directoryOf(world) {
	const people = new Map();
	const domains = new Map();
	for (const tenant of world.tenants) {
		for (const domain of tenant.domains ?? [])
			domains.set(domainToASCII(domain), tenant);
		for (const account of tenant.accounts ?? [])
			people.set(addressOf(tenant, account), { tenant, account, address: addressOf(tenant, account) });
	}
	return { people, domains };
}

const leased = (tenant, address) => (tenant.leases ?? []).some((lease) => lease.accounts.map(canonical).includes(address));
const guestIn = (tenant, address) => (tenant.accounts ?? []).some((a) => kindOf(a) === 'guest' && canonical(a.home) === address);
const holderIn = (tenant, address) => (tenant.leases ?? []).some((lease) => (lease.holders ?? []).map(canonical).includes(address));

function gone(tenant, account) {
	if (kindOf(account) === 'guest')
		return 'guests';
	return kindOf(account) === 'service' && leased(tenant, canonical(account.address)) ? 'leases' : null;
}

/** The setting not enforced yet that could change this end's part of the answer. */
function endTouched(end, other, across) {
	const { tenant, account } = end;
	const access = tenant.external_access ?? {};
	if (gone(tenant, account))
		return gone(tenant, account);
	if ((tenant.licences ?? []).some((l) => typeof l.seats === 'number') && tenant.accounts.some((a) => gone(tenant, a) && a.licences))
		return 'seats';
	if (!across)
		return tenant.barriers?.rules?.length && account.attributes ? 'barriers' : null;
	if ((tenant.policies ?? []).some((p) => (p.accounts ?? []).map(canonical).includes(end.address) || (p.segments?.length && account.attributes)))
		return 'policies';
	if (other && (access.blocked_people ?? []).some((b) => canonical(b.address) === other.address))
		return 'blocked_people';
	return null;
}

/** Which feature not enforced yet could touch the case; null: none. */
function touched(directory, ask) {
	const from = directory.people.get(canonical(ask.from));
	const to = directory.people.get(canonical(ask.to));
	const across = from?.tenant !== to?.tenant;
	if (from && to && across) {
		if (guestIn(to.tenant, from.address) || guestIn(from.tenant, to.address))
			return 'guests';
		if (holderIn(to.tenant, from.address))
			return 'leases';
	}
	const end = (from && endTouched(from, to, across)) || (to && endTouched(to, from, across));
	if (end || !from || !to)
		return end || null;
	if ((to.account.contacts ?? []).some((c) => canonical(c.address) === from.address))
		return 'contacts';
	const asks = across && to.tenant.external_access?.first_contact === 'ask';
	return asks && !['find', 'chat'].includes(ask.action) ? 'first_contact' : null;
}

function reduced(world) {
	return {
		version: world.version,
		tenants: world.tenants.map((tenant) => {
			const { policies, segments, barriers, leases, guest_access, ...rest } = tenant;
			const { blocked_people, first_contact, outbound_guests, max_organisations, ...access } = tenant.external_access ?? {};
			const accounts = (tenant.accounts ?? []).filter((a) => !gone(tenant, a)).map(({ attributes, contacts, ...kept }) => kept);
			return { ...rest, external_access: access, accounts };
		}),
	};
}

function run(name, { world, cases }) {
	const directory = directoryOf(world);
	const skips = SKIPS[name] ?? {};
	const asked = [];
	const problems = [];
	for (const c of cases) {
		const feature = touched(directory, c.ask);
		const listed = Object.keys(skips).find((key) => skips[key].split(' ').includes(c.id)) ?? null;
		if (feature !== listed)
			problems.push(`${name} ${c.id}: ${feature ? `is touched by ${feature}` : 'is touched by nothing'}, listed under ${listed}`);
		if (!feature)
			asked.push(c);
	}
	const file = join(scratch, `${name}.json`);
	writeFileSync(file, JSON.stringify(reduced(world)));
	const lines = asked.map((c) => JSON.stringify({ ...c.ask, expect: c.expect })).join('\n');
	const ran = spawnSync(ctl, ['reach', '--world', file, '--brief'], { input: lines, encoding: 'utf8' });
	if (ran.status !== 0 || ran.stderr)
		problems.push(`${name}: exit ${ran.status}\n${ran.stderr.replace(/line (\d+)/g, (_, n) => `${asked[n - 1].id} (${asked[n - 1].why})`)}`);
	const answers = ran.stdout.split('\n').filter(Boolean).length;
	if (answers !== asked.length || answers < RAN[name])
		problems.push(`${name}: ${answers} of ${asked.length} answered, at least ${RAN[name]} have to be`);
	console.log(`${name}: ${answers} of ${cases.length} ran`);
	return { problems, ran: answers, of: cases.length };
}

const results = readdirSync(here).filter((f) => f.endsWith('.json')).sort()
	.map((f) => run(f.replace('.json', ''), JSON.parse(readFileSync(join(here, f), 'utf8'))));
rmSync(scratch, { recursive: true });
const problems = results.flatMap((r) => r.problems);
problems.forEach((p) => console.error(p));
console.log(`${results.reduce((n, r) => n + r.ran, 0)} of ${results.reduce((n, r) => n + r.of, 0)} cases ran, ${problems.length} problems`);
process.exit(problems.length ? 1 : 0);
