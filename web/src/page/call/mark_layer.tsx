/** Marks and pointers over the picture, and the hand that draws them: mouse, finger, pen or keys. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { arrowPath, WIDE } from '../../call/arrow';
import { fieldOf, isTap, pointAt, pointNear, pointStep, tapTail, type Box } from '../../call/geometry';
import { arrowAdd, inkOf, markHeard, marks, pointTo } from '../../call/marking';
import { announce } from '../../state/notice';
import type { Pointer } from '../../state/mark';
import { me } from '../../state/session';
import { t } from '../../text/text';
import type { Call, Point } from '../../wire/objects';
import { firstName } from '../../view/person';
import type { Tool } from './tools';

interface Props {
	call: Call;
	/** Whose picture it is. */
	of: string;
	box: Box;
	aspect: number;
	tool: Tool | null;
}

/** One step of the crosshair, and with Shift. */
const STEP = 0.01;
const LEAP = 0.05;
/** On a small screen pointers and their names shrink less than the picture. */
const SHRINK = 0.62;

const fieldText = (at: Point) => {
	const { column, row } = fieldOf(at);

	return t(`field.${row}${column}`);
};

export function MarkLayer({ call, of, box, aspect, tool }: Props) {
	const svg = useRef<SVGSVGElement>(null);
	const hand = useHand(svg, of, aspect, tool);
	const height = WIDE / aspect;
	const mine = me.value?.person.address ?? '';
	const { list, pointers } = marks.value;

	useEffect(() => {
		const heard = markHeard.value;

		if (heard?.of === of)
			announce(t('call.drew', { name: firstName(call.with), field: fieldText(heard.points[1]) }));
	}, [markHeard.value]);

	return (
		<svg
			ref={svg}
			class="marks"
			style={{ left: `${box.left}px`, top: `${box.top}px`, width: `${box.width}px`, height: `${box.height}px` }}
			viewBox={`0 0 ${WIDE} ${height}`}
			data-tool={tool ?? 'none'}
			{...(tool ? { tabIndex: 0, role: 'application', 'aria-label': t(tool === 'arrow' ? 'call.keys_arrow' : 'call.keys_point'), ...hand.handlers } : { 'aria-hidden': true })}
		>
			<g class="halo">
				{list.filter((mark) => mark.of === of).map((mark) => (
					<path key={mark.id} data-mark={mark.id} class={`ink ${inkOf(mark.by)}`} d={arrowPath(mark.points, height)} />
				))}
				{hand.arrow && <path class={`ink ${inkOf(mine)}`} d={arrowPath(hand.arrow, height)} />}
			</g>
			{pointers.filter((pointer) => pointer.of === of).map((pointer) => (
				<Laser key={pointer.by} pointer={pointer} height={height} scale={Math.max(1, (SHRINK * WIDE) / box.width)} name={pointer.by === mine ? null : firstName(call.with)} />
			))}
			{hand.cross && <path class="cross" d={crossPath(hand.cross, height)} />}
		</svg>
	);
}

function crossPath([u, v]: Point, height: number): string {
	const [x, y] = [u * WIDE, v * height];

	return `M${x - 24} ${y}h16m16 0h16M${x} ${y - 24}v16m0 16v16`;
}

function Laser({ pointer, height, scale, name }: { pointer: Pointer; height: number; scale: number; name: string | null }) {
	const width = (name?.length ?? 0) * 9.5 + 26;

	return (
		<g class={`laser ${inkOf(pointer.by)}`} transform={`translate(${pointer.at[0] * WIDE} ${pointer.at[1] * height}) scale(${scale})`}>
			<circle class="ripple" r="26" />
			<circle class="spot" r="9" />
			{name && (
				<g transform="translate(20 10)">
					<rect rx="13" width={width} height="27" />
					<text x={width / 2} y="19" text-anchor="middle">{name}</text>
				</g>
			)}
		</g>
	);
}

/** The drawing hand. The arrow under way is kept in a ref too: an event must never see the state of an old drawing. */
function useHand(svg: { current: SVGSVGElement | null }, of: string, aspect: number, tool: Tool | null) {
	const [arrow, setArrow] = useState<[Point, Point] | null>(null);
	const [cross, setCross] = useState<Point | null>(null);
	const now = useRef<[Point, Point] | null>(null);
	const draw = (next: [Point, Point] | null) => {
		now.current = next;
		setArrow(next);
	};
	const finish = () => {
		const done = now.current;

		draw(null);
		if (done)
			void arrowAdd(of, isTap(done[0], done[1], aspect) ? [tapTail(done[1], aspect), done[1]] : done);
	};
	const rect = (): Box => svg.current!.getBoundingClientRect();

	/* Before the next event can come: later it would wipe out a stroke that began right after the tool was taken up. */
	useLayoutEffect(() => {
		draw(null);
		setCross(null);
	}, [tool, of]);

	const key = (event: JSX.TargetedKeyboardEvent<SVGSVGElement>) => {
		const at = cross ?? [0.5, 0.5];
		const size = event.shiftKey ? LEAP : STEP;
		const step = ({ ArrowLeft: [-size, 0], ArrowRight: [size, 0], ArrowUp: [0, -size], ArrowDown: [0, size] } as Record<string, Point>)[event.key];

		if (step) {
			const next = pointStep(at, step[0], step[1]);

			setCross(next);
			if (tool === 'point')
				pointTo(of, next);
			else if (now.current)
				draw([now.current[0], next]);
		} else if (event.key === 'Enter' && tool === 'arrow') {
			setCross(at);
			if (now.current) {
				announce(t('call.arrow_from_to', { from: fieldText(now.current[0]), to: fieldText(at) }));
				finish();
			} else {
				draw([at, at]);
				announce(t('call.arrow_started', { field: fieldText(at) }));
			}
		} else if (event.key === 'Escape' && (now.current || cross)) {
			draw(null);
			setCross(null);
		} else {
			return;
		}
		event.preventDefault();
		event.stopPropagation();
	};

	const handlers = {
		onPointerDown(event: JSX.TargetedPointerEvent<SVGSVGElement>) {
			const at = pointAt(rect(), event.clientX, event.clientY);

			if (!at || event.button !== 0)
				return;
			/* Not the focus: the keys of the call work without it, and a ring around the picture would be in the way. */
			event.preventDefault();
			setCross(null);
			svg.current?.setPointerCapture(event.pointerId);
			if (tool === 'arrow')
				draw([at, at]);
			else
				pointTo(of, at);
		},
		onPointerMove(event: JSX.TargetedPointerEvent<SVGSVGElement>) {
			if (tool === 'point')
				pointTo(of, pointAt(rect(), event.clientX, event.clientY));
			else if (now.current)
				draw([now.current[0], pointNear(rect(), event.clientX, event.clientY)]);
		},
		onPointerUp: finish,
		onPointerCancel: () => draw(null),
		onPointerLeave: () => void (tool === 'point' && pointTo(of, null)),
		onKeyDown: key,
		onBlur: () => setCross(null),
	};

	return { arrow, cross, handlers };
}
