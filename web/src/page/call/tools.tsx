/** The tools for drawing on the picture; or, when drawing is not allowed, the reason. */
import { MousePointer2, MoveUpRight, Undo2 } from 'lucide-preact';
import { useEffect, useState } from 'preact/hooks';
import { markMine } from '../../state/mark';
import { marks, markUndo } from '../../call/marking';
import { reasonSentence } from '../../state/gate';
import { me } from '../../state/session';
import { t } from '../../text/text';
import { reachAsk } from '../../wire/api';
import type { Answer, Call } from '../../wire/objects';
import { partiesOf } from '../../view/person';
import './tools.css';

export type Tool = 'point' | 'arrow';

const TOOLS = [
	{ tool: 'point', key: 'P', Icon: MousePointer2 },
	{ tool: 'arrow', key: 'A', Icon: MoveUpRight },
] as const;

export function ToolRail({ tool, onPick }: { tool: Tool; onPick(tool: Tool): void }) {
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
				<button aria-keyshortcuts="Control+Z" disabled={!mine} onClick={() => void markUndo()}>
					<Undo2 aria-hidden />
					<span>{t('tools.undo')}</span>
				</button>
			</div>
		</div>
	);
}

export function NoTools({ call }: { call: Call }) {
	const [answer, setAnswer] = useState<Answer | null>(null);
	const parties = partiesOf(call.with, call.with.address);

	useEffect(() => void reachAsk(call.with.address, 'annotate').then(setAnswer, () => undefined), [call.with.address]);
	return (
		<p class="notools">
			{t('tools.none')} {answer && !answer.allowed && reasonSentence(answer.reason, answer, parties)}
		</p>
	);
}
