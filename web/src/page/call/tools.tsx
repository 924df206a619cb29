/** The tools for drawing on the picture. */
import { Circle, Hash, MousePointer2, MoveUpRight, Pencil, Redo2, Snowflake, SquareDashedMousePointer, Trash2, Undo2 } from 'lucide-preact';
import { markMine } from '../../state/mark';
import { markClear, markRedo, marks, markUndo } from '../../call/marking';
import { me } from '../../state/session';
import { t } from '../../text/text';
import type { MarkKind } from '../../wire/objects';
import './tools.css';

export type Tool = 'point' | MarkKind | 'select';

const TOOLS = [
	{ tool: 'point', key: 'P', Icon: MousePointer2 },
	{ tool: 'arrow', key: 'A', Icon: MoveUpRight },
	{ tool: 'ink', key: 'D', Icon: Pencil },
	{ tool: 'circle', key: 'O', Icon: Circle },
	{ tool: 'step', key: 'N', Icon: Hash },
	{ tool: 'select', key: 'V', Icon: SquareDashedMousePointer },
] as const;

interface Props {
	tool: Tool;
	frozen: boolean;
	onPick(tool: Tool): void;
	/** Null: one's own picture never freezes. */
	onFreeze: (() => void) | null;
}

export function ToolRail({ tool, frozen, onPick, onFreeze }: Props) {
	const { steps } = marks.value;
	const mine = markMine(marks.value, me.value?.person.address ?? '');

	return (
		<div class="tools" role="toolbar" aria-label={t('tools.label')}>
			<div class="set">
				{TOOLS.map(({ tool: one, key, Icon }) => (
					<button key={one} aria-pressed={tool === one} aria-keyshortcuts={key} title={`${t(`tools.${one}`)} (${key})`} onClick={() => onPick(one)}>
						<Icon aria-hidden />
						<span>{t(`tools.${one}`)}</span>
					</button>
				))}
			</div>
			<div class="set fin">
				<button aria-keyshortcuts="Control+Z" disabled={steps.undo === 0} onClick={() => void markUndo()}>
					<Undo2 aria-hidden />
					<span>{t('tools.undo')}</span>
				</button>
				<button aria-keyshortcuts="Control+Shift+Z" disabled={steps.redo === 0} onClick={() => void markRedo()}>
					<Redo2 aria-hidden />
					<span>{t('tools.redo')}</span>
				</button>
				<button disabled={!mine} onClick={() => void markClear()}>
					<Trash2 aria-hidden />
					<span>{t('tools.clear')}</span>
				</button>
			</div>
			{onFreeze && (
				<div class="set frost">
					<button aria-pressed={frozen} aria-keyshortcuts="F" onClick={onFreeze}>
						<Snowflake aria-hidden />
						<span>{t('tools.freeze')}</span>
					</button>
				</div>
			)}
		</div>
	);
}
