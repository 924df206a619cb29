// Section 8: what of a refusal is told to whom, with the points of doc/reach.md. Slow and obvious.
import { GATES, attemptRun } from './gates.mjs';
import { answerOf, askOf, attemptsOf, decide, unknown } from './oracle.mjs';
import { addressOf } from './text.mjs';

const PRIVATE = ['identity.disabled', 'barrier.blocked', 'barrier.not_allowed', 'contact.blocked'];
const OF_TWO_TENANTS = ['external.off', 'external.not_allowed', 'external.blocked', 'external.unverified_tenant'];
const ofVisitors = (reason) => /^(guest|lease)\./.test(reason);

const SKIPPED = GATES.map((gate) => ({ gate, result: 'skip', side: null, reason: null, rule: null }));
export const UNREACHABLE = {
	allowed: false, route: null, reason: 'unreachable', side: null, tenant: null, rule: null, steps: SKIPPED, remedies: [], until: null,
};

/** Who asks: { kind, home: a tenant or null, self: his own address }; as the engine is told (engine.c). */
export function askerOf(world, { account: address, tenant }) {
	const account = address && world.account(address);
	if (account) {
		const abroad = account.kind === 'guest' ? world.tenantOfAddress(account.home) : account.tenant;
		const lent = account.kind === 'service' && account.tenant.leases.some((lease) => lease.accounts.includes(account.address));
		return { kind: 'user', home: lent ? null : abroad, self: account.address };
	}
	return tenant ? { kind: 'admin', home: world.tenant(tenant), self: null } : { kind: 'operator', home: null, self: null };
}

const owns = (asker, { tenant, reason }) =>
	tenant !== null && tenant === asker.home?.id && (asker.kind === 'admin' || !PRIVATE.includes(reason));

/** At which end the asker stands: 'from', 'to', 'both' or null. */
function endOf(world, asker, addresses) {
	const mine = (side) => asker.home !== null && world.tenantOfAddress(addresses[side]) === asker.home;
	if (mine('from') && mine('to'))
		return 'both';
	return ['from', 'to'].find((side) => asker.self === addresses[side]) ?? ['from', 'to'].find(mine) ?? null;
}

/** The answer as it looks from one end: of the other only the address is known, and that one's guest account here. */
function fromHome(world, json, own, addresses) {
	const other = own === 'from' ? 'to' : 'from';
	const me = world.account(addresses[own]);
	if (!me)
		return unknown(own, world.tenantOfAddress(addresses[own]), addresses[own]);
	const hidden = { hidden: true, kind: 'hidden', address: addresses[other], tenant: world.tenantOfAddress(addresses[other]), home: null };
	const ask = { ...askOf(world, json), [own]: me, [other]: hidden };
	const attempts = attemptsOf(world, ask);
	const guest = me.tenant === hidden.tenant ? null : me.tenant.accounts.find((a) => a.home === hidden.address && a.address !== me.address);
	if (guest) {
		const leases = attempts.findIndex((attempt) => attempt.route === 'lease');
		attempts.splice(leases < 0 ? attempts.length : leases, 0, { route: 'guest', [own]: me, [other]: { ...guest, homeHidden: true } });
	}
	const answer = answerOf(attempts.map((attempt) => attemptRun(world, ask, attempt)));
	return { ...answer, steps: answer.steps.map((step) => step.result === 'pass' ? { ...step, result: 'skip' } : step) };
}

function across(world, json, asker, own, addresses, full) {
	const seen = fromHome(world, json, own, addresses);
	const discloses = world.tenants.some((t) => t.id === seen.tenant && t.discloses);
	const may = owns(asker, seen) || (OF_TWO_TENANTS.includes(seen.reason) && discloses) ||
		(ofVisitors(seen.reason) && asker.kind === 'user' && seen.side === own);
	if (!seen.allowed && may)
		return { ...seen, remedies: null, until: undefined };
	const finder = full.route !== null && (full.tenant === null || full.reason === 'contact.pending') &&
		decide(world, { ...json, action: 'find', query: null }).allowed;
	return owns(asker, full) || finder ? { ...full, remedies: full.remedies.filter((r) => r.who === asker.home?.id), until: null, moments: [] } : UNREACHABLE;
}

/** The answer as it is told to an asker. `remedies` null, `until` undefined: those of the view from home, not compared. */
export function told(world, json, asker) {
	const full = decide(world, json);
	const addresses = { from: addressOf(json.from), to: addressOf(json.to) };
	if (full.allowed || asker.kind === 'operator')
		return full;
	const own = endOf(world, asker, addresses);
	if (own === 'both')
		return full.tenant === null || owns(asker, full) ? full : UNREACHABLE;
	return own ? across(world, json, asker, own, addresses, full) : UNREACHABLE;
}
