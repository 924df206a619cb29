/** The marks and pointers of a call. Pure: every step gives a new picture. Time is an argument. */
import type { Call, Mark, MarkKind, Point, Steps } from '../wire/objects';

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
	/** Our own. */
	steps: Steps;
}

export const MARKS_NONE: Marks = { list: [], pointers: [], steps: { undo: 0, redo: 0 } };
/** A pointer that rests longer is gone. */
export const POINTER_MS = 1500;

/** What the server told of a call when we came to it. */
export const marksOf = (call: Call): Pick<Marks, 'list' | 'steps'> => ({ list: call.marks ?? [], steps: call.steps ?? MARKS_NONE.steps });

/** A mark of ours that the server has not seen yet: above all others. */
export function markNew(id: string, by: string, of: string, kind: MarkKind, points: Point[]): Mark {
	return { id, by, of, kind, points, seq: Number.MAX_SAFE_INTEGER, number: null, text: null };
}

/** A mark is new, back or changed: it stands where its number says. */
export function markPut(marks: Marks, mark: Mark): Marks {
	const list = [...marks.list.filter((old) => old.id !== mark.id), mark];

	return { ...marks, list: list.sort((a, b) => a.seq - b.seq) };
}

export function marksRemove(marks: Marks, ids: string[]): Marks {
	return { ...marks, list: marks.list.filter((mark) => !ids.includes(mark.id)) };
}

/** One's own marks in one picture, the newest last. */
export const marksMine = (marks: Marks, mine: string, of: string): Mark[] => marks.list.filter((mark) => mark.by === mine && mark.of === of);

/** Until the next mark one's own arrow can be adjusted. */
export function markOpen(marks: Marks, mine: string, of: string): Mark | null {
	const newest = marks.list.filter((mark) => mark.by === mine).at(-1);

	return newest && newest.of === of && newest.kind === 'arrow' ? newest : null;
}

export function pointerMove(marks: Marks, by: string, of: string, at: Point | null, now: number): Marks {
	const others = marks.pointers.filter((pointer) => pointer.by !== by);

	return { ...marks, pointers: at ? [...others, { by, of, at, moved: now }] : others };
}

export function pointersExpire(marks: Marks, now: number): Marks {
	const fresh = marks.pointers.filter((pointer) => now - pointer.moved < POINTER_MS);

	return fresh.length === marks.pointers.length ? marks : { ...marks, pointers: fresh };
}

/** Each person clears only what is their own. */
export const markMine = (marks: Marks, mine: string): boolean => marks.list.some((mark) => mark.by === mine);
