/** Where the rows of a long list stand, as far as they were measured; the others are guessed. Pure. */

/** The top of each row, and behind the last the end of all. */
export function extentsOf(keys: string[], measured: ReadonlyMap<string, number>, guess: number): Float64Array {
	const tops = new Float64Array(keys.length + 1);

	for (let i = 0; i < keys.length; i++)
		tops[i + 1] = tops[i]! + (measured.get(keys[i]!) ?? guess);
	return tops;
}

/** The row at a height; above all the first, below all the last. Of no rows: -1. */
export function extentAt(tops: Float64Array, y: number): number {
	let low = 0;
	let high = tops.length - 2;

	while (low < high) {
		const middle = (low + high + 1) >> 1;

		if (tops[middle]! <= y)
			low = middle;
		else
			high = middle - 1;
	}
	return Math.min(low, tops.length - 2);
}

/** A row that was in sight, and how far its top stood above (positive) or below the window's. */
export interface Held {
	key: string;
	below: number;
}

/**
 * How far to scroll so that what was in sight stays there, among rows that came, went or turned out larger. Of several rows the
 * one that asks for the least: one that was moved away itself asks for more than its neighbours. Null when none of them is left.
 */
export function extentsHold(held: Held[], tops: Float64Array, places: ReadonlyMap<string, number>, now: number): number | null {
	const wishes = held.flatMap(({ key, below }) => {
		const place = places.get(key);

		return place === undefined ? [] : [tops[place]! + below];
	});

	return wishes.length ? wishes.reduce((best, one) => (Math.abs(one - now) < Math.abs(best - now) ? one : best)) : null;
}
