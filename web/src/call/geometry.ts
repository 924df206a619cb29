/** Where the picture lies inside its element (object-fit: contain), and the way between screen and picture. Pure. */
import type { Point } from '../wire/objects';

export interface Size {
	width: number;
	height: number;
}

export interface Box extends Size {
	left: number;
	top: number;
}

/** The picture's box inside the element; null while one of them has no size. Letterbox bars are outside. */
export function contentBox(element: Size, picture: Size): Box | null {
	if (!(element.width > 0 && element.height > 0 && picture.width > 0 && picture.height > 0))
		return null;

	const scale = Math.min(element.width / picture.width, element.height / picture.height);
	const width = picture.width * scale;
	const height = picture.height * scale;

	return { left: (element.width - width) / 2, top: (element.height - height) / 2, width, height };
}

/** A place on the screen as a point of the picture that is drawn in `box`; null beside it. */
export function pointAt(box: Box, x: number, y: number): Point | null {
	const u = (x - box.left) / box.width;
	const v = (y - box.top) / box.height;

	return u >= 0 && u <= 1 && v >= 0 && v <= 1 ? [u, v] : null;
}

const clamp = (value: number) => Math.min(1, Math.max(0, value));

/** Like pointAt, but a drag that leaves the picture sticks to its border. */
export function pointNear(box: Box, x: number, y: number): Point {
	return [clamp((x - box.left) / box.width), clamp((y - box.top) / box.height)];
}

export function pointStep([u, v]: Point, du: number, dv: number): Point {
	return [clamp(u + du), clamp(v + dv)];
}

/** A tap makes an arrow of its own: from below left, at 45 degrees on the screen, kept inside the picture. */
export function tapTail([u, v]: Point, aspect: number): [number, number] {
	const length = 0.1;
	const du = u - length < 0 ? length : -length;
	const dv = v + length * aspect > 1 ? -length * aspect : length * aspect;

	return [clamp(u + du), clamp(v + dv)];
}

/** Shorter than this, a drag was a tap. In parts of the picture's width. */
const TAP = 0.015;

export function isTap([u0, v0]: Point, [u1, v1]: Point, aspect: number): boolean {
	return Math.hypot(u1 - u0, (v1 - v0) / aspect) < TAP;
}

export type Third = 0 | 1 | 2;

/** Which of the nine fields of the picture a point lies in: to say it in words. */
export function fieldOf([u, v]: Point): { column: Third; row: Third } {
	const third = (value: number) => Math.min(2, Math.floor(value * 3)) as Third;

	return { column: third(u), row: third(v) };
}
