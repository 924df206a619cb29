/** One mark as it is drawn: an arrow, a line of ink, a circle, or the pin of a step. */
import { arrowPath, WIDE } from '../../call/arrow';
import { circlePath } from '../../call/circle';
import { inkPath } from '../../call/ink';
import { inkOf } from '../../call/marking';
import { PIN_NUMBER_Y, PIN_PATH } from '../../call/pin';
import { t } from '../../text/text';
import type { Mark } from '../../wire/objects';

interface Props {
	mark: Mark;
	/** Of the picture, in drawing units. */
	height: number;
	/** How much larger pins are drawn, to be read on a small screen. */
	pin: number;
}

const OUTLINES = { arrow: arrowPath, ink: inkPath, circle: circlePath };

export function MarkShape({ mark, height, pin }: Props) {
	const ink = inkOf(mark.by);

	if (mark.kind === 'step')
		return <Pin mark={mark} height={height} pin={pin} />;
	return <path data-mark={mark.id} data-kind={mark.kind} class={`ink ${ink}`} d={OUTLINES[mark.kind](mark.points, height)} />;
}

/** The spot is the pin's tip: its head hides what lies above, not what is meant. */
function Pin({ mark, height, pin }: Props) {
	const [u, v] = mark.points[0] ?? [0, 0];

	return (
		<g data-mark={mark.id} data-kind="step" class={`pin ${inkOf(mark.by)}`} transform={`translate(${u * WIDE} ${v * height}) scale(${pin})`}>
			<title>{stepText(mark)}</title>
			<path class="ink" d={PIN_PATH} />
			<text text-anchor="middle" y={PIN_NUMBER_Y}>{mark.number}</text>
		</g>
	);
}

/** "Step 2: Shut this valve" */
export function stepText({ number, text }: Mark): string {
	return text ? t('steps.with_text', { number: String(number ?? ''), text }) : t('steps.bare', { number: String(number ?? '') });
}
