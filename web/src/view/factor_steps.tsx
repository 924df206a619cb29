/** Setting up a second factor: the password, the key for the app and a first code of it, the recovery codes. */
import { useState } from 'preact/hooks';
import { toast } from '../state/notice';
import { t } from '../text/text';
import * as api from '../wire/api';
import type { FactorSecret } from '../wire/objects';
import './factor_steps.css';
import { passwordTrouble } from './new_password';
import { QrCode } from './qr';
import { useSubmit } from './submit';

type Step = { at: 'password' } | { at: 'scan'; secret: FactorSecret } | { at: 'codes'; codes: string[] };

/** Without `onCancel` there is no way but through. */
export function FactorSteps({ onDone, onCancel }: { onDone(): void; onCancel?: (() => void) | undefined }) {
	const [step, setStep] = useState<Step>({ at: 'password' });

	switch (step.at) {
	case 'password':
		return <PasswordStep label={t('factor.next')} onCancel={onCancel} onPassword={async (password) => setStep({ at: 'scan', secret: await api.factorBegin(password) })} />;
	case 'scan':
		return <ScanStep secret={step.secret} onCodes={(codes) => setStep({ at: 'codes', codes })} onCancel={onCancel} />;
	case 'codes':
		return <Codes codes={step.codes} onDone={onDone} />;
	}
}

export function PasswordStep({ label, onPassword, onCancel }: { label: string; onPassword(password: string): Promise<void>; onCancel?: (() => void) | undefined }) {
	const [password, setPassword] = useState('');
	const { busy, trouble, onSubmit } = useSubmit(() => onPassword(password), (error) => passwordTrouble(error) ?? t('signin.fault'));

	return (
		<form class="factor" onSubmit={onSubmit}>
			<label>
				<span>{t('settings.password_now')}</span>
				<input class="input" type="password" autocomplete="current-password" required autofocus value={password} onInput={(event) => setPassword(event.currentTarget.value)} />
			</label>
			<p class="said" role="alert">{trouble}</p>
			<div class="row wrap">
				<button class="btn pri" type="submit" disabled={busy}>{label}</button>
				{onCancel && <button class="btn gho" type="button" onClick={onCancel}>{t('cancel')}</button>}
			</div>
		</form>
	);
}

function ScanStep({ secret, onCodes, onCancel }: { secret: FactorSecret; onCodes(codes: string[]): void; onCancel?: (() => void) | undefined }) {
	const [code, setCode] = useState('');
	const { busy, trouble, onSubmit } = useSubmit(async () => onCodes(await api.factorOn(code.replaceAll(' ', ''))), (error) => passwordTrouble(error) ?? t('signin.fault'));

	return (
		<form class="factor" onSubmit={onSubmit}>
			<p>{t('factor.app')}</p>
			<QrCode text={secret.uri} label={t('factor.scan')} />
			<p class="secret" aria-label={t('factor.secret')}>{secret.secret.match(/.{4}/g)?.join(' ')}</p>
			<p><a href={secret.uri}>{t('factor.open_app')}</a></p>
			<label>
				<span>{t('signin.code')}</span>
				<input class="input num" type="text" inputMode="numeric" autocomplete="one-time-code" maxLength={8} required autofocus value={code} onInput={(event) => setCode(event.currentTarget.value)} />
			</label>
			<p class="said" role="alert">{trouble}</p>
			<div class="row wrap">
				<button class="btn pri" type="submit" disabled={busy}>{t('factor.go_on')}</button>
				{onCancel && <button class="btn gho" type="button" onClick={onCancel}>{t('cancel')}</button>}
			</div>
		</form>
	);
}

function Codes({ codes, onDone }: { codes: string[]; onDone(): void }) {
	return (
		<div class="recovery" role="status">
			<p>{t('factor.codes')}</p>
			<ul class="codes">{codes.map((code) => <li key={code}>{code}</li>)}</ul>
			<div class="row wrap">
				<button class="btn sec" onClick={() => void navigator.clipboard.writeText(codes.join('\n')).then(() => toast(t('links.copied')))}>{t('factor.copy')}</button>
				<button class="btn pri" onClick={onDone}>{t('factor.kept')}</button>
			</div>
		</div>
	);
}
