// A second opinion: the gates of spec/reach.md section 5, written from the spec alone and in its order, to be read side by side with
// it. Nothing is compiled, remembered or fast. What the engine answers must be what this and oracle.mjs answer.
//
// An account may be `hidden` (told.mjs): nobody looked it up, and it passes whatever only the account decides. Of a guest with
// `homeHidden` the person at home was not looked up.
import { segmentsOf } from './document.mjs';
import { addressOf, codePointOrder, domainPart, entryFor, fold, instantOrder, listed, unicodeForm } from './text.mjs';

export const GATES = ['identity', 'licence', 'external', 'guest', 'lease', 'barrier', 'personal', 'find'];

const NEEDS = { video: ['call', 'video'], screen: ['call', 'screen'], annotate: ['call', 'annotate'], file: ['chat', 'file'] };
const neededOf = (action) => NEEDS[action] ?? [action];

/** A stop, and in words which object decided: its setting and the entry. */
export const stop = (reason, side, tenant, rule) => ({ reason, side, tenant: tenant?.id ?? null, rule });

/** Not yet, or no longer, or now: where a moment lies in a lease's term. */
export function termOf(lease, at) {
	if (lease.starts && instantOrder(lease.starts, at) > 0)
		return 'to come';
	return lease.ends && instantOrder(lease.ends, at) <= 0 ? 'over' : 'now';
}
export const leasesOf = (account) => account.kind === 'service' ? account.tenant.leases.filter((l) => l.accounts.includes(account.address)) : [];
/** Of a service account's leases the one that matters: in its term, else the next to come, else the last that ended. */
export function leaseMeant(account, at) {
	const leases = leasesOf(account).sort((a, b) => a.starts && b.starts ? instantOrder(a.starts, b.starts) : Number(!!a.starts) - Number(!!b.starts));
	const of = (term) => leases.filter((l) => termOf(l, at) === term);
	return of('now')[0] ?? of('to come')[0] ?? of('over').at(-1) ?? null;
}
export const leaseInForce = (account, at) => leasesOf(account).find((l) => termOf(l, at) === 'now' && !l.suspended) ?? null;

// An attempt is one route with the accounts that stand at its ends: { route, from, to }, of the ask { from, to, … } as asked.

/** A guest's account at home and its tenant, as far as they are here. */
function homeOf(world, account) {
	const looked = account.home && !account.homeHidden;
	return looked ? [world.account(account.home), world.tenantOfAddress(account.home)] : [null, null];
}

// 5.1 identity
function identityGate(world, ask, attempt) {
	for (const side of ['from', 'to']) {
		const account = attempt[side];
		const host = account.tenant;
		const [home, homeTenant] = homeOf(world, account);
		if (account.hidden)
			continue;
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
	const [home] = homeOf(world, account);
	return account.hidden || account.homeHidden || counts(account, 'remote-assist') || (home ? counts(home, 'remote-assist') : false);
}

function licenceGate(world, ask, attempt) {
	for (const side of ['from', 'to']) {
		const account = attempt[side].kind === 'guest' ? homeOf(world, attempt[side])[0] : attempt[side];
		if (!account || account.hidden)
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
	const policy = account.hidden ? { external: true, mode: 'inherit' } : policyOf(account);
	const own = policy.mode !== 'inherit';
	const lists = own ? policy : access;
	const domain = domainPart(other.address);
	const rule = (key, entry) => own ? `policy: ${policy.name}` : `external_access.${key}: ${entry}`;
	const off = neededOf(ask.action).find((action) => access.offActions.includes(action));
	if (access.mode === 'off')
		return ['external.off', 'external_access.mode: off'];
	if (other.tenant && !other.tenant.verified && access.unverifiedTenants === 'block' && !listed(access.unverifiedExceptions, domain))
		return ['external.unverified_tenant', `external_access.unverified_tenants: ${domain}`];
	if (!account.hidden && access.blockedPeople.some((b) => b.address === other.address && (!b.until || instantOrder(b.until, ask.at) > 0)))
		return ['external.blocked_person', `external_access.blocked_people: ${other.address}`];
	if (!policy.external)
		return ['external.user_off', `policy: ${policy.name}`];
	if (lists.mode === 'none' || (lists.mode === 'allow' && !listed(lists.allow, domain)))
		return ['external.not_allowed', rule('allow', domain)];
	if (lists.mode === 'block' && listed(lists.block, domain))
		return ['external.blocked', rule('block', entryFor(lists.block, domain))];
	return off && !account.hidden ? ['external.action_off', `external_access.off_actions: ${off}`] : null;
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
		const [reason, rule] = (attempt[side].tenant && judge(ask, attempt[side], attempt[other])) ?? [];
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
	account.hidden || list.some((entry) => entry.startsWith('segment:') ? segmentsOf(account).includes(entry.slice('segment:'.length)) : entry === account.address);

function guestGate(world, ask, attempt) {
	for (const [side, other] of [['from', 'to'], ['to', 'from']]) {
		const guest = attempt[side];
		if (guest.kind !== 'guest')
			continue;
		const [, homeTenant] = homeOf(world, guest);
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
	if (other.hidden)
		return true;
	const othersLease = leaseInForce(other, at);
	if (othersLease === lease)
		return lease.peers;
	if (lease.reach === 'everyone')
		return othersLease === null || lease.added === other.address;
	return takesIn(lease.reach, other) || lease.added === other.address;
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
		return homeOf(world, standing)[0];
	return asked === standing || asked.hidden ? null : asked;
}

/** The two people's accounts of one other tenant; [] when they have none. */
export function ownPair(world, ask, attempt) {
	const own = [ownAccount(world, ask.from, attempt.from), ownAccount(world, ask.to, attempt.to)];
	return own[0] && own[1] && own[0].tenant === own[1].tenant ? own : [];
}

function barrierGate(world, ask, attempt) {
	const pairs = [[attempt.from, attempt.to], ownPair(world, ask, attempt)].filter((pair) => pair.length > 0);
	for (const [from, to] of pairs.filter((pair) => !pair.some((account) => account.hidden))) {
		const sides = [['from', barrierAgainst(from, to)], ['to', barrierAgainst(to, from)]];
		const [side, refusal] = sides.find((s) => s[1]) ?? [];
		if (refusal)
			return stop(refusal[0], side, from.tenant, `barrier: ${refusal[1]}`);
	}
	return null;
}

// 5.7 personal
const accountsOf = (world, asked, standing) => [asked, standing, homeOf(world, standing)[0]].filter((account) => account && !account.hidden);

function personalGate(world, ask, attempt) {
	if (attempt.to.hidden)
		return null;
	const names = [ask.from.address, attempt.from.address, attempt.from.home];
	const entries = accountsOf(world, ask.to, attempt.to).flatMap((a) => a.contacts).filter((c) => names.includes(c.address));
	const waits = ['federation', 'guest'].includes(attempt.route) && !ask.to.hidden && ask.to.tenant.external.firstContact === 'ask' && !['find', 'chat'].includes(ask.action);
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
	if (attempt.from.kind === 'guest') {
		const { directory } = attempt.from.tenant.guests;
		if (directory === 'none')
			return stop('guest.find_off', 'from', attempt.from.tenant, 'guest_access.directory: none');
		if (directory === 'exact' && !whole)
			return stop('guest.find_exact_only', 'from', attempt.from.tenant, 'guest_access.directory: exact');
	}
	if (attempt.to.hidden)
		return null;
	if (attempt.route === 'federation' && !whole && !listed(ask.to.tenant.external.directoryCards, domainPart(ask.from.address)))
		return stop('find.exact_only', 'to', ask.to.tenant, `external_access.directory_cards: ${domainPart(ask.from.address)}`);
	const texts = [attempt.to.name, attempt.to.title, ...addresses, ...addresses.map(unicodeForm)];
	const matches = query !== '' && (whole || texts.some((text) => fold(text).includes(fold(query))));
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

export function attemptRun(world, ask, attempt) {
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
