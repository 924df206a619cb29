/** The last look before saving: each change in a sentence, and what it does to whom. */
import { Plus, Scissors } from 'lucide-preact';
import { effectRows, rowName, type Change } from '../../state/access';
import { toast } from '../../state/notice';
import { t } from '../../text/text';
import type { Row } from '../../wire/objects';
import { OrgTile } from '../../view/avatar';
import { Dialog } from '../../view/dialog';
import { changes, draftRebase, draftSave, effect, problem, saving, stale } from './draft';
import { effectSentences } from './draft_bar';

function changeSentence(change: Change, names: Map<string, string>): string {
	if (change.kind === 'mode')
		return t('review.mode', { before: t(`mode.${change.before}`), after: t(`mode.${change.after}`) });

	const name = names.get(change.domain);

	return t(`review.${change.kind}_${change.list}`, { domain: name && name !== change.domain ? t('review.named', { name, domain: change.domain }) : change.domain });
}

export function Review({ onClose }: { onClose(): void }) {
	const now = effect.value!;
	const names = new Map(now.organisations.map((row) => [row.domain, rowName(row)]));
	const { cut, opened } = effectRows(now);
	const save = async () => {
		if (await draftSave()) {
			toast(t('review.saved'));
			onClose();
		}
	};

	return (
		<Dialog label={t('draft.review')} class="review" onClose={onClose}>
			<h2>{t('review.title')}</h2>
			<ul class="said">{changes.value.map((change, i) => <li key={i}>{changeSentence(change, names)}</li>)}</ul>
			<p class="sum"><b>{effectSentences(now).join(' ')}</b></p>
			<Touched rows={cut} cut />
			<Touched rows={opened} cut={false} />
			{stale.value && (
				<div class="trouble stale" role="alert">
					<p>{t('external.stale')}</p>
					<button class="btn sec" onClick={() => void draftRebase()}>{t('external.rebase')}</button>
				</div>
			)}
			{problem.value && <p class="trouble" role="alert">{problem.value.status ? problem.value.title : t('external.fault')}</p>}
			<div class="acts">
				<button class="btn gho" onClick={onClose}>{t('review.back')}</button>
				<button class="btn pri" disabled={saving.value || stale.value} onClick={() => void save()}>{t(saving.value ? 'review.saving' : 'review.save')}</button>
			</div>
		</Dialog>
	);
}

function Touched({ rows, cut }: { rows: Row[]; cut: boolean }) {
	if (rows.length === 0)
		return null;
	return (
		<table class="touched">
			<caption>{t(cut ? 'review.cut' : 'review.opened')}</caption>
			<thead>
				<tr><th>{t('external.organisation')}</th><th>{t('review.people')}</th><th>{t('review.calls')}</th></tr>
			</thead>
			<tbody>
				{rows.map((row) => (
					<tr key={row.domain}>
						<td>
							<span class="row">
								{cut ? <Scissors class="bad" aria-hidden /> : <Plus class="ok" aria-hidden />}
								<OrgTile name={rowName(row)} domain={row.domain} size={28} />
								{rowName(row)}
							</span>
						</td>
						<td class="num">{row.contacts}</td>
						<td class="num">{row.calls}</td>
					</tr>
				))}
			</tbody>
		</table>
	);
}
