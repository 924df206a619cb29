// A second opinion: routes and answer, sections 2 and 3 of spec/reach.md, written from the spec alone. The gates are gates.mjs.
import { GATES, attemptRun, leaseInForce, stop } from './gates.mjs';
import { remediesOf } from './remedies.mjs';
import { addressOf, codePointOrder, instantOf, instantOrder } from './text.mjs';

// 3. Routes, in order of preference
export function attemptsOf(world, ask) {
	const { from, to, at } = ask;
	if (from.tenant === to.tenant)
		return [{ route: 'internal', from, to }];
	const guestIn = (tenant, person) => person.kind === 'internal' ? tenant?.accounts.find((a) => a.home === person.address) : undefined;
	const attempts = [{ route: 'federation', from, to }];
	const there = guestIn(to.tenant, from), here = guestIn(from.tenant, to);
	if (there && there.address !== to.address)
		attempts.push({ route: 'guest', from: there, to });
	if (here && here.address !== from.address)
		attempts.push({ route: 'guest', from, to: here });
	if (from.kind === 'internal' && from.enabled && to.tenant) {
		const held = to.tenant.accounts.filter((a) => a.address !== to.address && leaseInForce(a, at)?.holders.includes(from.address));
		attempts.push(...held.sort((a, b) => codePointOrder(a.address, b.address)).map((account) => ({ route: 'lease', from: account, to })));
	}
	return attempts;
}

export function unknown(side, tenant, address) {
	const steps = GATES.map((gate) => ({ gate, result: 'skip', side: null, reason: null, rule: null }));
	const rule = `account: ${address}`;
	steps[0] = { gate: 'identity', result: 'stop', side, reason: 'identity.unknown', rule };
	return { allowed: false, route: null, ...stop('identity.unknown', side, tenant, rule), steps };
}

/** The answer but for `until`; `ask` has accounts for addresses. */
function decideAt(world, ask) {
	return answerOf(attemptsOf(world, ask).map((attempt) => attemptRun(world, ask, attempt)));
}

/** The first open route, or of the refusals the one that got furthest. */
export function answerOf(runs) {
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

/** The ask with accounts for addresses; null for who does not exist. */
export function askOf(world, json) {
	return { from: world.account(addressOf(json.from)), to: world.account(addressOf(json.to)), action: json.action, at: instantOf(json.at), query: json.query ?? null };
}

/**
 * 2. The question and the answer. `until` is an instant (text.mjs) or null; `moments` are all that it was chosen from; for `remedies`
 * see remedies.mjs.
 */
export function decide(world, json) {
	const from = addressOf(json.from), to = addressOf(json.to);
	const ask = askOf(world, json);
	if (!ask.from)
		return { ...unknown('from', world.tenantOfAddress(from), from), remedies: [], until: null, moments: [] };
	if (!ask.to)
		return { ...unknown('to', world.tenantOfAddress(to), to), remedies: [], until: null, moments: [] };
	const answer = decideAt(world, ask);
	return { ...answer, remedies: answer.allowed ? [] : remediesOf(world, ask, attemptsOf(world, ask)), until: untilOf(world, ask, answer), moments: momentsAfter(ask) };
}
