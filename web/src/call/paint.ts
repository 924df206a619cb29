/** Marks painted into a picture that is to be kept: as they look on the screen. */
import type { Mark } from '../wire/objects';
import { arrowPath, WIDE } from './arrow';
import { circlePath } from './circle';
import { inkPath } from './ink';
import { inkOf } from './marking';
import { PIN_NUMBER_Y, PIN_PATH } from './pin';

const OUTLINES = { arrow: arrowPath, ink: inkPath, circle: circlePath };
const DARK = '#06100e';

/** The style sheet knows the inks. */
function colourOf(by: string): string {
	const probe = document.createElement('i');

	probe.className = inkOf(by);
	document.getElementById('main')?.append(probe);

	const colour = getComputedStyle(probe).getPropertyValue('--ring');

	probe.remove();
	return colour || '#fff';
}

function pinPaint(context: CanvasRenderingContext2D, mark: Mark, height: number): void {
	const [u, v] = mark.points[0] ?? [0, 0];
	const pin = new Path2D(PIN_PATH);

	context.save();
	context.translate(u * WIDE, v * height);
	context.fill(pin);
	context.shadowColor = 'transparent';
	context.strokeStyle = DARK;
	context.lineWidth = 2.5;
	context.stroke(pin);
	context.fillStyle = DARK;
	context.font = `700 25px ${getComputedStyle(document.body).fontFamily}`;
	context.textAlign = 'center';
	context.fillText(`${mark.number ?? ''}`, 0, PIN_NUMBER_Y);
	context.restore();
}

/** Draw marks over what the canvas shows. */
export function marksPaint(canvas: HTMLCanvasElement, marks: Mark[]): void {
	const context = canvas.getContext('2d');
	const scale = canvas.width / WIDE;
	const height = canvas.height / scale;

	if (!context)
		return;
	context.save();
	context.scale(scale, scale);
	context.shadowColor = '#0000008c';
	context.shadowBlur = 4 * scale;
	context.shadowOffsetY = 1.5 * scale;
	for (const mark of marks) {
		context.fillStyle = colourOf(mark.by);
		if (mark.kind === 'step')
			pinPaint(context, mark, height);
		else
			context.fill(new Path2D(OUTLINES[mark.kind](mark.points, height)), 'evenodd');
	}
	context.restore();
}
