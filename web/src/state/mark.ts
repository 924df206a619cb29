/** The marks and pointers of a call. Pure: every step gives a new picture. Time is an argument. */
import type { Mark, Point } from '../wire/objects';

export interface Pointer {
	by: string;
	of: string;
	at: Point;
	/** When it last moved. */
	moved: number;
}

export interface Marks {
	list: Mark[];
	pointers: Pointer[];
}

export const MARKS_NONE: Marks = { list: [], pointers: [] };
/** A pointer that rests longer is gone. */
export const POINTER_MS = 1500;

export function markAdd(marks: Marks, mark: Mark): Marks {
	return { ...marks, list: [...marks.list.filter((old) => old.id !== mark.id), mark] };
}

export function markRemove(marks: Marks, id: string): Marks {
	return { ...marks, list: marks.list.filter((mark) => mark.id !== id) };
}

export function pointerMove(marks: Marks, by: string, of: string, at: Point | null, now: number): Marks {
	const others = marks.pointers.filter((pointer) => pointer.by !== by);

	return { ...marks, pointers: at ? [...others, { by, of, at, moved: now }] : others };
}

export function pointersExpire(marks: Marks, now: number): Marks {
	const fresh = marks.pointers.filter((pointer) => now - pointer.moved < POINTER_MS);

	return fresh.length === marks.pointers.length ? marks : { ...marks, pointers: fresh };
}

/** Each person undoes only what is their own. */
export const markMine = (marks: Marks, mine: string): boolean => marks.list.some((mark) => mark.by === mine);
