/** On a phone the tab bar has one place for all of the administration: from there these lead on. */
import { useLocation } from 'preact-iso';
import { t } from '../text/text';
import { adminPlaces } from './admin_places';
import './admin_tabs.css';

export function AdminTabs() {
	const { path } = useLocation();
	const places = adminPlaces();

	if (places.length < 2)
		return null;
	return (
		<nav class="tabs" aria-label={t('nav.admin')}>
			{places.map(({ href, label }) => <a key={href} href={href} aria-current={path === href ? 'page' : undefined}>{t(label)}</a>)}
		</nav>
	);
}
