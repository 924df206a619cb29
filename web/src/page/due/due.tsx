/** Signed in, but the organisation wants a second factor: set it up, or sign out. */
import { me, sessionProbe, signOut } from '../../state/session';
import { t } from '../../text/text';
import { FactorSteps } from '../../view/factor_steps';
import { Logo } from '../../view/logo';
import { usePage } from '../../view/page';
import './due.css';

export default function Due() {
	usePage(t('due.title'));
	return (
		<main class="due" id="main">
			<div class="brand"><Logo />Farhand</div>
			<h1>{t('due.title')}</h1>
			<p>{t('due.lead', { org: me.value?.tenant.name ?? '' })}</p>
			<p class="muted own">{me.value?.person.address}</p>
			<FactorSteps onDone={() => void sessionProbe()} />
			<button class="btn gho" onClick={() => void signOut()}>{t('sign_out')}</button>
		</main>
	);
}
