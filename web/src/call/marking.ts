/** Marks and pointers of the call that runs, to and from the line. */
import { computed, effect, signal } from '@preact/signals';
import { carrying, callNow } from '../state/calls';
import { hearEvents, hearHello, line } from '../state/line';
import { MARKS_NONE, markNew, markPut, marksMine, marksOf, marksRemove, pointerMove, pointersExpire, POINTER_MS, type Marks } from '../state/mark';
import { toast } from '../state/notice';
import { sheetChange, sheetClear, sheetDraw, sheetMarks, sheetRedo, sheetRemove, sheetUndo, type Sheet } from '../state/sheet';
import { me } from '../state/session';
import { t } from '../text/text';
import * as objects from '../wire/objects';
import type { Call, Mark, MarkKind, Person, Point, Steps } from '../wire/objects';
import { Refusal } from '../wire/problem';
import { object } from '../wire/shape';
import { firstName } from '../view/person';

/** At most 30 a second; the newest wins. */
const POINT_MS = 34;
const withMark = object<{ mark: Mark }>({ mark: objects.mark });
const withSteps = object<{ steps: Steps }>({ steps: objects.steps });
const withMarkAndSteps = object<{ mark: Mark; steps: Steps }>({ mark: objects.mark, steps: objects.steps });

const live = signal<Marks>(MARKS_NONE);
/** While one draws on a still: what is drawn goes there, and nobody else sees it. */
export const sheet = signal<Sheet | null>(null);
export const marks = computed(() => (sheet.value ? sheetMarks(sheet.value) : live.value));
/** Somebody else drew: for those who can't see it. */
export const markHeard = signal<Mark | null>(null);

const mine = () => me.peek()?.person.address ?? '';

export function marksClear(): void {
	live.value = MARKS_NONE;
	sheet.value = null;
	selected.value = null;
}

/** Those of a call that this page takes up. */
export const marksTake = (call: Call): void => void (live.value = { ...MARKS_NONE, ...marksOf(call) });

/* Six may be in a call at once. */
const INKS = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth'] as const;
export type Ink = (typeof INKS)[number];

/** Whoever was in this call, for what they drew stays: seat and name by address. */
const known = signal<{ call: string; seats: Map<string, { seat: number; person: Person }> }>({ call: '', seats: new Map() });

effect(() => {
	const call = callNow.value;

	if (!call)
		return;

	const before = known.peek();
	const seats = new Map(before.call === call.id ? before.seats : []);
	const own = me.value?.person;

	if (own)
		seats.set(own.address, { seat: call.seat, person: own });
	for (const { person, seat } of call.parties)
		seats.set(person.address, { seat, person });
	known.value = { call: call.id, seats };
});

/** Colours by the order of joining: who called comes first. */
export const inkOf = (address: string): Ink => INKS[(known.value.seats.get(address)?.seat ?? 1) % INKS.length] ?? 'first';

/** Who drew: the first name of somebody who is or was in the call. */
export function nameOf(address: string): string {
	const person = known.value.seats.get(address)?.person;

	return person ? firstName(person) : address;
}

/** The mark under the select tool. */
export const selected = signal<string | null>(null);

const put = (mark: Mark) => void (live.value = markPut(live.peek(), mark));
const find = (id: string) => live.peek().list.find((mark) => mark.id === id);
const lost = (error: unknown) => toast(error instanceof Refusal ? error.problem.title : t('call.mark_lost'), true);

/** Draw: seen at once here, and taken back when the server does not have it. */
export async function markDraw(kind: MarkKind, of: string, points: Point[]): Promise<void> {
	const call = carrying.peek();
	const mark = markNew(crypto.randomUUID(), mine(), of, kind, points);

	if (!call)
		return;
	if (sheet.peek()) {
		sheet.value = sheetDraw(sheet.peek()!, mark);
		return;
	}
	await markSend(call, mark);
}

/** What was drawn on the still goes onto the picture, for all to see. Resolves with the marks as they stand there. */
export async function sheetShow(): Promise<Mark[]> {
	const call = carrying.peek();
	const drawn = sheet.peek()?.list ?? [];

	sheet.value = null;
	for (const mark of call ? drawn : [])
		await markSend(call!, mark);
	return drawn.map(({ id, ...mark }) => find(id) ?? { id, ...mark });
}

async function markSend(call: string, mark: Mark): Promise<void> {
	put(mark);
	try {
		const { id, of, kind, points, text } = mark;
		const ok = await line.request('mark.add', { call, mark: { id, of, kind, points, ...(text && { text }) } }, withMarkAndSteps);

		live.value = { ...live.peek(), steps: ok.steps };
	} catch (error) {
		live.value = marksRemove(live.peek(), [mark.id]);
		lost(error);
	}
}

/** Move one's newest mark, or say what to do at a step. */
export async function markChange(id: string, change: { points: Point[] } | { text: string | null }): Promise<void> {
	const call = carrying.peek();
	const old = find(id);

	if (sheet.peek())
		sheet.value = sheetChange(sheet.peek()!, id, change);
	if (!call || !old)
		return;
	put({ ...old, ...change });
	try {
		await line.request('mark.change', { call, mark: { id, ...change } }, withMark);
	} catch (error) {
		if (find(id))
			put(old);
		lost(error);
	}
}

/* What these change comes as events; the answer is how far one can go now. */
async function step(op: string, onSheet: (sheet: Sheet) => Sheet, keys: object = {}): Promise<void> {
	const call = carrying.peek();

	if (sheet.peek())
		sheet.value = onSheet(sheet.peek()!);
	if (!call || sheet.peek())
		return;
	try {
		const { steps } = await line.request(op, { call, ...keys }, withSteps);

		live.value = { ...live.peek(), steps };
	} catch (error) {
		lost(error);
	}
}

export const markUndo = (): Promise<void> => step('mark.undo', sheetUndo);
export const markRedo = (): Promise<void> => step('mark.redo', sheetRedo);
export const markClear = (): Promise<void> => step('mark.clear', sheetClear);

/** Delete the selected mark. */
export async function markDelete(): Promise<void> {
	const id = selected.peek();

	selected.value = null;
	if (id)
		await step('mark.delete', (now) => sheetRemove(now, id), { mark: id });
}

/** The next (1) or previous (-1) of one's own marks in this picture becomes the selected one. */
export function markSelect(of: string, by: 1 | -1): Mark | null {
	const own = marksMine(marks.peek(), mine(), of);
	const at = own.findIndex((mark) => mark.id === selected.peek());
	const next = own.at((at < 0 ? (by > 0 ? 0 : -1) : at + by) % own.length) ?? null;

	selected.value = next?.id ?? null;
	return next;
}

let pending: { of: string; at: Point | null } | null = null;
let pointTimer: ReturnType<typeof setTimeout> | null = null;

/** Move our pointer, or take it away (null). */
export function pointTo(of: string, at: Point | null): void {
	/* Where it is on the still says nothing of the picture. */
	if (sheet.peek())
		return;
	live.value = pointerMove(live.peek(), mine(), of, at, performance.now());
	expireLater();
	pending = { of, at };
	if (!pointTimer)
		pointSend();
}

function pointSend(): void {
	const call = carrying.peek();

	pointTimer = null;
	if (!pending || !call)
		return;
	line.say('point', { call, ...pending });
	pending = null;
	pointTimer = setTimeout(pointSend, POINT_MS);
}

let expireTimer: ReturnType<typeof setTimeout> | null = null;

function expireLater(): void {
	if (expireTimer || live.peek().pointers.length === 0)
		return;
	expireTimer = setTimeout(() => {
		expireTimer = null;
		live.value = pointersExpire(live.peek(), performance.now());
		expireLater();
	}, POINTER_MS / 5);
}

/* What was drawn while the line was down, or before this page was loaded. */
hearHello((snapshot) => {
	if (snapshot.call?.marks)
		live.value = { ...live.peek(), ...marksOf(snapshot.call) };
});

hearEvents((event) => {
	if (event.ev !== 'mark' && event.ev !== 'remark' && event.ev !== 'unmark' && event.ev !== 'point')
		return;
	if (event.call !== carrying.peek())
		return;
	if (event.ev === 'mark' || event.ev === 'remark') {
		put(event.mark);
		if (event.ev === 'mark' && event.mark.by !== mine())
			markHeard.value = event.mark;
	} else if (event.ev === 'unmark') {
		live.value = marksRemove(live.peek(), event.ids);
		if (event.ids.includes(selected.peek() ?? ''))
			selected.value = null;
	} else if (event.by !== mine()) {
		live.value = pointerMove(live.peek(), event.by, event.of, event.at, performance.now());
		expireLater();
	}
});
