/** What the draft would do, always in sight; and the review before it is saved. */
import { ArrowRight, TriangleAlert } from 'lucide-preact';
import { useEffect, useState } from 'preact/hooks';
import { effectRows, rowName } from '../../state/access';
import { announce } from '../../state/notice';
import { listText, t } from '../../text/text';
import type { Effect } from '../../wire/objects';
import { changes, draftDiscard, effect } from './draft';
import './draft_bar.css';
import { Review } from './review';

const SPEAK_MS = 1000;
const NAMED = 3;

/** The effect in whole sentences, the losses first. */
export function effectSentences(now: Effect): string[] {
	const { cut, opened } = effectRows(now);
	const names = (rows: typeof cut) =>
		rows.length > NAMED
			? t('effect.names_more', { names: listText(rows.slice(0, NAMED - 1).map(rowName)), n: rows.length - NAMED + 1 })
			: listText(rows.map(rowName));
	const said: string[] = [];

	if (cut.length > 0)
		said.push(t(cut.length === 1 ? 'effect.cut_one' : 'effect.cut_more', { orgs: names(cut), n: now.lose }));
	if (opened.length > 0)
		said.push(t(opened.length === 1 ? 'effect.opened_one' : 'effect.opened_more', { orgs: names(opened), n: now.gain }));
	if (now.calls > 0)
		said.push(t('effect.calls', { n: now.calls }));
	return said.length > 0 ? said : [t('effect.nothing')];
}

export function DraftBar() {
	const [reviewing, setReviewing] = useState(false);
	const said = effect.value ? effectSentences(effect.value).join(' ') : '';

	useEffect(() => {
		const timer = setTimeout(() => announce(said), SPEAK_MS);

		return () => clearTimeout(timer);
	}, [said]);
	return (
		<div class="bar" role="region" aria-label={t('draft.label')}>
			<div class="what">
				<TriangleAlert aria-hidden />
				<p><b>{t('draft.count', { n: changes.value.length })}</b> {said}</p>
			</div>
			<button class="btn gho" onClick={draftDiscard}>{t('draft.discard')}</button>
			<button class="btn pri" disabled={!effect.value} onClick={() => setReviewing(true)}>{t('draft.review')}<ArrowRight aria-hidden /></button>
			{reviewing && <Review onClose={() => setReviewing(false)} />}
		</div>
	);
}
