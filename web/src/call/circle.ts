/** An ellipse in the box between two corners. Pure. */
import type { Point } from '../wire/objects';
import { WIDE } from './arrow';

const LINE = 7;
/** Smaller than this it would hide what it is about. Half a box, in drawing units. */
const LEAST = 14;
/** A tap makes a circle this wide around it, in parts of the picture's width. */
const TAP_WIDE = 0.1;

/** SVG path of the ring (fill it evenodd). `height` is the picture's height in drawing units. */
export function circlePath([from = [0, 0], to = from]: Point[], height: number): string {
	const [x, y] = [((from[0] + to[0]) / 2) * WIDE, ((from[1] + to[1]) / 2) * height];
	const [wide, high] = [Math.max(LEAST, (Math.abs(to[0] - from[0]) / 2) * WIDE), Math.max(LEAST, (Math.abs(to[1] - from[1]) / 2) * height)];
	const ellipse = (rx: number, ry: number) =>
		`M${(x - rx).toFixed(1)} ${y.toFixed(1)}a${rx.toFixed(1)} ${ry.toFixed(1)} 0 1 0 ${(rx * 2).toFixed(1)} 0a${rx.toFixed(1)} ${ry.toFixed(1)} 0 1 0 ${(-rx * 2).toFixed(1)} 0Z`;

	return ellipse(wide + LINE / 2, high + LINE / 2) + ellipse(wide - LINE / 2, high - LINE / 2);
}

const clamp = (value: number) => Math.min(1, Math.max(0, value));

/** The corner that makes the box a square on the screen: as wide as the longer side, and no wider than the picture has room. */
export function circleCorner(from: Point, to: Point, aspect: number): Point {
	const [right, down] = [to[0] >= from[0], to[1] >= from[1]];
	const room = Math.min(right ? 1 - from[0] : from[0], (down ? 1 - from[1] : from[1]) / aspect);
	const side = Math.min(room, Math.max(Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1]) / aspect));

	return [clamp(from[0] + (right ? side : -side)), clamp(from[1] + (down ? side : -side) * aspect)];
}

export function tapBox([u, v]: Point, aspect: number): Point[] {
	const [du, dv] = [TAP_WIDE / 2, (TAP_WIDE / 2) * aspect];

	return [[clamp(u - du), clamp(v - dv)], [clamp(u + du), clamp(v + dv)]];
}
