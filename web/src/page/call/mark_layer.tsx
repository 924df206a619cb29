/** Marks and pointers over the picture. The hand that draws them is hand.ts. */
import type { JSX } from 'preact';
import { lazy } from 'preact-iso';
import { useEffect, useRef } from 'preact/hooks';
import { WIDE } from '../../call/arrow';
import type { Box } from '../../call/geometry';
import { inkOf, markChange, markHeard, marks, nameOf, selected } from '../../call/marking';
import { markNew, markOpen, type Pointer } from '../../state/mark';
import { announce } from '../../state/notice';
import { me } from '../../state/session';
import { t } from '../../text/text';
import type { Mark, Point } from '../../wire/objects';
import { fieldText, moved, useHand } from './hand';
import './mark_layer.css';
import { MarkShape } from './mark_shape';
import type { Tool } from './tools';

/* Only with that tool. */
const Selection = lazy(() => import('./selection').then((module) => module.Selection));

interface Props {
	/** Whose picture it is. */
	of: string;
	box: Box;
	aspect: number;
	tool: Tool | null;
}

/** On a small screen pins, pointers and their names shrink less than the picture. */
const SHRINK = 0.62;
const PIN_SHRINK = 0.5;

export function MarkLayer({ of, box, aspect, tool }: Props) {
	const svg = useRef<SVGSVGElement>(null);
	const pin = Math.max(1, (PIN_SHRINK * WIDE) / box.width);
	const hand = useHand(svg, of, aspect, pin, tool);
	const height = WIDE / aspect;
	const mine = me.value?.person.address ?? '';
	const { list, pointers } = marks.value;
	const { draft } = hand;
	const moving = draft?.moves?.id;
	/* An end that is being moved is drawn where the hand holds it. */
	const shown = list.filter((mark) => mark.of === of).map((mark) => (draft && mark.id === moving ? { ...mark, points: draft.points } : mark));
	const open = tool === 'arrow' ? markOpen(marks.value, mine, of) : null;
	const chosen = shown.find((mark) => mark.id === selected.value);

	useHeard(of);
	return (
		<>
			<svg
				ref={svg}
				class="marks"
				style={{ left: `${box.left}px`, top: `${box.top}px`, width: `${box.width}px`, height: `${box.height}px` }}
				viewBox={`0 0 ${WIDE} ${height}`}
				data-tool={tool ?? 'none'}
				{...(tool ? { tabIndex: 0, role: 'application', 'aria-label': t(`call.keys_${tool}`), ...hand.handlers } : { 'aria-hidden': true })}
			>
				<g class="halo">
					{shown.map((mark) => <MarkShape key={mark.id} mark={mark} height={height} pin={pin} />)}
					{draft && !draft.moves && <g class="draft"><MarkShape mark={markNew('', mine, of, draft.kind, draft.points)} height={height} pin={pin} /></g>}
				</g>
				{open && (!draft || moving) && <Grips mark={shown.find((mark) => mark.id === open.id) ?? open} height={height} scale={pin} onGrip={hand.grip} />}
				{pointers.filter((pointer) => pointer.of === of).map((pointer) => (
					<Laser key={pointer.by} pointer={pointer} height={height} scale={Math.max(1, (SHRINK * WIDE) / box.width)} name={pointer.by === mine ? null : nameOf(pointer.by)} />
				))}
				{hand.cross && <path class="cross" d={crossPath(hand.cross, height)} />}
			</svg>
			{chosen && <Selection mark={chosen} box={box} height={height} pin={pin} />}
		</>
	);
}

/** Who can't see it hears what the other one drew. */
function useHeard(of: string): void {
	useEffect(() => {
		const heard = markHeard.value;
		const at = heard?.points.at(-1);

		if (heard?.of === of && at)
			announce(t(`call.drew_${heard.kind}`, { name: nameOf(heard.by), field: fieldText(at) }));
	}, [markHeard.value]);
}

/** The two ends of one's newest arrow can be moved, by hand or by arrow keys. */
function Grips({ mark, height, scale, onGrip }: { mark: Mark; height: number; scale: number; onGrip(mark: Mark, end: number): void }) {
	const key = (event: JSX.TargetedKeyboardEvent<SVGCircleElement>, end: number) => {
		const next = moved(mark.points[end] ?? [0, 0], event);

		if (!next)
			return;
		event.preventDefault();
		event.stopPropagation();
		void markChange(mark.id, { points: mark.points.map((point, i) => (i === end ? next : point)) });
	};

	return (
		<>
			{mark.points.map(([u, v], end) => (
				<circle
					key={end}
					class={`grip ${inkOf(mark.by)}`}
					cx={u * WIDE}
					cy={v * height}
					r={11 * scale}
					tabindex={0}
					role="button"
					aria-label={t(end === 0 ? 'call.grip_tail' : 'call.grip_head')}
					onPointerDown={(event) => event.button === 0 && onGrip(mark, end)}
					onKeyDown={(event) => key(event, end)}
				/>
			))}
		</>
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
