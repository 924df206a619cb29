/** The numbered steps in words, beside the picture. One's own can be written; the other's are read. */
import { useState } from 'preact/hooks';
import { inkOf, markChange, marks } from '../../call/marking';
import { me } from '../../state/session';
import { t } from '../../text/text';
import type { Mark } from '../../wire/objects';
import './steps.css';

/** On a phone the list is closed until somebody wants it: the picture needs the room. */
const OPEN_WIDTH = 860;
const TEXT_CHARS = 200;

export function StepList({ canDraw }: { canDraw: boolean }) {
	const [open, setOpen] = useState(innerWidth > OPEN_WIDTH);
	const steps = marks.value.list.filter((mark) => mark.kind === 'step' && mark.number !== null).sort((a, b) => (a.number ?? 0) - (b.number ?? 0));
	const mine = me.value?.person.address;

	if (steps.length === 0)
		return null;
	return (
		<details class="steps" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
			<summary>{t('steps.title', { n: steps.length })}</summary>
			<ol aria-label={t('steps.label')}>
				{steps.map((step) => (
					<li key={step.id}>
						<b class={`num ${inkOf(step.by)}`}>{step.number}</b>
						{canDraw && step.by === mine ? <StepField step={step} /> : <span>{step.text ?? t('steps.empty')}</span>}
					</li>
				))}
			</ol>
		</details>
	);
}

function StepField({ step }: { step: Mark }) {
	return (
		<input
			aria-label={t('steps.field', { number: String(step.number) })}
			placeholder={t('steps.hint')}
			maxLength={TEXT_CHARS}
			value={step.text ?? ''}
			onChange={(event) => void markChange(step.id, { text: event.currentTarget.value.trim() || null })}
			onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
		/>
	);
}
