/** Which mark lies under a finger, and the box around one. Pure. */
import type { Mark, Point } from '../wire/objects';
import { WIDE } from './arrow';

type Place = [x: number, y: number];

/** The pin of a step, upwards from its tip, in drawing units. */
export const PIN_HIGH = 67;
export const PIN_WIDE = 46;
const ROUND = 32;
/** A mark's box keeps so much away from its line. */
const MARGIN = 12;

/** The line that a mark is drawn along, in drawing units. */
function lineOf(mark: Mark, height: number, pin: number): Place[] {
	const places = mark.points.map(([u, v]: Point): Place => [u * WIDE, v * height]);
	const [[x0, y0] = [0, 0], [x1, y1] = [x0, y0]] = places;

	if (mark.kind === 'step')
		return [[x0, y0], [x0, y0 - PIN_HIGH * pin]];
	if (mark.kind !== 'circle')
		return places;
	return Array.from({ length: ROUND + 1 }, (_, i): Place => {
		const angle = (i / ROUND) * 2 * Math.PI;

		return [(x0 + x1) / 2 + (Math.cos(angle) * (x1 - x0)) / 2, (y0 + y1) / 2 + (Math.sin(angle) * (y1 - y0)) / 2];
	});
}

function distance([x, y]: Place, [x0, y0]: Place, [x1, y1]: Place): number {
	const long = (x1 - x0) ** 2 + (y1 - y0) ** 2;
	const along = long === 0 ? 0 : Math.min(1, Math.max(0, ((x - x0) * (x1 - x0) + (y - y0) * (y1 - y0)) / long));

	return Math.hypot(x - x0 - along * (x1 - x0), y - y0 - along * (y1 - y0));
}

/** The nearest mark within reach, the upper one of two. `reach` in drawing units; `pin`: how much larger pins are drawn. */
export function markNear(marks: Mark[], [u, v]: Point, height: number, reach: number, pin = 1): Mark | null {
	let best: Mark | null = null;
	let nearest = reach;

	for (const mark of marks) {
		const line = lineOf(mark, height, pin);
		const away = Math.min(...line.map((place, i) => distance([u * WIDE, v * height], line[i - 1] ?? place, place)));

		if (away <= nearest)
			[best, nearest] = [mark, away];
	}
	return best;
}

/** The box around a mark, in drawing units. */
export function markBox(mark: Mark, height: number, pin = 1): { x: number; y: number; width: number; height: number } {
	const line = lineOf(mark, height, pin);
	const side = mark.kind === 'step' ? (PIN_WIDE / 2) * pin : MARGIN;
	const [xs, ys] = [line.map(([x]) => x), line.map(([, y]) => y)];
	const [left, top] = [Math.min(...xs) - side, Math.min(...ys) - MARGIN];

	return { x: left, y: top, width: Math.max(...xs) + side - left, height: Math.max(...ys) + MARGIN - top };
}
