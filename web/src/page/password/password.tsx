/** Set a password by a link: an invitation, or a way back in. The token is in the fragment, and leaves the address bar at once. */
import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { signIn } from '../../state/session';
import { shortDayText, clockText, t } from '../../text/text';
import { Logo } from '../../view/logo';
import { useSubmit } from '../../view/submit';
import { NewPassword, passwordTrouble } from '../../view/new_password';
import { usePage } from '../../view/page';
import * as api from '../../wire/api';
import type { PasswordLink } from '../../wire/objects';
import { Refusal } from '../../wire/problem';
import './password.css';

type State = { at: 'asking' } | { at: 'gone' } | { at: 'fault' } | { at: 'ready'; link: PasswordLink };

/* Kept beyond a reload of the page, but not in its address: a look over a shoulder or a history must not be enough. */
const KEPT = 'farhand.link';

function tokenTake(): string {
	const token = location.hash.slice(1);

	if (!token)
		return sessionStorage.getItem(KEPT) ?? '';
	sessionStorage.setItem(KEPT, token);
	history.replaceState(null, '', location.pathname);
	return token;
}

export default function Password() {
	const [token] = useState(tokenTake);
	const [state, setState] = useState<State>({ at: 'asking' });

	const check = () => {
		setState({ at: 'asking' });
		api.linkCheck(token).then((link) => setState({ at: 'ready', link }), (error: unknown) => setState({ at: error instanceof Refusal ? 'gone' : 'fault' }));
	};

	usePage(t('password.title'));
	useEffect(check, [token]);
	return (
		<main class="setpass" id="main">
			<div class="brand"><Logo />Farhand</div>
			{state.at === 'ready' && <Form token={token} link={state.link} onGone={() => setState({ at: 'gone' })} />}
			{state.at === 'gone' && <Gone />}
			{state.at === 'fault' && (
				<>
					<p role="alert">{t('signin.fault')}</p>
					<button class="btn pri" onClick={check}>{t('banner.now')}</button>
				</>
			)}
		</main>
	);
}

function Gone() {
	useEffect(() => sessionStorage.removeItem(KEPT), []);
	return (
		<>
			<h1>{t('password.gone')}</h1>
			<p class="muted">{t('password.gone_lead')}</p>
			<a class="btn pri" href="/">{t('signin.go')}</a>
		</>
	);
}

function Form({ token, link, onGone }: { token: string; link: PasswordLink; onGone(): void }) {
	const { route } = useLocation();
	const [fresh, setFresh] = useState('');

	const { busy, trouble, onSubmit } = useSubmit(async () => {
		try {
			await api.linkUse(token, fresh);
		} catch (error) {
			if (!(error instanceof Refusal) || error.problem.reason !== 'link.gone')
				throw error;
			onGone();
			return;
		}
		sessionStorage.removeItem(KEPT);
		/* If this fails, the page that it leads to says why. */
		await signIn(link.address, fresh).catch(() => undefined);
		route('/', true);
	}, (error) => passwordTrouble(error) ?? t('signin.fault'));

	return (
		<form onSubmit={onSubmit}>
			<div>
				<h1>{t(link.first ? 'password.first' : 'password.title')}</h1>
				<p class="muted">{t('password.for', { name: link.name, address: link.address })}</p>
			</div>
			<input class="vh" type="text" name="username" autocomplete="username" tabIndex={-1} aria-hidden="true" readOnly value={link.address} />
			<NewPassword label={t('password.new')} value={fresh} onValue={setFresh} least={link.password_chars} autofocus />
			<p class="said" role="alert">{trouble}</p>
			<button class="btn pri" type="submit" disabled={busy}>{t('password.go')}</button>
			<p class="muted sm">{t('password.until', { day: shortDayText(link.expires), time: clockText(link.expires) })}</p>
		</form>
	);
}
