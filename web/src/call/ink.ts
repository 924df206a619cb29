/** Ink: the line that a hand drew, thinned out before it is sent, and its outline. Pure. */
import { getStroke } from 'perfect-freehand';
import type { Point } from '../wire/objects';
import { WIDE } from './arrow';

/** What the server takes. */
export const INK_POINTS = 400;
const SIZE = 11;
/** How far a line may lie from what was drawn, in drawing units; grows until few enough points are left. */
const NEAR = 0.6;
const FARTHER = 1.4;
/** A change of the whole pressure counts as much as so many units of way. */
const PRESSURE = 24;
const EVEN = 0.5;
/** The longest way between two points of an outline. */
const STRIDE = 8;

type Spot = [x: number, y: number, pressure: number];

const spotOf = ([u, v, pressure = EVEN]: Point, height: number): Spot => [u * WIDE, v * height, pressure];

/* The outline rounds off between points: those that were left out come back first, or corners would be cut. */
function filled(spots: Spot[]): Spot[] {
	return spots.flatMap((spot, i) => {
		const from = spots[i - 1] ?? spot;
		const n = Math.max(1, Math.ceil(Math.hypot(spot[0] - from[0], spot[1] - from[1]) / STRIDE));

		return Array.from({ length: n }, (_, k): Spot => {
			const part = (k + 1) / n;

			return [from[0] + (spot[0] - from[0]) * part, from[1] + (spot[1] - from[1]) * part, from[2] + (spot[2] - from[2]) * part];
		});
	});
}

/** SVG path around the line. `height` is the picture's height in drawing units. */
export function inkPath(points: Point[], height: number): string {
	/* No streamlining: it lags behind by a part of each step, and after thinning out the steps are long. */
	const outline = getStroke(filled(points.map((point) => spotOf(point, height))), { size: SIZE, thinning: 0.4, smoothing: 0.5, streamline: 0, simulatePressure: false });
	const n = outline.length;
	const place = (x: number, y: number) => `${x.toFixed(1)} ${y.toFixed(1)}`;
	const at = (i: number): [number, number] => [outline[i % n]?.[0] ?? 0, outline[i % n]?.[1] ?? 0];

	if (n === 0)
		return '';
	return `M${place(...at(0))}Q${outline.map((_, i) => {
		const [x, y] = at(i);
		const [nextX, nextY] = at(i + 1);

		return `${place(x, y)} ${place((x + nextX) / 2, (y + nextY) / 2)}`;
	}).join(' ')}Z`;
}

/** How far a spot lies from the way between two others. */
function distance(spot: Spot, from: Spot, to: Spot): number {
	const scale = [1, 1, PRESSURE];
	const way = to.map((value, i) => (value - from[i]!) * scale[i]!);
	const off = spot.map((value, i) => (value - from[i]!) * scale[i]!);
	const long = way.reduce((sum, value) => sum + value * value, 0);
	const along = long === 0 ? 0 : Math.min(1, Math.max(0, off.reduce((sum, value, i) => sum + value * way[i]!, 0) / long));

	return Math.hypot(...off.map((value, i) => value - along * way[i]!));
}

/* Ramer, Douglas and Peucker, without recursion: a long scribble must not end the stack. */
function kept(spots: Spot[], near: number): boolean[] {
	const keep = spots.map((_, i) => i === 0 || i === spots.length - 1);
	const open: [number, number][] = [[0, spots.length - 1]];

	for (let span = open.pop(); span; span = open.pop()) {
		const [first, last] = span;
		let farthest = near;
		let at = -1;

		for (let i = first + 1; i < last; i++) {
			const far = distance(spots[i]!, spots[first]!, spots[last]!);

			if (far > farthest)
				[farthest, at] = [far, i];
		}
		if (at < 0)
			continue;
		keep[at] = true;
		open.push([first, at], [at, last]);
	}
	return keep;
}

/** The same line with at most INK_POINTS points. */
export function inkThin(points: Point[], height: number): Point[] {
	const spots = points.map((point) => spotOf(point, height));

	for (let near = NEAR; ; near *= FARTHER) {
		const keep = kept(spots, near);
		const thin = points.filter((_, i) => keep[i]);

		if (thin.length <= INK_POINTS)
			return thin;
	}
}
