/** External access: which organisations may be reached. Nothing is saved before its effect was shown. */
import { useEffect } from 'preact/hooks';
import { accessMode } from '../../state/access';
import { t } from '../../text/text';
import { AdminTabs } from '../../view/admin_tabs';
import { usePage } from '../../view/page';
import { changes, draft, draftChange, draftLoad, draftRebase, draftWatch, problem, stale } from './draft';
import { DraftBar } from './draft_bar';
import './external.css';
import { ModeCards } from './mode_cards';
import { Organisations } from './organisations';

export default function External() {
	const access = draft.value;

	usePage(t('nav.external'));
	useEffect(() => {
		draftWatch();
		if (changes.peek().length === 0)
			void draftLoad();
	}, []);

	return (
		<>
			<AdminTabs />
			<div class="hd">
				<h1>{t('nav.external')}</h1>
				<p class="muted lead">{t('external.lead')}</p>
			</div>
			{stale.value && <Stale />}
			{problem.value && <p class="trouble" role="alert">{problem.value.status ? problem.value.title : t('external.fault')}</p>}
			{access && <ModeCards mode={access.mode} onPick={(mode) => draftChange(accessMode(access, mode))} />}
			{access && <Organisations access={access} />}
			{changes.value.length > 0 && <DraftBar />}
		</>
	);
}

function Stale() {
	return (
		<div class="trouble stale" role="alert">
			<p>{t('external.stale')}</p>
			<button class="btn sec" onClick={() => void draftRebase()}>{t('external.rebase')}</button>
		</div>
	);
}
