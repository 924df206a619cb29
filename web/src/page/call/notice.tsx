/** A call page that has nothing to show but a sentence, and perhaps what one can do. */
import type { ComponentChildren } from 'preact';
import { t } from '../../text/text';
import { usePage } from '../../view/page';

export function Notice({ text, children }: { text: string; children?: ComponentChildren }) {
	usePage(t('call.title'));
	return (
		<main id="main" class="call alone" data-theme="dark" tabIndex={-1}>
			<h1>{text}</h1>
			{children}
			<a class={children ? 'btn gho' : 'btn pri'} href="/">{t('missing.home')}</a>
		</main>
	);
}
