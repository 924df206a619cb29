/** A call page that has nothing to show but a sentence. */
import { t } from '../../text/text';
import { usePage } from '../../view/page';

export function Notice({ text }: { text: string }) {
	usePage(t('call.title'));
	return (
		<main id="main" class="call alone" data-theme="dark" tabIndex={-1}>
			<h1>{text}</h1>
			<a class="btn pri" href="/">{t('missing.home')}</a>
		</main>
	);
}
