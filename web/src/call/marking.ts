/** Marks and pointers of the call that runs, to and from the line. */
import { signal } from '@preact/signals';
import { carrying, callNow } from '../state/calls';
import { hearEvents, hearHello, line } from '../state/line';
import { MARKS_NONE, markAdd, markRemove, pointerMove, pointersExpire, POINTER_MS, type Marks } from '../state/mark';
import { toast } from '../state/notice';
import { me } from '../state/session';
import { t } from '../text/text';
import * as objects from '../wire/objects';
import type { Mark, Point } from '../wire/objects';
import { Refusal } from '../wire/problem';
import { nullable, object, text } from '../wire/shape';

/** At most 30 a second; the newest wins. */
const POINT_MS = 34;
const withMark = object<{ mark: Mark }>({ mark: objects.mark });
const undone = object<{ id: string | null }>({ id: nullable(text) });

export const marks = signal<Marks>(MARKS_NONE);
/** Somebody else drew: for those who can't see it. */
export const markHeard = signal<Mark | null>(null);

const mine = () => me.peek()?.person.address ?? '';

export function marksClear(): void {
	marks.value = MARKS_NONE;
}

/** Colours by the order of joining: who called comes first. */
export function inkOf(address: string): 'first' | 'second' {
	const caller = callNow.value?.direction === 'out' ? me.value?.person.address : callNow.value?.with.address;

	return address === caller ? 'first' : 'second';
}

export async function arrowAdd(of: string, points: [Point, Point]): Promise<void> {
	const call = carrying.peek();
	const mark: Mark = { id: crypto.randomUUID(), by: mine(), of, kind: 'arrow', points };

	if (!call)
		return;
	marks.value = markAdd(marks.peek(), mark);
	try {
		const { id, kind } = mark;

		await line.request('mark.add', { call, mark: { id, of, kind, points } }, withMark);
	} catch (error) {
		marks.value = markRemove(marks.peek(), mark.id);
		toast(error instanceof Refusal ? error.problem.title : t('call.mark_lost'), true);
	}
}

export async function markUndo(): Promise<void> {
	const call = carrying.peek();

	if (!call)
		return;
	try {
		const { id } = await line.request('mark.undo', { call }, undone);

		if (id)
			marks.value = markRemove(marks.peek(), id);
	} catch {
		toast(t('call.mark_lost'), true);
	}
}

let pending: { of: string; at: Point | null } | null = null;
let pointTimer: ReturnType<typeof setTimeout> | null = null;

/** Move our pointer, or take it away (null). */
export function pointTo(of: string, at: Point | null): void {
	marks.value = pointerMove(marks.peek(), mine(), of, at, performance.now());
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
	if (expireTimer || marks.peek().pointers.length === 0)
		return;
	expireTimer = setTimeout(() => {
		expireTimer = null;
		marks.value = pointersExpire(marks.peek(), performance.now());
		expireLater();
	}, POINTER_MS / 5);
}

/* What was drawn while the line was down, or before this page was loaded. */
hearHello((snapshot) => {
	if (snapshot.call?.marks)
		marks.value = { ...marks.peek(), list: snapshot.call.marks };
});

hearEvents((event) => {
	if (event.ev !== 'mark' && event.ev !== 'unmark' && event.ev !== 'point')
		return;
	if (event.call !== carrying.peek())
		return;
	if (event.ev === 'mark') {
		marks.value = markAdd(marks.peek(), event.mark);
		if (event.mark.by !== mine())
			markHeard.value = event.mark;
	} else if (event.ev === 'unmark') {
		marks.value = markRemove(marks.peek(), event.id);
	} else if (event.by !== mine()) {
		marks.value = pointerMove(marks.peek(), event.by, event.of, event.at, performance.now());
		expireLater();
	}
});
