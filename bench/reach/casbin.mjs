// The same rules in casbin: a policy of conditions in the order of the gates, the first that holds decides. Looking up accounts,
// lists and barriers is plain JavaScript outside of it, to its advantage; what casbin does is to evaluate the rules of one attempt.
//
// usage: node casbin.mjs FOLDER    Prints a line as bench.c does; "differs" is against the plain JavaScript walk of the same rules.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newEnforcer, newModel, StringAdapter } from 'casbin';

const SECONDS = 2;
const folder = process.argv[2];
const rows = (name) => readFileSync(join(folder, name), 'utf8').split('\n').filter(Boolean).map((line) => line.split('\t'));

const tenants = rows('tenants.tsv').map(([, mode]) => ({ mode: Number(mode), listed: new Set(), barriers: [], guests: new Map(), held: new Map() }));
rows('lists.tsv').forEach(([tenant, other]) => tenants[tenant].listed.add(Number(other)));
rows('barriers.tsv').forEach(([tenant, segment, allow, mask]) => { tenants[tenant].barriers[segment] = { allow: allow === '1', mask: Number(mask) }; });
const accounts = rows('accounts.tsv').map(([address, tenant, kind, enabled, licensed, segment, home, accepted]) => ({
	address, tenant: Number(tenant), kind: Number(kind), enabled: enabled === '1', licensed: licensed === '1', segment: Number(segment),
	homeId: Number(home), accepted: accepted === '1', over: false,
}));
const byAddress = new Map(accounts.map((a) => [a.address, a]));
for (const a of accounts) {
	a.home = a.homeId < 0 ? null : accounts[a.homeId];
	if (a.home)
		tenants[a.tenant].guests.set(a.home, a);
}
for (const [account, over, ...holders] of rows('leases.tsv').reverse()) {
	accounts[account].over = over === '1';
	for (const holder of holders.filter((id) => id !== '-1').map((id) => accounts[id])) {
		const { held } = tenants[accounts[account].tenant];
		held.set(holder, [...(held.get(holder) ?? []), accounts[account]]);
	}
}
const asks = rows('asks.tsv');

/** What one attempt's rules are about: everything looked up. */
function attempt(route, from, to, holder = null) {
	const here = tenants[from.tenant], there = tenants[to.tenant];
	const end = (a) => ({ ...a, home: null, usable: a.enabled && (a.home?.enabled ?? true), counts: (a.home ?? a).licensed });
	const bars = (x, y) => { const b = tenants[x.tenant].barriers[x.segment]; return (b.mask >> y.segment & 1) !== Number(b.allow) ? (b.allow ? 2 : 1) : 0; };
	const fromHome = from.home ?? holder, toHome = to.home;
	const atHome = route !== 2 && fromHome && toHome && fromHome.tenant === toHome.tenant;
	const barrier = route === 2 ? 0 : bars(from, to) || bars(to, from) || (atHome && (bars(fromHome, toHome) || bars(toHome, fromHome))) || 0;
	return { route, x: end(from), y: end(to), here: here.mode, there: there.mode, hereLists: here.listed.has(to.tenant), thereLists: there.listed.has(from.tenant), barrier };
}

function* attempts(from, to) {
	if (from.tenant === to.tenant)
		return yield attempt(1, from, to);
	yield attempt(2, from, to);
	const there = tenants[to.tenant].guests.get(from), here = tenants[from.tenant].guests.get(to);
	if (there && there !== to)
		yield attempt(3, there, to);
	if (here && here !== from)
		yield attempt(3, from, here);
	if (from.enabled)
		for (const service of (tenants[to.tenant].held.get(from) ?? []).filter((s) => s !== to && !s.over))
			yield attempt(4, service, to, from);
}

// Condition, code. Modes, kinds and routes are numbered as in facts.h.
const RULES = [
	['r.q.x.usable == false', 101], ['r.q.x.kind == 2 && r.q.x.accepted == false', 102], ['r.q.x.kind == 1 && r.q.x.over', 103],
	['r.q.y.usable == false', 101], ['r.q.y.kind == 2 && r.q.y.accepted == false', 102], ['r.q.y.kind == 1 && r.q.y.over', 103],
	['r.q.x.counts == false || r.q.y.counts == false', 200],
	['r.q.route == 2 && r.q.x.kind == 2', 300], ['r.q.route == 2 && r.q.x.kind == 1', 301],
	['r.q.route == 2 && r.q.y.kind == 2', 300], ['r.q.route == 2 && r.q.y.kind == 1', 301],
	['r.q.route == 2 && r.q.here == 1 && r.q.hereLists == false', 302], ['r.q.route == 2 && r.q.here == 2 && r.q.hereLists', 303],
	['r.q.route == 2 && r.q.there == 1 && r.q.thereLists == false', 302], ['r.q.route == 2 && r.q.there == 2 && r.q.thereLists', 303],
	['r.q.route != 2 && r.q.x.kind == 1 && r.q.y.kind == 1', 500],
	['r.q.barrier == 1', 600], ['r.q.barrier == 2', 601], ['true', 900],
];

const model = newModel(`
[request_definition]
r = q
[policy_definition]
p = rule, code, eft
[policy_effect]
e = priority(p.eft) || deny
[matchers]
m = eval(p.rule)
`);
const policy = RULES.map(([rule, code]) => `p, ${rule}, ${code}, ${code === 900 ? 'allow' : 'deny'}`).join('\n');
const enforcer = await newEnforcer(model, new StringAdapter(policy));

async function decide(from, to) {
	const a = byAddress.get(from), b = byAddress.get(to);
	if (!a || !b)
		return { route: 0, code: 100 };
	let best = { route: 0, code: 0 };
	for (const q of attempts(a, b)) {
		const code = Number((await enforcer.enforceEx(q))[1][1]);
		if (Math.floor(code / 100) > Math.floor(best.code / 100))
			best = { route: q.route, code };
		if (code === 900)
			break;
	}
	return best;
}

/** The same rules as JavaScript's own conditions: proof that casbin was given them right. */
const holds = RULES.map(([rule]) => new Function('r', `return ${rule};`));
function expected(from, to) {
	const a = byAddress.get(from), b = byAddress.get(to);
	let best = { route: 0, code: a && b ? 0 : 100 };
	for (const q of a && b ? attempts(a, b) : []) {
		const code = RULES[holds.findIndex((h) => h({ q }))][1];
		if (Math.floor(code / 100) > Math.floor(best.code / 100))
			best = { route: q.route, code };
	}
	return best;
}

const answers = [], took = [];
const cpuStart = process.cpuUsage(), wallStart = performance.now();
for (const [from, to] of asks) {
	const start = performance.now();
	answers.push(await decide(from, to));
	took.push((performance.now() - start) * 1e6);
	if (performance.now() - wallStart > SECONDS * 1000)
		break;
}
const cpu = process.cpuUsage(cpuStart);
const rate = answers.length / ((cpu.user + cpu.system) / 1e6);
const differs = answers.filter((answer, i) => JSON.stringify(answer) !== JSON.stringify(expected(asks[i][0], asks[i][1]))).length;
took.sort((a, b) => a - b);
const at = (share) => took[Math.floor(took.length * share)].toFixed(0);
console.log(['casbin (node), 19 rules', rate.toFixed(0), '', '', at(0.5), at(0.99), differs].join('\t'));
