import { t } from '../../text/text';
import { usePage } from '../../view/page';

export default function Missing() {
	usePage(t('missing.title'));
	return (
		<div class="blank">
			<h1>{t('missing.title')}</h1>
			<p class="muted">{t('missing.lead')}</p>
			<a class="btn pri" href="/">{t('missing.home')}</a>
		</div>
	);
}
