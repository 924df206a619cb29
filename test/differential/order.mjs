// The same world in another order: everything is shuffled whose order the spec gives no meaning.

/** A shuffled copy of a list. */
function shuffled(r, list) {
	const rest = [...list];
	return list.map(() => rest.splice(r.below(rest.length), 1)[0]);
}

// The order of a tenant's policies counts, and of its domains the first.
const KEPT = ['policies'];

function reordered(r, value, key) {
	if (Array.isArray(value)) {
		const list = value.map((v) => reordered(r, v, null));
		if (key === 'domains')
			return [list[0], ...shuffled(r, list.slice(1))];
		return KEPT.includes(key) ? list : shuffled(r, list);
	}
	if (value === null || typeof value !== 'object')
		return value;
	return Object.fromEntries(shuffled(r, Object.entries(value)).map(([k, v]) => [k, reordered(r, v, k)]));
}

/** The document with its keys, tenants, accounts, segments, leases, barriers, licences and lists in another order. */
export const worldReordered = (r, world) => reordered(r, world, null);

/**
 * An answer without what the order of segments may choose: which of several barriers that shut is named. Remedies have no order
 * among each other.
 */
export function answerUnordered(text) {
	const answer = JSON.parse(text);
	const remedies = answer.remedies.map((remedy) => JSON.stringify('segment' in remedy ? { ...remedy, segment: 'any' } : remedy));
	answer.remedies = [...new Set(remedies)].sort();
	if (answer.reason.startsWith('barrier.')) {
		answer.rule = null;
		answer.steps.forEach((step) => { step.rule = null; });
	}
	return JSON.stringify(answer);
}
