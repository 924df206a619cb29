/** The mark that is selected: an outline around it, and what can be done with it. */
import { Trash2 } from 'lucide-preact';
import { WIDE } from '../../call/arrow';
import type { Box } from '../../call/geometry';
import { markBox } from '../../call/hit';
import { markDelete } from '../../call/marking';
import { t } from '../../text/text';
import type { Mark } from '../../wire/objects';

/** Where there is no room above the mark, the button goes below it. In CSS pixels. */
const BUTTON_HIGH = 52;

export function Selection({ mark, box, height, pin }: { mark: Mark; box: Box; height: number; pin: number }) {
	const scale = box.width / WIDE;
	const around = markBox(mark, height, pin);
	const [left, top] = [box.left + around.x * scale, box.top + around.y * scale];
	const bottom = top + around.height * scale;
	const middle = Math.min(box.left + box.width - 60, Math.max(box.left + 60, left + (around.width * scale) / 2));

	return (
		<>
			<div class="selection" style={{ left: `${left}px`, top: `${top}px`, width: `${around.width * scale}px`, height: `${around.height * scale}px` }} />
			<button
				class="fb unmark"
				aria-keyshortcuts="Delete"
				style={{ left: `${middle}px`, top: `${top > BUTTON_HIGH ? top - BUTTON_HIGH : bottom + 8}px` }}
				onClick={() => void markDelete()}
			>
				<Trash2 aria-hidden />
				{t('tools.delete')}
			</button>
		</>
	);
}
