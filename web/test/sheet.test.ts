import assert from 'node:assert/strict';
import { test } from 'node:test';
import { markNew } from '../src/state/mark';
import { sheetChange, sheetClear, sheetDraw, sheetMarks, sheetNew, sheetRedo, sheetRemove, sheetUndo } from '../src/state/sheet';

const mark = (id: string, kind: 'arrow' | 'step' = 'arrow') => markNew(id, 'ines@a', 'tess@b', kind, [[0, 0], [1, 1]]);
const ids = (sheet: ReturnType<typeof sheetNew>) => sheet.list.map(({ id }) => id);

test('what is drawn on a still is undone, done again, taken away and cleared', () => {
	const two = sheetDraw(sheetDraw(sheetNew([]), mark('a')), mark('b'));

	assert.deepEqual(ids(two), ['a', 'b']);
	assert.deepEqual(ids(sheetUndo(two)), ['a']);
	assert.deepEqual(ids(sheetRedo(sheetUndo(two))), ['a', 'b']);
	assert.deepEqual(ids(sheetUndo(sheetRemove(two, 'a'))), ['a', 'b']);
	assert.deepEqual(ids(sheetUndo(sheetClear(two))), ['a', 'b']);
	assert.deepEqual(sheetMarks(sheetUndo(two)).steps, { undo: 1, redo: 1 });
	assert.deepEqual(sheetMarks(sheetDraw(sheetUndo(two), mark('c'))).steps, { undo: 2, redo: 0 });
	assert.equal(sheetUndo(sheetNew([])).list.length, 0);
	assert.equal(sheetRedo(two), two);
});

test('what comes back comes back as it was last', () => {
	const moved = sheetChange(sheetDraw(sheetNew([]), mark('a')), 'a', { points: [[0.5, 0.5], [1, 1]] });

	assert.deepEqual(sheetRedo(sheetUndo(moved)).list[0]?.points[0], [0.5, 0.5]);
});

test('steps go on behind those of the call', () => {
	const sheet = sheetDraw(sheetDraw(sheetNew([{ ...mark('x', 'step'), number: 4 }]), mark('a', 'step')), mark('b', 'step'));

	assert.deepEqual(sheet.list.map(({ number }) => number), [5, 6]);
	assert.deepEqual(sheetDraw(sheetUndo(sheet), mark('c', 'step')).list.map(({ number }) => number), [5, 6]);
	assert.equal(sheetDraw(sheet, mark('d')).list.at(-1)?.number, null);
});
