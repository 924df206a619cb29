/** The calls of one's organisation, for its admins and auditors: who is in a call now, and what was. */
import { t } from '../../text/text';
import { usePage } from '../../view/page';
import { AdminTabs } from '../../view/admin_tabs';
import { Live } from './live';
import { Over } from './over';
import '../calls/calls.css';
import './report.css';

export default function Report() {
	usePage(t('all_calls.title'));
	return (
		<>
			<AdminTabs />
			<div class="hd">
				<h1>{t('all_calls.title')}</h1>
				<p class="muted lead">{t('all_calls.lead')}</p>
			</div>
			<Live />
			<Over />
		</>
	);
}
