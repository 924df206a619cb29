/** Sign in. What was wrong, address or password, is never said. */
import { useState } from 'preact/hooks';
import { sessionLost, signIn } from '../../state/session';
import { t } from '../../text/text';
import { Refusal } from '../../wire/problem';
import { Logo } from '../../view/logo';
import { NewPassword, passwordTrouble } from '../../view/new_password';
import { useCountdown, usePage } from '../../view/page';
import { Picture } from './picture';
import './signin.css';

const THROTTLE_S = 30;

export default function SignIn() {
	usePage(t('signin.title'));
	return (
		<main class="signin" id="main">
			<div class="left">
				<div class="brand"><Logo />Farhand</div>
				<h1>{t('signin.title')}</h1>
				<p class="muted">{t(sessionLost.value ? 'signin.lost' : 'signin.lead')}</p>
				<Form />
			</div>
			<div class="right" aria-hidden="true">
				<Picture />
				<p>{t('signin.claim')}</p>
			</div>
		</main>
	);
}

function waitText(seconds: number): string {
	if (seconds < 60)
		return t('signin.wait_s', { s: seconds });
	return t('signin.wait_min', { min: Math.floor(seconds / 60), s: seconds % 60 });
}

function Form() {
	const [address, setAddress] = useState('');
	const [password, setPassword] = useState('');
	const [fresh, setFresh] = useState('');
	const [changing, setChanging] = useState(false);
	const [code, setCode] = useState('');
	const [asked, setAsked] = useState(false);
	const [trouble, setTrouble] = useState('');
	const [waitUntil, setWaitUntil] = useState<number | null>(null);
	const [busy, setBusy] = useState(false);
	const wait = useCountdown(waitUntil);

	const submit = async (event: Event) => {
		event.preventDefault();
		if (busy || wait > 0)
			return;
		setBusy(true);
		setTrouble('');
		try {
			await signIn(address.trim(), password, { ...(asked && { code: code.trim() }), ...(changing && { new_password: fresh }) });
		} catch (error) {
			if (error instanceof Refusal && error.problem.status === 429)
				setWaitUntil(Date.now() + (error.retryAfter ?? THROTTLE_S) * 1000);
			else if (error instanceof Refusal && error.problem.reason === 'password.change')
				setChanging(true);
			else if (error instanceof Refusal && error.problem.reason === 'session.code')
				setAsked(true);
			else
				setTrouble(passwordTrouble(error) ?? t(error instanceof Refusal ? 'signin.refused' : 'signin.fault'));
			setBusy(false);
		}
	};
	const said = wait > 0 ? waitText(wait) : trouble;

	return (
		<form onSubmit={(event) => void submit(event)}>
			<label>
				<span>{t('signin.address')}</span>
				<input class="input" type="email" name="address" autocomplete="username" required autofocus value={address} onInput={(event) => setAddress(event.currentTarget.value)} />
			</label>
			<label>
				<span>{t('signin.password')}</span>
				<input class="input" type="password" name="password" autocomplete="current-password" required value={password} onInput={(event) => setPassword(event.currentTarget.value)} />
			</label>
			{asked && (
				<div>
					<label htmlFor="code"><span>{t('signin.code')}</span></label>
					<input id="code" aria-describedby="code-hint" class="input num" type="text" name="code" autocomplete="one-time-code" autocapitalize="off" spellcheck={false} maxLength={32} required autofocus value={code} onInput={(event) => setCode(event.currentTarget.value)} />
					<p id="code-hint" class="muted sm">{t('signin.code_hint')}</p>
				</div>
			)}
			{changing && (
				<>
					<p role="status">{t('signin.change')}</p>
					<NewPassword label={t('password.new')} value={fresh} onValue={setFresh} autofocus />
				</>
			)}
			<p class="said num" role="alert">{said}</p>
			<button class="btn pri" type="submit" disabled={busy || wait > 0}>{t(busy ? 'signin.busy' : 'signin.go')}</button>
			<p class="sm"><a href="/forgotten">{t('forgotten.go')}</a></p>
			<p class="sm"><a href="/signin/code">{t('device.go')}</a></p>
		</form>
	);
}
