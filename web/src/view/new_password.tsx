/** A new password: seen or not as one likes, pasted or generated as one likes; what the server asks of it is said when it was refused. */
import { useState } from 'preact/hooks';
import { t } from '../text/text';
import { Refusal } from '../wire/problem';
import './new_password.css';

interface Props {
	label: string;
	value: string;
	onValue(value: string): void;
	/** The least number of characters, where it is known before. */
	least?: number;
	autofocus?: boolean;
}

export function NewPassword({ label, value, onValue, least, autofocus = false }: Props) {
	const [shown, setShown] = useState(false);

	return (
		<div class="newpass">
			<label>
				<span>{label}</span>
				<input class="input" type={shown ? 'text' : 'password'} autocomplete="new-password" autocapitalize="off" spellcheck={false} required autofocus={autofocus}
					value={value} onInput={(event) => onValue(event.currentTarget.value)} />
			</label>
			<label class="show"><input type="checkbox" checked={shown} onChange={(event) => setShown(event.currentTarget.checked)} />{t('password.show')}</label>
			<p class="muted sm">{least ? t('password.hint_n', { n: least }) : t('password.hint')}</p>
		</div>
	);
}

/** Why a new password, or the one of now, was not taken; null when it was something else. */
export function passwordTrouble(error: unknown): string | null {
	if (!(error instanceof Refusal))
		return null;
	switch (error.problem.reason) {
	case 'password.short':
		return t('password.short', { n: error.problem.least ?? 0 });
	case 'password.address':
		return t('password.address');
	case 'password.known':
		return t('password.known');
	case 'password.wrong':
		return t('password.wrong');
	case 'code.wrong':
		return t('factor.wrong');
	case 'session.throttled':
		return t('password.throttled');
	default:
		return null;
	}
}
