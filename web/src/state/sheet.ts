/** Marks on a still: one's own alone until they are shown. Pure. */
import type { Mark } from '../wire/objects';
import { MARKS_NONE, type Marks } from './mark';

export interface Sheet {
	/** How many numbered steps the call has already. */
	numbered: number;
	list: Mark[];
	past: Mark[][];
	future: Mark[][];
}

/** As far back as the server goes. */
const STEPS = 100;

export const sheetNew = (marks: Mark[]): Sheet => ({ numbered: Math.max(0, ...marks.map((mark) => mark.number ?? 0)), list: [], past: [], future: [] });

function step(sheet: Sheet, list: Mark[]): Sheet {
	return { ...sheet, list, past: [...sheet.past, sheet.list].slice(-STEPS), future: [] };
}

export function sheetDraw(sheet: Sheet, mark: Mark): Sheet {
	const number = mark.kind === 'step' ? Math.max(sheet.numbered, ...sheet.list.map((one) => one.number ?? 0)) + 1 : null;

	return step(sheet, [...sheet.list, { ...mark, number }]);
}

export const sheetRemove = (sheet: Sheet, id: string): Sheet => step(sheet, sheet.list.filter((mark) => mark.id !== id));
export const sheetClear = (sheet: Sheet): Sheet => step(sheet, []);

/** Not a step of its own: what comes back comes back as it was last. */
export function sheetChange(sheet: Sheet, id: string, change: Partial<Mark>): Sheet {
	const changed = (list: Mark[]) => list.map((mark) => (mark.id === id ? { ...mark, ...change } : mark));

	return { ...sheet, list: changed(sheet.list), past: sheet.past.map(changed), future: sheet.future.map(changed) };
}

export function sheetUndo(sheet: Sheet): Sheet {
	const list = sheet.past.at(-1);

	return list ? { ...sheet, list, past: sheet.past.slice(0, -1), future: [sheet.list, ...sheet.future] } : sheet;
}

export function sheetRedo(sheet: Sheet): Sheet {
	const [list, ...future] = sheet.future;

	return list ? { ...sheet, list, past: [...sheet.past, sheet.list], future } : sheet;
}

/** As the tools know it. */
export const sheetMarks = ({ list, past, future }: Sheet): Marks => ({ ...MARKS_NONE, list, steps: { undo: past.length, redo: future.length } });
