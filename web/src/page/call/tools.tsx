/** The tools for drawing on the picture; or, when drawing is not allowed, the reason. */
import { Circle, Hash, MousePointer2, MoveUpRight, Pencil, Redo2, SquareDashedMousePointer, Trash2, Undo2 } from 'lucide-preact';
import { useEffect, useState } from 'preact/hooks';
import { markMine } from '../../state/mark';
import { markClear, markRedo, marks, markUndo } from '../../call/marking';
import { reasonSentence } from '../../state/gate';
import { me } from '../../state/session';
import { t } from '../../text/text';
import { reachAsk } from '../../wire/api';
import type { Answer, MarkKind, Person } from '../../wire/objects';
import { partiesOf } from '../../view/person';
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

export function ToolRail({ tool, onPick }: { tool: Tool; onPick(tool: Tool): void }) {
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
		</div>
	);
}

export function NoTools({ person }: { person: Person }) {
	const [answer, setAnswer] = useState<Answer | null>(null);
	const parties = partiesOf(person, person.address);

	useEffect(() => void reachAsk(person.address, 'annotate').then(setAnswer, () => undefined), [person.address]);
	return (
		<p class="notools">
			{t('tools.none')} {answer && !answer.allowed && reasonSentence(answer.reason, answer, parties)}
		</p>
	);
}
