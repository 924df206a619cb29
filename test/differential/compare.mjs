// The engine's answers held against the oracle's; and a world made smaller while they still differ.
import { worldOf } from './document.mjs';
import { askOf, decide } from './oracle.mjs';
import { remediesDiffer } from './remedies.mjs';
import { instantOf, instantOrder } from './text.mjs';

/** The keys in which the engine's answer is another than the oracle's. */
export function differences(facts, ask, answer, opinion) {
	const differs = ['allowed', 'route', 'reason', 'side', 'tenant', 'rule'].filter((key) => answer[key] !== opinion[key]);
	if (opinion.route && remediesDiffer(facts, askOf(facts, ask), answer.remedies, opinion.remedies))
		differs.push('remedies');
	if (JSON.stringify(answer.steps) !== JSON.stringify(opinion.steps))
		differs.push('steps');
	if (untilDiffers(answer.until, opinion))
		differs.push('until');
	return differs;
}

/**
 * "could change": the engine may name a moment that turns out to change nothing, so long as something of the two tenants does begin
 * or end then, but never one after the first that does change the answer.
 */
function untilDiffers(until, { until: change, moments }) {
	if (until === null)
		return change !== null;
	const at = instantOf(until);
	return (change !== null && instantOrder(at, change) > 0) || !moments.some((m) => instantOrder(m, at) === 0);
}

const opinionText = (opinion) => JSON.stringify({ ...opinion, until: opinion.until?.text ?? null, moments: undefined });

/** null, or the difference as { ask, keys, answer, opinion } of the first ask that has one. `seen` is told each
 * reason and remedy. */
export async function firstDifference(engine, world, asks, seen = () => {}) {
	await engine.world(world);
	const running = engine.asks(asks);
	const facts = worldOf(world);
	const opinions = asks.map((ask) => decide(facts, ask));
	const answers = await running;
	for (const [i, opinion] of opinions.entries()) {
		const keys = differences(facts, asks[i], JSON.parse(answers[i]), opinion);
		if (keys.length > 0)
			return { ask: asks[i], keys, answer: answers[i], opinion: opinionText(opinion) };
		seen(opinion.reason, ...opinion.remedies.map((remedy) => remedy.do));
	}
	return null;
}

/** Every place in a JSON value from which something can be taken away, the biggest first. */
function placesOf(value, path = []) {
	if (value === null || typeof value !== 'object')
		return [];
	const keys = Array.isArray(value) ? value.map((_, i) => i).reverse() : Object.keys(value);
	return [...keys.map((key) => [...path, key]), ...keys.flatMap((key) => placesOf(value[key], [...path, key]))];
}

function without(value, path) {
	const copy = structuredClone(value);
	const parent = path.slice(0, -1).reduce((at, key) => at[key], copy);
	if (Array.isArray(parent))
		parent.splice(path.at(-1), 1);
	else
		delete parent[path.at(-1)];
	return copy;
}

async function stillDiffers(engine, world, found) {
	try {
		const now = await firstDifference(engine, world, [found.ask]);
		return now !== null && now.keys.join() === found.keys.join();
	} catch {
		return false;	// The smaller world is one that is refused, or that the oracle cannot read.
	}
}

/** The world without all that does not matter to the difference. */
export async function minimised(engine, world, found) {
	let smaller = world;
	for (let shrunk = true; shrunk;) {
		shrunk = false;
		for (const path of placesOf(smaller).sort((a, b) => a.length - b.length)) {
			let candidate;
			try {
				candidate = without(smaller, path);
			} catch {
				continue;	// Its parent has gone meanwhile.
			}
			if (JSON.stringify(candidate) !== JSON.stringify(smaller) && await stillDiffers(engine, candidate, found)) {
				smaller = candidate;
				shrunk = true;
			}
		}
	}
	return smaller;
}
