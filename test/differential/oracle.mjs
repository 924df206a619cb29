// A second opinion: the decision of spec/reach.md sections 1 to 5, written from the spec alone and in its order, to be read side
// by side with it. Nothing is compiled, remembered or fast. What the engine answers must be what this answers.
import { segmentsOf, worldOf } from './document.mjs';
import { addressOf, codePointOrder, domainPart, entryFor, fold, instantOf, instantOrder, listed, unicodeForm } from './text.mjs';

export const GATES = ['identity', 'licence', 'external', 'guest', 'lease', 'barrier', 'personal', 'find'];

const NEEDS = { video: ['call', 'video'], screen: ['call', 'screen'], annotate: ['call', 'annotate'], file: ['chat', 'file'] };
const neededOf = (action) => NEEDS[action] ?? [action];

/** A stop, and in words which object decided: its setting and the entry. */
const stop = (reason, side, tenant, rule) => ({ reason, side, tenant: tenant?.id ?? null, rule });

/** Not yet, or no longer, or now: where a moment lies in a lease's term. */
function termOf(lease, at) {
	if (lease.starts && instantOrder(lease.starts, at) > 0)
		return 'to come';
	return lease.ends && instantOrder(lease.ends, at) <= 0 ? 'over' : 'now';
}
const leasesOf = (account) => account.kind === 'service' ? account.tenant.leases.filter((l) => l.accounts.includes(account.address)) : [];
/** Of a service account's leases the one that matters: in its term, else the next to come, else the last that ended. */
function leaseMeant(account, at) {
	const leases = leasesOf(account).sort((a, b) => a.starts && b.starts ? instantOrder(a.starts, b.starts) : Number(!!a.starts) - Number(!!b.starts));
	const of = (term) => leases.filter((l) => termOf(l, at) === term);
	return of('now')[0] ?? of('to come')[0] ?? of('over').at(-1) ?? null;
}
const leaseInForce = (account, at) => leasesOf(account).find((l) => termOf(l, at) === 'now' && !l.suspended) ?? null;

// An attempt is one route with the accounts that stand at its ends: { route, from, to }, of the ask { from, to, … } as asked.

// 5.1 identity
function identityGate(world, ask, attempt) {
	for (const side of ['from', 'to']) {
		const account = attempt[side];
		const host = account.tenant;
		const homeTenant = account.home && world.tenantOfAddress(account.home);
		const home = account.home && world.account(account.home);
		if (homeTenant && !home)
			return stop('identity.unknown', side, homeTenant, `home: ${account.home}`);
		if (!account.enabled)
			return stop('identity.disabled', side, host, `account: ${account.address}`);
		if (home && !home.enabled)
			return stop('identity.disabled', side, homeTenant, `home: ${account.home}`);
		if (account.kind === 'guest') {
			if (account.state !== 'accepted')
				return stop('guest.pending', side, host, `guest: ${account.address}`);
			if (account.expires && instantOrder(account.expires, ask.at) <= 0)
				return stop('guest.expired', side, host, `guest: ${account.address}`);
			if (!host.guests.enabled)
				return stop('guest.access_off', side, host, `guest: ${account.address}`);
		}
		if (account.kind === 'service') {
			const leases = leasesOf(account);
			const terms = leases.map((l) => termOf(l, ask.at));
			const rule = `lease: ${leaseMeant(account, ask.at)?.id}`;
			if (leases.length === 0 && !account.inHouse)
				return stop('lease.none', side, host, `account: ${account.address}`);
			if (leases.length > 0 && !terms.includes('now'))
				return stop(terms.includes('to come') ? 'lease.not_started' : 'lease.ended', side, host, rule);
			if (leases.length > 0 && !leaseInForce(account, ask.at))
				return stop('lease.suspended', side, host, rule);
		}
	}
	return null;
}

// 5.2 licence
const queueOrder = (a, b) =>
	(a.assigned && b.assigned ? instantOrder(a.assigned, b.assigned) : Number(!!a.assigned) - Number(!!b.assigned)) ||
	codePointOrder(a.address, b.address);

function counts(account, sku) {
	const row = account.tenant.licences.find((l) => l.sku === sku);
	const seats = row ? row.seats ?? Infinity : 0;
	const queue = account.tenant.accounts.flatMap((a) => a.licences.filter((l) => l.sku === sku)
		.map((l) => ({ address: a.address, assigned: l.assigned })));
	const place = queue.sort(queueOrder).findIndex((q) => q.address === account.address);
	return place >= 0 && place < seats;
}

function technician(world, account) {
	const home = account.home && world.account(account.home);
	return counts(account, 'remote-assist') || (home ? counts(home, 'remote-assist') : false);
}

function licenceGate(world, ask, attempt) {
	for (const side of ['from', 'to']) {
		const account = attempt[side].kind === 'guest' ? world.account(attempt[side].home) : attempt[side];
		if (!account)
			continue;	// A guest from elsewhere needs none.
		if (account.licences.length === 0)
			return stop('licence.missing', side, account.tenant, `licences: ${account.address}`);
		if (!account.licences.some((l) => counts(account, l.sku)))
			return stop('licence.over_seats', side, account.tenant, `licences: ${account.address}`);
	}
	if (ask.action === 'annotate' && !technician(world, attempt.from) && !technician(world, attempt.to))
		return stop('licence.no_technician', null, null, 'licences: remote-assist');
	return null;
}

// 5.3 external access
function policyOf(account) {
	const policies = account.tenant.policies;
	return policies.find((p) => p.accounts.includes(account.address)) ??
		policies.find((p) => p.segments.some((s) => segmentsOf(account).includes(s))) ?? { external: true, mode: 'inherit' };
}

/** What the tenant of `account` says to the other party: [reason, rule]. */
function judge(ask, account, other) {
	const access = account.tenant.external;
	const policy = policyOf(account);
	const own = policy.mode !== 'inherit';
	const lists = own ? policy : access;
	const domain = domainPart(other.address);
	const rule = (key, entry) => own ? `policy: ${policy.name}` : `external_access.${key}: ${entry}`;
	const off = neededOf(ask.action).find((action) => access.offActions.includes(action));
	if (access.mode === 'off')
		return ['external.off', 'external_access.mode: off'];
	if (!other.tenant.verified && access.unverifiedTenants === 'block' && !listed(access.unverifiedExceptions, domain))
		return ['external.unverified_tenant', `external_access.unverified_tenants: ${domain}`];
	if (access.blockedPeople.some((b) => b.address === other.address && (!b.until || instantOrder(b.until, ask.at) > 0)))
		return ['external.blocked_person', `external_access.blocked_people: ${other.address}`];
	if (!policy.external)
		return ['external.user_off', `policy: ${policy.name}`];
	if (lists.mode === 'none' || (lists.mode === 'allow' && !listed(lists.allow, domain)))
		return ['external.not_allowed', rule('allow', domain)];
	if (lists.mode === 'block' && listed(lists.block, domain))
		return ['external.blocked', rule('block', entryFor(lists.block, domain))];
	return off ? ['external.action_off', `external_access.off_actions: ${off}`] : null;
}

function externalGate(world, ask, attempt) {
	for (const side of ['from', 'to']) {
		const account = attempt[side];
		if (account.kind === 'guest')
			return stop('guest.no_federation', side, account.tenant, `account: ${account.address}`);
		if (account.kind === 'service' && !leaseInForce(account, ask.at)?.federation)
			return stop('lease.no_federation', side, account.tenant, `account: ${account.address}`);
	}
	for (const [side, other] of [['from', 'to'], ['to', 'from']]) {
		const [reason, rule] = judge(ask, attempt[side], attempt[other]) ?? [];
		if (reason)
			return stop(reason, side, attempt[side].tenant, rule);
	}
	return null;
}

// 5.4 guest controls
const DEFAULT_CONTROLS = { chat: true, call: true, video: true, annotate: true, file: true, screen: 'entire', reach: 'everyone' };

/** The value of a control, and where it is set. */
function controlOf(guest, name) {
	const access = guest.tenant.guests;
	const layers = [['guest.controls', guest.controls], ['guest_access.by_domain', access.byDomain.get(domainPart(guest.home)) ?? {}],
		['guest_access.controls', access.controls], ['default', DEFAULT_CONTROLS]];
	const [where, layer] = layers.find(([, controls]) => controls[name] !== undefined) ?? ['none', {}];
	return { where, value: layer[name] };
}

/** Does a list of "segment:NAME" and addresses take in the account? */
const takesIn = (list, account) =>
	list.some((entry) => entry.startsWith('segment:') ? segmentsOf(account).includes(entry.slice('segment:'.length)) : entry === account.address);

function guestGate(world, ask, attempt) {
	for (const [side, other] of [['from', 'to'], ['to', 'from']]) {
		const guest = attempt[side];
		if (guest.kind !== 'guest')
			continue;
		const homeTenant = world.tenantOfAddress(guest.home);
		if (homeTenant && !homeTenant.external.outboundGuests)
			return stop('guest.home_forbids', side, homeTenant, `external_access.outbound_guests: ${guest.home}`);
		const off = neededOf(ask.action).find((action) => [false, 'off'].includes(controlOf(guest, action).value));
		if (off)
			return stop(`guest.${off}_off`, side, guest.tenant, `${controlOf(guest, off).where}: ${off}`);
		if (controlOf(guest, 'reach').value === 'named' && !takesIn(guest.reachList, attempt[other]))
			return stop('guest.not_named', side, guest.tenant, `guest.reach_list: ${guest.address}`);
	}
	return null;
}

// 5.5 lease scope
function inScope(lease, other, at) {
	const othersLease = leaseInForce(other, at);
	if (othersLease === lease)
		return lease.peers;
	if (lease.reach === 'everyone')
		return othersLease === null;
	return takesIn(lease.reach, other);
}

function leaseGate(world, ask, attempt) {
	for (const [side, other] of [['from', 'to'], ['to', 'from']]) {
		const lease = leaseInForce(attempt[side], ask.at);
		if (!lease)
			continue;
		if (attempt.route !== 'federation' && !inScope(lease, attempt[other], ask.at))
			return stop('lease.out_of_scope', side, lease.tenant, `lease: ${lease.id}`);
		if (lease.actions && !neededOf(ask.action).every((action) => lease.actions.includes(action)))
			return stop('lease.action_off', side, lease.tenant, `lease: ${lease.id}`);
	}
	return null;
}

// 5.6 barriers
/** [reason, segment], or null when x admits y. Of several segments that would do: for `block` the first, for `allow` the last. */
function barrierAgainst(x, y) {
	const mine = segmentsOf(x), theirs = segmentsOf(y);
	const rules = mine.map((name) => x.tenant.barriers.find((rule) => rule.segment === name)).filter(Boolean);
	const allows = rules.filter((rule) => rule.allow);
	const blocked = rules.find((rule) => rule.block?.some((name) => theirs.includes(name)));
	if (blocked)
		return ['barrier.blocked', blocked.segment];
	if (allows.length === 0 || allows.some((rule) => rule.allow.some((name) => theirs.includes(name))))
		return null;
	if (theirs.length === 0 && x.kind === 'internal' && y.kind === 'internal' && x.tenant.unsegmented === 'visible')
		return null;
	return ['barrier.not_allowed', allows.at(-1).segment];
}

/** The person's account at home: a guest's home, or the holder himself. */
function ownAccount(world, asked, standing) {
	if (standing.kind === 'guest')
		return world.account(standing.home);
	return asked === standing ? null : asked;
}

function barrierGate(world, ask, attempt) {
	const pairs = [[attempt.from, attempt.to]];
	const own = [ownAccount(world, ask.from, attempt.from), ownAccount(world, ask.to, attempt.to)];
	if (own[0] && own[1] && own[0].tenant === own[1].tenant)
		pairs.push(own);
	for (const [from, to] of pairs) {
		const sides = [['from', barrierAgainst(from, to)], ['to', barrierAgainst(to, from)]];
		const [side, refusal] = sides.find((s) => s[1]) ?? [];
		if (refusal)
			return stop(refusal[0], side, from.tenant, `barrier: ${refusal[1]}`);
	}
	return null;
}

// 5.7 personal
const accountsOf = (world, asked, standing) => [asked, standing, standing.home && world.account(standing.home)].filter(Boolean);

function personalGate(world, ask, attempt) {
	const names = [ask.from.address, attempt.from.address, attempt.from.home];
	const entries = accountsOf(world, ask.to, attempt.to).flatMap((a) => a.contacts).filter((c) => names.includes(c.address));
	const waits = ['federation', 'guest'].includes(attempt.route) && ask.to.tenant.external.firstContact === 'ask' && !['find', 'chat'].includes(ask.action);
	if (entries.some((c) => c.state === 'blocked'))
		return stop('contact.blocked', 'to', ask.to.tenant, `contacts: ${ask.from.address}`);
	if (waits && !entries.some((c) => c.state === 'accepted'))
		return stop('contact.pending', 'to', ask.to.tenant, `external_access.first_contact: ${ask.from.address}`);
	return null;
}

// 5.8 find
function findGate(world, ask, attempt) {
	const addresses = [ask.to.address, attempt.to.address, attempt.to.home].filter(Boolean);
	const query = ask.query === null ? ask.to.address : ask.query.trim();
	const whole = addresses.includes(addressOf(query));
	const texts = [attempt.to.name, attempt.to.title, ...addresses, ...addresses.map(unicodeForm)];
	const matches = query !== '' && (whole || texts.some((text) => fold(text).includes(fold(query))));
	if (attempt.from.kind === 'guest') {
		const { directory } = attempt.from.tenant.guests;
		if (directory === 'none')
			return stop('guest.find_off', 'from', attempt.from.tenant, 'guest_access.directory: none');
		if (directory === 'exact' && !whole)
			return stop('guest.find_exact_only', 'from', attempt.from.tenant, 'guest_access.directory: exact');
	}
	if (attempt.route === 'federation' && !whole && !listed(ask.to.tenant.external.directoryCards, domainPart(ask.from.address)))
		return stop('find.exact_only', 'to', ask.to.tenant, `external_access.directory_cards: ${domainPart(ask.from.address)}`);
	return matches ? null : stop('find.no_match', null, null, `query: ${fold(query)}`);
}

const gates = {
	identity: identityGate, licence: licenceGate, external: externalGate, guest: guestGate,
	lease: leaseGate, barrier: barrierGate, personal: personalGate, find: findGate,
};

/** Section 2: which gates apply to an attempt. */
function applies(gate, ask, attempt) {
	const ends = [attempt.from, attempt.to];
	switch (gate) {
	case 'external': return attempt.route === 'federation';
	case 'guest': return attempt.route !== 'federation' && ends.some((a) => a.kind === 'guest');
	case 'lease': return ends.some((a) => leasesOf(a).length > 0);
	case 'barrier': return attempt.route !== 'federation';
	case 'find': return ask.action === 'find';
	default: return true;
	}
}

function attemptRun(world, ask, attempt) {
	const steps = [];
	let stopped = null, stopAt = GATES.length;
	for (const [place, gate] of GATES.entries()) {
		if (stopped || !applies(gate, ask, attempt)) {
			steps.push({ gate, result: 'skip', side: null, reason: null, rule: null });
			continue;
		}
		stopped = gates[gate](world, ask, attempt);
		stopAt = stopped ? place : stopAt;
		steps.push({ gate, result: stopped ? 'stop' : 'pass', side: stopped?.side ?? null, reason: stopped?.reason ?? null, rule: stopped?.rule ?? null });
	}
	return { route: attempt.route, stopped, stopAt, steps };
}

// 3. Routes, in order of preference
function attemptsOf(world, ask) {
	const { from, to, at } = ask;
	if (from.tenant === to.tenant)
		return [{ route: 'internal', from, to }];
	const guestIn = (tenant, person) => person.kind === 'internal' ? tenant.accounts.find((a) => a.home === person.address) : undefined;
	const attempts = [{ route: 'federation', from, to }];
	const there = guestIn(to.tenant, from), here = guestIn(from.tenant, to);
	if (there && there !== to)
		attempts.push({ route: 'guest', from: there, to });
	if (here && here !== from)
		attempts.push({ route: 'guest', from, to: here });
	if (from.kind === 'internal' && from.enabled) {
		const held = to.tenant.accounts.filter((a) => a !== to && leaseInForce(a, at)?.holders.includes(from.address));
		attempts.push(...held.sort((a, b) => codePointOrder(a.address, b.address)).map((account) => ({ route: 'lease', from: account, to })));
	}
	return attempts;
}

function unknown(side, tenant, address) {
	const steps = GATES.map((gate) => ({ gate, result: 'skip', side: null, reason: null, rule: null }));
	const rule = `account: ${address}`;
	steps[0] = { gate: 'identity', result: 'stop', side, reason: 'identity.unknown', rule };
	return { allowed: false, route: null, ...stop('identity.unknown', side, tenant, rule), steps };
}

/** The answer but for `until`; `ask` has accounts for addresses. */
function decideAt(world, ask) {
	const runs = attemptsOf(world, ask).map((attempt) => attemptRun(world, ask, attempt));
	const open = runs.find((run) => !run.stopped);
	if (open)
		return { allowed: true, route: open.route, reason: 'ok', side: null, tenant: null, rule: null, steps: open.steps };
	const furthest = runs.reduce((best, run) => run.stopAt > best.stopAt ? run : best);
	return { allowed: false, route: furthest.route, ...furthest.stopped, steps: furthest.steps };
}

/** All moments after `at` at which something of the two tenants begins or ends, in order. */
function momentsAfter(ask) {
	const moments = [ask.from.tenant, ask.to.tenant].flatMap((t) => [
		...t.leases.flatMap((l) => [l.starts, l.ends]), ...t.accounts.map((a) => a.expires), ...t.external.blockedPeople.map((b) => b.until)]);
	return moments.filter((m) => m && instantOrder(m, ask.at) > 0).sort(instantOrder);
}

/** The first moment at which the answer is another: found by asking again at each. */
function untilOf(world, ask, answer) {
	const now = JSON.stringify(answer);
	return momentsAfter(ask).find((at) => JSON.stringify(decideAt(world, { ...ask, at })) !== now) ?? null;
}

/**
 * 2. The question and the answer. `until` is an instant (text.mjs) or null; rule and remedies are not given. `moments` are all that
 * `until` was chosen from.
 */
export function decide(world, json) {
	const from = addressOf(json.from), to = addressOf(json.to);
	const ask = { from: world.account(from), to: world.account(to), action: json.action, at: instantOf(json.at), query: json.query ?? null };
	if (!ask.from)
		return { ...unknown('from', world.tenantOfAddress(from), from), until: null, moments: [] };
	if (!ask.to)
		return { ...unknown('to', world.tenantOfAddress(to), to), until: null, moments: [] };
	const answer = decideAt(world, ask);
	return { ...answer, until: untilOf(world, ask, answer), moments: momentsAfter(ask) };
}

export { worldOf };
