/** The hand that draws, with mouse, finger, pen or keys. What is under way lives in a ref: an event must never see an old drawing. */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { WIDE } from '../../call/arrow';
import { circleCorner, tapBox } from '../../call/circle';
import { fieldOf, isTap, pointAt, pointNear, pointStep, tapTail, type Box } from '../../call/geometry';
import { markNear } from '../../call/hit';
import { inkThin } from '../../call/ink';
import { markChange, markDraw, marks, markSelect, pointTo, selected } from '../../call/marking';
import { marksMine } from '../../state/mark';
import { announce } from '../../state/notice';
import { me } from '../../state/session';
import { t } from '../../text/text';
import type { Mark, MarkKind, Point } from '../../wire/objects';
import type { Tool } from './tools';

export interface Draft {
	kind: MarkKind;
	points: Point[];
	/** It is a mark that stands already, and has one end moved. */
	moves: { id: string; end: number } | null;
}

/** One step of the crosshair, and with Shift. */
const STEP = 0.01;
const LEAP = 0.05;
/** How near a finger has to come to a mark, in CSS pixels. */
const REACH_PX = 22;

export const fieldText = (at: Point): string => {
	const { column, row } = fieldOf(at);

	return t(`field.${row}${column}`);
};

const kindOf = (tool: Tool | null): MarkKind | null => (tool === null || tool === 'point' || tool === 'select' ? null : tool);

/** What a drawing becomes when the hand lets go. */
function finished({ kind, points }: Draft, aspect: number): Point[] {
	const [from = [0, 0], to = from] = points;

	if (kind === 'ink')
		return inkThin(points, WIDE / aspect);
	if (kind === 'step' || !isTap(from, to, aspect))
		return points;
	return kind === 'arrow' ? [tapTail(to, aspect), to] : tapBox(to, aspect);
}

export function moved(from: Point, key: { key: string; shiftKey: boolean }): Point | null {
	const size = key.shiftKey ? LEAP : STEP;
	const step = ({ ArrowLeft: [-size, 0], ArrowRight: [size, 0], ArrowUp: [0, -size], ArrowDown: [0, size] } as Record<string, [number, number]>)[key.key];

	return step ? pointStep(from, step[0], step[1]) : null;
}

export function useHand(svg: { current: SVGSVGElement | null }, of: string, aspect: number, pin: number, tool: Tool | null) {
	const [draft, setDraft] = useState<Draft | null>(null);
	const [cross, setCross] = useState<Point | null>(null);
	const now = useRef<Draft | null>(null);
	const kind = kindOf(tool);
	const rect = (): Box => svg.current!.getBoundingClientRect();
	const draw = (next: Draft | null) => {
		now.current = next;
		setDraft(next);
	};
	const begin = (at: Point) => void (kind && draw({ kind, points: kind === 'arrow' || kind === 'circle' ? [at, at] : [at], moves: null }));
	const follow = (at: Point, square: boolean) => {
		const going = now.current;

		if (!going)
			return;
		const [from = at] = going.points;

		if (going.moves)
			draw({ ...going, points: going.points.map((point, i) => (i === going.moves?.end ? at : point)) });
		else if (going.kind === 'ink')
			draw({ ...going, points: [...going.points, at] });
		else if (going.kind === 'step')
			draw({ ...going, points: [at] });
		else
			draw({ ...going, points: [from, square && going.kind === 'circle' ? circleCorner(from, at, aspect) : at] });
	};
	const finish = () => {
		const done = now.current;

		draw(null);
		if (done?.moves)
			void markChange(done.moves.id, { points: done.points });
		else if (done)
			void markDraw(done.kind, of, finished(done, aspect));
	};

	/* Before the next event: a hand that is quicker than a painted frame has begun to draw already. */
	useLayoutEffect(() => {
		draw(null);
		setCross(null);
		/* A key may have selected one already, on its way to this tool. */
		if (tool !== 'select')
			selected.value = null;
	}, [tool, of]);

	return {
		draft,
		cross,
		grip: (mark: Mark, end: number) => draw({ kind: mark.kind, points: mark.points, moves: { id: mark.id, end } }),
		handlers: {
			...pointerHandlers({ svg, of, aspect, pin, tool, rect, begin, follow, finish, cancel: () => draw(null), going: () => now.current !== null, crossOff: () => setCross(null) }),
			onKeyDown: (event: JSX.TargetedKeyboardEvent<SVGSVGElement>) => {
				if (keyed(event, { of, tool, kind, cross, now: now.current, setCross, begin, follow, finish, cancel: () => draw(null) })) {
					event.preventDefault();
					event.stopPropagation();
				}
			},
			onBlur: () => setCross(null),
		},
	};
}

interface Pointing {
	svg: { current: SVGSVGElement | null };
	of: string;
	aspect: number;
	pin: number;
	tool: Tool | null;
	rect(): Box;
	begin(at: Point): void;
	follow(at: Point, square: boolean): void;
	finish(): void;
	cancel(): void;
	going(): boolean;
	crossOff(): void;
}

function pointerHandlers(hand: Pointing) {
	const { of, tool } = hand;
	/* A pen tells how hard it is pressed; a mouse and a finger do not. */
	const near = (event: PointerEvent): Point => {
		const [u, v] = pointNear(hand.rect(), event.clientX, event.clientY);

		return event.pointerType === 'pen' && tool === 'ink' ? [u, v, event.pressure] : [u, v];
	};

	return {
		onPointerDown(event: JSX.TargetedPointerEvent<SVGSVGElement>) {
			const at = pointAt(hand.rect(), event.clientX, event.clientY);

			if (!at || event.button !== 0)
				return;
			/* Not the focus: the keys of the call work without it, and a ring around the picture would be in the way. */
			event.preventDefault();
			hand.crossOff();
			hand.svg.current?.setPointerCapture(event.pointerId);
			if (tool === 'point')
				pointTo(of, at);
			else if (tool === 'select')
				select(hand, at);
			else if (!hand.going())
				hand.begin(near(event));
		},
		onPointerMove(event: JSX.TargetedPointerEvent<SVGSVGElement>) {
			if (tool === 'point')
				pointTo(of, pointAt(hand.rect(), event.clientX, event.clientY));
			else if (hand.going())
				for (const one of tool === 'ink' ? coalesced(event) : [event])
					hand.follow(near(one), event.shiftKey);
		},
		onPointerUp: hand.finish,
		onPointerCancel: hand.cancel,
		onPointerLeave: () => void (tool === 'point' && pointTo(of, null)),
	};
}

/** All that a fast pen did since the last event. */
function coalesced(event: PointerEvent): PointerEvent[] {
	const all = event.getCoalescedEvents?.() ?? [];

	return all.length > 0 ? all : [event];
}

function select({ of, aspect, pin, rect }: Pointing, at: Point): void {
	const own = marksMine(marks.peek(), me.peek()?.person.address ?? '', of);

	selected.value = markNear(own, at, WIDE / aspect, (REACH_PX * WIDE) / rect().width, pin)?.id ?? null;
}

interface Keying {
	of: string;
	tool: Tool | null;
	kind: MarkKind | null;
	cross: Point | null;
	now: Draft | null;
	setCross(at: Point | null): void;
	begin(at: Point): void;
	follow(at: Point, square: boolean): void;
	finish(): void;
	cancel(): void;
}

/** One key; false when it means nothing to the hand. */
function keyed(event: KeyboardEvent, hand: Keying): boolean {
	const at = hand.cross ?? [0.5, 0.5];
	const next = moved(at, event);

	if (hand.tool === 'select')
		return selectKeyed(event, hand.of);
	if (next) {
		hand.setCross(next);
		if (hand.tool === 'point')
			pointTo(hand.of, next);
		else
			hand.follow(next, false);
		return true;
	}
	if (event.key === 'Enter' && hand.kind) {
		hand.setCross(at);
		enter(hand, hand.kind, at);
		return true;
	}
	if (event.key === 'Escape' && (hand.now || hand.cross)) {
		hand.cancel();
		hand.setCross(null);
		return true;
	}
	return false;
}

function enter(hand: Keying, kind: MarkKind, at: Point): void {
	if (!hand.now)
		hand.begin(at);
	if (!hand.now && kind !== 'step') {
		announce(t(`call.started_${kind}`, { field: fieldText(at) }));
		return;
	}
	announce(t(`call.done_${kind}`, { from: fieldText(hand.now?.points[0] ?? at), to: fieldText(at) }));
	hand.finish();
}

function selectKeyed(event: KeyboardEvent, of: string): boolean {
	const by = ({ ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 } as const)[event.key];

	if (event.key === 'Escape' && selected.peek()) {
		selected.value = null;
		return true;
	}
	if (by)
		selectNext(of, by);
	return by !== undefined;
}

/** One's next mark is the selected one; who can't see it hears which. */
export function selectNext(of: string, by: 1 | -1): void {
	const mark = markSelect(of, by);

	if (mark)
		announce(t(`call.selected_${mark.kind}`, { field: fieldText(mark.points.at(-1) ?? [0, 0]) }));
}
