/** A lost password: a link by mail, or whom to ask. Whether an address has an account is never said. */
import { useEffect, useState } from 'preact/hooks';
import { t } from '../../text/text';
import { Logo } from '../../view/logo';
import { useSubmit } from '../../view/submit';
import { usePage } from '../../view/page';
import * as api from '../../wire/api';
import { Refusal } from '../../wire/problem';
import '../password/password.css';

type State = { at: 'asking' } | { at: 'form' } | { at: 'no_mail' } | { at: 'fault' } | { at: 'sent'; address: string };

export default function Forgotten() {
	const [state, setState] = useState<State>({ at: 'asking' });

	const look = () => {
		setState({ at: 'asking' });
		void api.mailThere().then((mail) => setState({ at: mail ? 'form' : 'no_mail' }), () => setState({ at: 'fault' }));
	};

	usePage(t('forgotten.title'));
	useEffect(look, []);
	return (
		<main class="setpass" id="main">
			<div class="brand"><Logo />Farhand</div>
			{state.at === 'form' && <Form onSent={(address) => setState({ at: 'sent', address })} />}
			{state.at === 'no_mail' && <Said title={t('forgotten.title')} text={t('forgotten.no_mail')} />}
			{state.at === 'sent' && <Said title={t('forgotten.sent')} text={t('forgotten.sent_lead', { address: state.address })} />}
			{state.at === 'fault' && (
				<>
					<p role="alert">{t('signin.fault')}</p>
					<button class="btn pri" onClick={look}>{t('banner.now')}</button>
				</>
			)}
			<p class="sm"><a href="/">{t('forgotten.back')}</a></p>
		</main>
	);
}

function Said({ title, text }: { title: string; text: string }) {
	return (
		<div role="status">
			<h1>{title}</h1>
			<p class="muted">{text}</p>
		</div>
	);
}

function troubleText(error: unknown): string {
	if (error instanceof Refusal && error.problem.status === 429)
		return t('signin.wait_min', { min: Math.ceil((error.retryAfter ?? 60) / 60), s: 0 });
	return t('signin.fault');
}

function Form({ onSent }: { onSent(address: string): void }) {
	const [address, setAddress] = useState('');

	const { busy, trouble, onSubmit } = useSubmit(async () => {
		await api.linkRequest(address.trim());
		onSent(address.trim());
	}, troubleText);

	return (
		<form onSubmit={onSubmit}>
			<div>
				<h1>{t('forgotten.title')}</h1>
				<p class="muted">{t('forgotten.lead')}</p>
			</div>
			<label>
				<span>{t('signin.address')}</span>
				<input class="input" type="email" name="address" autocomplete="username" required autofocus value={address} onInput={(event) => setAddress(event.currentTarget.value)} />
			</label>
			<p class="said" role="alert">{trouble}</p>
			<button class="btn pri" type="submit" disabled={busy}>{t('forgotten.send')}</button>
		</form>
	);
}
