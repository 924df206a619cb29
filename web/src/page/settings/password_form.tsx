/** Change one's own password: the one of now is asked. */
import { useState } from 'preact/hooks';
import { me } from '../../state/session';
import { toast } from '../../state/notice';
import { t } from '../../text/text';
import { NewPassword, passwordTrouble } from '../../view/new_password';
import { useSubmit } from '../../view/submit';
import * as api from '../../wire/api';
import { sessionsLoad } from './session_list';

export function PasswordForm() {
	const [password, setPassword] = useState('');
	const [fresh, setFresh] = useState('');

	const { busy, trouble, onSubmit } = useSubmit(async () => {
		await api.passwordChange(password, fresh);
		setPassword('');
		setFresh('');
		toast(t('settings.password_done'));
		void sessionsLoad();
	}, (error) => passwordTrouble(error) ?? t('signin.fault'));

	return (
		<section class="card" aria-labelledby="password">
			<h2 id="password">{t('settings.password')}</h2>
			<form onSubmit={onSubmit}>
				<input class="vh" type="text" name="username" autocomplete="username" tabIndex={-1} aria-hidden="true" readOnly value={me.value?.person.address ?? ''} />
				<label>
					<span>{t('settings.password_now')}</span>
					<input class="input" type="password" autocomplete="current-password" required value={password} onInput={(event) => setPassword(event.currentTarget.value)} />
				</label>
				<NewPassword label={t('password.new')} value={fresh} onValue={setFresh} />
				<p class="said" role="alert">{trouble}</p>
				<div class="row wrap">
					<button class="btn sec" type="submit" disabled={busy}>{t('settings.password_go')}</button>
					<span class="muted sm">{t('settings.password_note')}</span>
				</div>
			</form>
		</section>
	);
}
