// What would help, from spec/reach.md section 8 and the points of doc/reach.md: each remedy is really done to the facts, the attempt
// is run again, and the facts are put back.
import { segmentsOf } from './document.mjs';
import { attemptRun, leaseMeant, leasesOf, ownPair, termOf } from './gates.mjs';
import { codePointOrder, domainPart, guestAddress, listed } from './text.mjs';

/** `look()` while object[key] is something else. */
function supposing(object, key, value, look) {
	const was = object[key];
	object[key] = value;
	try {
		return look();
	} finally {
		object[key] = was;
	}
}

/** It opens the route, or leaves what the other side has to see to. */
function helps(world, ask, attempt, side) {
	const { stopped } = attemptRun(world, ask, attempt);
	return !stopped || (stopped.side !== null && stopped.side !== side);
}

const SKUS = ['connect', 'remote-assist'];

function seatFree(tenant, sku) {
	const row = tenant.licences.find((l) => l.sku === sku);
	const taken = tenant.accounts.filter((a) => a.licences.some((l) => l.sku === sku)).length;
	return row !== undefined && (row.seats == null || row.seats > taken);
}

/** The first SKU with a free seat that helps, for the account at an end; a guest's licences are at home. */
function licenceRemedies(world, ask, attempt, side) {
	const holder = (attempt[side].home && world.account(attempt[side].home)) || attempt[side];
	const sku = SKUS.find((each) => seatFree(holder.tenant, each) &&
		supposing(holder, 'licences', [...holder.licences, { sku: each, assigned: null }], () => helps(world, ask, attempt, side)));
	return sku ? [{ who: holder.tenant.id, do: 'assign_licence', address: holder.address, sku }] : [];
}

const offered = (yes, remedy) => yes ? [remedy] : [];

/** By the stop's code: what its owner could do, tried. */
const BY_REASON = {
	'external.off': (world, ask, attempt, { side, tenant }, other) =>
		offered(supposing(attempt[side].tenant.external, 'mode', 'open', () => helps(world, ask, attempt, side)),
			{ who: tenant, do: 'enable_external', domain: domainPart(other.address) }),
	'external.not_allowed': (world, ask, attempt, { side, tenant }, other) => {
		const { external } = attempt[side].tenant, domain = domainPart(other.address);
		return offered(supposing(external, 'allow', [...external.allow, domain], () => helps(world, ask, attempt, side)), { who: tenant, do: 'allow_domain', domain });
	},
	'external.blocked': (world, ask, attempt, { side, tenant }, other) => {
		const { external } = attempt[side].tenant, domain = domainPart(other.address);
		const block = external.block.filter((entry) => !listed([entry], domain));
		return offered(supposing(external, 'block', block, () => helps(world, ask, attempt, side)), { who: tenant, do: 'unblock_domain', domain });
	},
	'guest.pending': (world, ask, attempt, { side }) => {
		const guest = attempt[side], who = world.tenantOfAddress(guest.home)?.id ?? domainPart(guest.home);
		return offered(supposing(guest, 'state', 'accepted', () => helps(world, ask, attempt, side)), { who, do: 'redeem_invitation', address: guest.address });
	},
	'lease.not_started': extension,
	'lease.ended': extension,
	'lease.out_of_scope': (world, ask, attempt, { side, tenant }, other) => {
		const lease = leaseMeant(attempt[side], ask.at);
		return offered(supposing(lease, 'added', other.address, () => helps(world, ask, attempt, side)),
			{ who: tenant, do: 'add_to_lease_reach', address: other.address, lease: lease.id });
	},
	'contact.pending': (world, ask, attempt, { side, tenant }) =>
		offered(supposing(ask.to, 'contacts', [...ask.to.contacts, { address: ask.from.address, state: 'accepted' }], () => helps(world, ask, attempt, side)),
			{ who: tenant, do: 'accept_contact', address: ask.from.address }),
	'licence.missing': (world, ask, attempt, { side }) => licenceRemedies(world, ask, attempt, side),
	'licence.over_seats': (world, ask, attempt, { side }) => licenceRemedies(world, ask, attempt, side),
	'licence.no_technician': (world, ask, attempt) => ['from', 'to'].flatMap((side) => licenceRemedies(world, ask, attempt, side)),
	'barrier.blocked': barrierChange,
	'barrier.not_allowed': barrierChange,
};

/** Is the account on this lease, and in the term of another? No account may be in two at once. */
const lentOtherwise = (account, lease, at) => leasesOf(account).includes(lease) && leasesOf(account).some((other) => other !== lease && termOf(other, at) === 'now');

/** A lease whose term takes in the time of the ask. */
function extension(world, ask, attempt, { side, tenant }) {
	const lease = leaseMeant(attempt[side], ask.at);
	if (['from', 'to'].some((end) => lentOtherwise(attempt[end], lease, ask.at)))
		return [];
	const helped = supposing(lease, 'starts', null, () => supposing(lease, 'ends', null, () => helps(world, ask, attempt, side)));
	return offered(helped, { who: tenant, do: 'extend_lease', address: attempt[side].address, lease: lease.id });
}

/** The barrier named no longer stands between the two, either way: its list is another, or, for somebody without segments, it goes. */
function barrierChanged(owner, segment, pair) {
	const [mine, theirs] = pair.map(segmentsOf);
	return owner.barriers.flatMap((rule) => {
		if (rule.segment !== segment)
			return [rule];
		if (rule.block)
			return [{ ...rule, block: rule.block.filter((name) => ![...mine, ...theirs].includes(name)) }];
		return theirs.length > 0 && mine.length > 0 ? [{ ...rule, allow: [...rule.allow, ...mine, ...theirs] }] : [];
	});
}

function barrierChange(world, ask, attempt, { side, tenant, rule }) {
	const owner = world.tenants.find((t) => t.id === tenant);
	const segment = rule.slice('barrier: '.length);
	const pair = [[attempt.from, attempt.to], ownPair(world, ask, attempt)].find(([one]) => one?.tenant === owner);
	const changed = barrierChanged(owner, segment, pair);
	return offered(supposing(owner, 'barriers', changed, () => helps(world, ask, attempt, side)), { who: tenant, do: 'change_barrier', segment });
}

function afterStop(world, ask, attempt) {
	const { stopped } = attemptRun(world, ask, attempt);
	const other = attempt[stopped.side === 'from' ? 'to' : 'from'];
	return BY_REASON[stopped.reason]?.(world, ask, attempt, stopped, other) ?? [];
}

const invites = ({ guests, domains }, domain) => guests.enabled && guests.invite.who !== 'nobody' && domains.length > 0 &&
	(guests.invite.mode !== 'allow' || listed(guests.invite.allow, domain)) && (guests.invite.mode !== 'block' || !listed(guests.invite.block, domain));

/** `traveller` as a guest, nothing special about it, where the other is. */
function invitation(world, ask, traveller) {
	const person = ask[traveller], host = ask[traveller === 'from' ? 'to' : 'from'].tenant;
	if (person.kind !== 'internal' || host.accounts.some((a) => a.home === person.address) || !invites(host, domainPart(person.address)))
		return [];
	const guest = { ...NOBODY, tenant: host, kind: 'guest', home: person.address, address: guestAddress(person.address, host.domains[0]), state: 'accepted' };
	const { stopped } = attemptRun(world, ask, { route: 'guest', from: ask.from, to: ask.to, [traveller]: guest });
	return offered(!stopped, { who: host.id, do: 'invite_guest', address: person.address });
}

const NOBODY = { name: '', title: '', enabled: true, inHouse: false, attributes: {}, licences: [], contacts: [], expires: null, controls: {}, reachList: [], segments: [] };

/** `from` with a new service account on a lease of its own that may reach just the one asked for. */
function leasing(world, ask) {
	const { from, to } = ask, host = to.tenant;
	if (from.kind !== 'internal' || !from.enabled)
		return [];
	const opens = SKUS.filter((sku) => seatFree(host, sku)).some((sku) => {
		const lent = { ...NOBODY, tenant: host, kind: 'service', home: null, address: `new@${host.domains[0] ?? 'none'}`, licences: [{ sku, assigned: null }] };
		const lease = { tenant: host, id: 'new', accounts: [lent.address], holders: [from.address], starts: null, ends: null, suspended: false, reach: [to.address],
			actions: null, peers: false, federation: false };
		return supposing(host, 'accounts', [...host.accounts, lent], () => supposing(host, 'leases', [...host.leases, lease], () =>
			!attemptRun(world, ask, { route: 'lease', from: lent, to }).stopped));
	});
	return offered(opens, { who: host.id, do: 'lease_account', address: from.address });
}

/** A holder's leases that are not in force, as if one were. */
function extensions(world, ask) {
	const { from, to, at } = ask;
	if (from.kind !== 'internal' || !from.enabled)
		return [];
	return to.tenant.leases.filter((lease) => lease.holders.includes(from.address) && termOf(lease, at) !== 'now').flatMap((lease) => {
		const lent = to.tenant.accounts.filter((a) => lease.accounts.includes(a.address)).sort((a, b) => codePointOrder(a.address, b.address))[0];
		if (!lent || lent === to || leaseMeant(lent, at) !== lease)
			return [];
		return extension(world, ask, { route: 'lease', from: lent, to }, { side: 'from', tenant: to.tenant.id });
	});
}

/** All remedies of a refusal: of the stop of every route tried, then what would make another. Each once. */
export function remediesOf(world, ask, attempts) {
	const beyond = ask.from.tenant === ask.to.tenant ? []
		: [...extensions(world, ask), ...invitation(world, ask, 'from'), ...invitation(world, ask, 'to'), ...leasing(world, ask)];
	const all = [...attempts.flatMap((attempt) => afterStop(world, ask, attempt)), ...beyond];
	return all.filter((remedy, i) => all.findIndex((r) => JSON.stringify(r) === JSON.stringify(remedy)) === i);
}

const samePerson = ({ from, to }) => (from.home ?? from.address) === (to.home ?? to.address);

/** Do the remedies of an answer differ from ours? They have no order among each other. */
export function remediesDiffer(world, ask, theirs, ours) {
	const text = (remedy) => JSON.stringify(Object.entries(remedy).sort());
	const [offers, wanted] = [theirs, ours].map((list) => new Set(list.map(text)));
	if (samePerson(ask))
		return false;	// What is done for one end is done for both: which SKU helps first is another question.
	return offers.size !== theirs.length || ours.some((remedy) => !offers.has(text(remedy))) ||
		theirs.some((remedy) => !wanted.has(text(remedy)));
}
