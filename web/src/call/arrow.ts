/** The outline of an arrow, in the picture's drawing units (WIDE across, whatever the screen). Pure. */
import type { Point } from '../wire/objects';

/** Marks are drawn as if every picture were this wide, so that they look the same on a phone and on a wall. */
export const WIDE = 1280;

const HEAD_LENGTH = 46;
const HEAD_WIDTH = 0.62;
const HEAD_NOTCH = 0.82;
const SHAFT = 11;
const TAIL = 0.45;

/** SVG path from tail to head. `height` is the picture's height in drawing units. */
export function arrowPath([tail = [0, 0], head = tail]: Point[], height: number): string {
	const [x0, y0] = [tail[0] * WIDE, tail[1] * height];
	const [x1, y1] = [head[0] * WIDE, head[1] * height];
	const angle = Math.atan2(y1 - y0, x1 - x0);
	const length = Math.hypot(x1 - x0, y1 - y0);
	const headLength = Math.min(HEAD_LENGTH, length * 0.5);
	const headWidth = headLength * HEAD_WIDTH;
	const shaft = Math.min(SHAFT, length * 0.12);
	const tailRadius = (shaft * TAIL).toFixed(1);
	/* Places are given as seen from the head: x backwards along the shaft, y to its left. */
	const place = (x: number, y: number) => {
		const px = x1 + x * Math.cos(angle) - y * Math.sin(angle);
		const py = y1 + x * Math.sin(angle) + y * Math.cos(angle);

		return `${px.toFixed(1)} ${py.toFixed(1)}`;
	};

	return [
		`M${place(0, 0)}`,
		`L${place(-headLength, headWidth)}`,
		`L${place(-headLength * HEAD_NOTCH, shaft)}`,
		`L${place(-length, shaft * TAIL)}`,
		`A${tailRadius} ${tailRadius} 0 0 1 ${place(-length, -shaft * TAIL)}`,
		`L${place(-headLength * HEAD_NOTCH, -shaft)}`,
		`L${place(-headLength, -headWidth)}`,
		'Z',
	].join('');
}
