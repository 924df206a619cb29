// The benchmark's world: tenants, lists, barriers, guests, leases and asks, the same on every run. Written twice: as a world
// document (world.json, asks.tsv), and as plain tables of numbers for whoever is measured against the engine.
//
// usage: node model.mjs FOLDER ACCOUNTS [TENANTS]
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from '../../test/differential/random.mjs';

const [folder, accountsText, tenantsText] = process.argv.slice(2);
const ACCOUNTS = Number(accountsText);
const TENANTS = Number(tenantsText ?? 1000);
const ASKS = 200000;
const SEGMENTS = 20;
const FIRST = ['ann', 'bob', 'carla', 'dmitri', 'eve', 'femi', 'grace', 'hiro', 'ines', 'jo'];
const LAST = ['lee', 'novak', 'okafor', 'silva', 'berg', 'tanaka', 'weiss', 'haddad', 'moreau', 'singh'];
const r = new Random(1);

const domainOf = (tenant) => `company-${tenant}.example`;

/** Half allow lists, a fifth block lists, the rest open; about 50 rows a tenant. */
function tenantsMake() {
	return Array.from({ length: TENANTS }, (_, id) => {
		const mode = r.weighed({ open: 3, allow: 5, block: 2 });
		const rows = mode === 'open' ? 0 : 40 + r.below(64);
		const list = new Set(Array.from({ length: rows }, () => r.below(TENANTS)).filter((t) => t !== id));
		return { id, mode, list: [...list], barriers: barriersMake(), accounts: [], leases: [] };
	});
}

/** 15 segments block two others, 5 allow three: 30 and 15 rows a tenant. */
function barriersMake() {
	return Array.from({ length: SEGMENTS }, (_, segment) => {
		const others = new Set(segment % 4 === 3 ? [segment] : []);
		while (others.size < (segment % 4 === 3 ? 3 : 2))
			others.add((segment + 1 + r.below(SEGMENTS - 1)) % SEGMENTS);
		return { segment, allow: segment % 4 === 3, others: [...others] };
	});
}

/** 90 % internal, 8 % guest, 2 % service; 2 % disabled, 1 % without a licence. */
function accountsMake(tenants) {
	const accounts = [];
	const add = (tenant, kind, more) => {
		const account = { id: accounts.length, tenant, kind, enabled: !r.chance(0.02), licensed: !r.chance(0.01), segment: r.below(SEGMENTS), ...more };
		account.address ??= `${r.of(FIRST)}.${r.of(LAST)}${account.id}@${domainOf(tenant.id)}`;
		accounts.push(account);
		tenant.accounts.push(account);
		return account;
	};
	const share = ACCOUNTS / TENANTS;
	for (const tenant of tenants)
		for (let n = 0; n < Math.round(share * 0.9); n++)
			add(tenant, 'internal');
	const internals = accounts.length;
	for (const tenant of tenants)
		for (let n = 0; n < Math.round(share * 0.08); n++) {
			const home = accounts[r.below(internals)];
			if (home.tenant === tenant || tenant.accounts.some((a) => a.home === home))
				continue;
			add(tenant, 'guest', { home, licensed: false, accepted: !r.chance(0.05), address: `${home.address.replace('@', '=')}@${domainOf(tenant.id)}` });
		}
	for (const tenant of tenants)
		for (let n = 0; n < Math.round(share * 0.02); n++) {
			const account = add(tenant, 'service');
			const holders = [accounts[r.below(internals)], accounts[r.below(internals)]].filter((h, i, all) => h.tenant !== tenant && all.indexOf(h) === i);
			tenant.leases.push({ account, holders, over: r.chance(0.1) });
		}
	return accounts;
}

/** Half inside a tenant; of the rest, every fifth from a guest's home or a holder to somebody in the host. */
function asksMake(tenants, accounts) {
	const guests = accounts.filter((a) => a.kind === 'guest');
	const leases = tenants.flatMap((t) => t.leases).filter((l) => l.holders.length > 0);
	const pair = () => {
		if (r.chance(0.5)) {
			const from = r.of(accounts);
			return [from, r.of(from.tenant.accounts)];
		}
		if (guests.length === 0 || leases.length === 0 || r.chance(0.8))
			return [r.of(accounts), r.of(accounts)];
		const [from, host] = r.chance(0.5) ? ((g) => [g.home, g.tenant])(r.of(guests)) : ((l) => [r.of(l.holders), l.account.tenant])(r.of(leases));
		return [from, r.of(host.accounts)];
	};
	return Array.from({ length: ASKS }, () => {
		const [from, to] = pair();
		return [from.address, r.chance(0.01) ? `nobody.${to.address}` : to.address, r.of(['find', 'chat', 'call'])];
	});
}

function accountJson(a) {
	const attributes = { segment: a.segment };
	if (a.kind === 'guest')
		return { kind: 'guest', home: a.home.address, state: a.accepted ? 'accepted' : 'pending', enabled: a.enabled, attributes };
	const licences = a.licensed ? [{ sku: 'connect' }] : [];
	return { address: a.address, kind: a.kind, name: a.address.split(/[.@]/).slice(0, 2).join(' '), enabled: a.enabled, attributes, licences };
}

function tenantJson(t) {
	const access = { mode: t.mode, ...(t.mode === 'open' ? {} : { [t.mode]: t.list.map(domainOf) }) };
	return {
		id: `company-${t.id}`, domains: [domainOf(t.id)], licences: [{ sku: 'connect', seats: null }], external_access: access, guest_access: { directory: 'full' },
		segments: Array.from({ length: SEGMENTS }, (_, i) => ({ name: `s${i}`, filter: `segment eq ${i}` })),
		barriers: { rules: t.barriers.map((b) => ({ segment: `s${b.segment}`, [b.allow ? 'allow' : 'block']: b.others.map((o) => `s${o}`) })) },
		accounts: t.accounts.map(accountJson),
		leases: t.leases.map((l, i) => ({
			id: `L-${i}`, accounts: [l.account.address], holders: l.holders.map((h) => h.address),
			starts: '2026-01-01T00:00:00Z', ends: l.over ? '2026-06-01T00:00:00Z' : '2027-01-01T00:00:00Z', reach: 'everyone',
		})),
	};
}

/** A file of lines from any iterable of texts, a chunk at a time. */
function write(name, lines) {
	const file = openSync(join(folder, name), 'w');
	let chunk = '';
	for (const line of lines) {
		chunk += line;
		if (chunk.length > 1 << 20) {
			writeSync(file, chunk);
			chunk = '';
		}
	}
	writeSync(file, chunk);
	closeSync(file);
}

function* worldLines(tenants) {
	yield '{"version":1,"tenants":[\n';
	for (const tenant of tenants)
		yield `${tenant.id ? ',' : ''}${JSON.stringify(tenantJson(tenant))}\n`;
	yield ']}\n';
}

function* rows(list, columns) {
	for (const item of list)
		yield `${columns(item).join('\t')}\n`;
}

const KINDS = ['internal', 'service', 'guest'];
const MODES = ['open', 'allow', 'block'];
const tenants = tenantsMake();
const accounts = accountsMake(tenants);
mkdirSync(folder, { recursive: true });
write('world.json', worldLines(tenants));
write('asks.tsv', rows(asksMake(tenants, accounts), (ask) => ask));
write('tenants.tsv', rows(tenants, (t) => [domainOf(t.id), MODES.indexOf(t.mode)]));
write('lists.tsv', rows(tenants.flatMap((t) => t.list.map((other) => [t.id, other])), (row) => row));
write('barriers.tsv', rows(tenants.flatMap((t) => t.barriers.map((b) => [t.id, b])), ([id, b]) =>
	[id, b.segment, Number(b.allow), b.others.reduce((mask, other) => mask + 2 ** other, 0)]));
write('accounts.tsv', rows(accounts, (a) =>
	[a.address, a.tenant.id, KINDS.indexOf(a.kind), Number(a.enabled), Number(a.licensed), a.segment, a.home?.id ?? -1, Number(a.accepted ?? false)]));
// From the last address to the first: who hangs them into chains, newest first, has them in the order of addresses.
const byAddress = (a, b) => a.account.address < b.account.address ? 1 : -1;
write('leases.tsv', rows(tenants.flatMap((t) => t.leases).sort(byAddress), (l) => [l.account.id, Number(l.over), l.holders[0]?.id ?? -1, l.holders[1]?.id ?? -1]));
console.log(`${tenants.length} tenants, ${accounts.length} accounts, ${tenants.reduce((n, t) => n + t.list.length, 0)} list rows`);
