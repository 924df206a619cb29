/** What the organisation keeps, for its owners: for how long; and one person's rights. */
import { t } from '../../text/text';
import { AdminTabs } from '../../view/admin_tabs';
import { usePage } from '../../view/page';
import { Keep } from './keep';
import { Person } from './person';
import './data.css';

export default function Data() {
	usePage(t('data.title'));
	return (
		<>
			<AdminTabs />
			<div class="hd">
				<h1>{t('data.title')}</h1>
				<p class="muted lead">{t('data.lead')}</p>
			</div>
			<Keep />
			<Person />
		</>
	);
}
