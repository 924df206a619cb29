/** The second factor: on with an authenticator app, off with the password; and the codes for when the device is lost. */
import { useEffect, useState } from 'preact/hooks';
import { toast } from '../../state/notice';
import { t } from '../../text/text';
import { passwordTrouble } from '../../view/new_password';
import { useSubmit } from '../../view/submit';
import * as api from '../../wire/api';
import type { Factor, FactorSecret } from '../../wire/objects';

type Step = { at: 'rest' } | { at: 'password'; to: 'on' | 'off' } | { at: 'scan'; secret: FactorSecret } | { at: 'codes'; codes: string[] };

export function FactorSection() {
	const [factor, setFactor] = useState<Factor | null>(null);
	const [step, setStep] = useState<Step>({ at: 'rest' });

	const load = () => void api.factorGet().then(setFactor, () => toast(t('signin.fault'), true));

	useEffect(load, []);
	return (
		<section class="card" aria-labelledby="factor">
			<h2 id="factor">{t('factor.title')} {factor?.on && <span class="chip ok">{t('factor.on')}</span>}</h2>
			{step.at === 'rest' && factor && <Rest factor={factor} onStep={setStep} />}
			{step.at === 'password' && (
				<PasswordStep off={step.to === 'off'} onCancel={() => setStep({ at: 'rest' })} onPassword={async (password) => {
					if (step.to === 'on') {
						setStep({ at: 'scan', secret: await api.factorBegin(password) });
						return;
					}
					await api.factorOff(password);
					setStep({ at: 'rest' });
					load();
				}} />
			)}
			{step.at === 'scan' && <ScanStep secret={step.secret} onCodes={(codes) => setStep({ at: 'codes', codes })} onCancel={() => setStep({ at: 'rest' })} />}
			{step.at === 'codes' && <Codes codes={step.codes} onDone={() => { setStep({ at: 'rest' }); load(); }} />}
		</section>
	);
}

function Rest({ factor, onStep }: { factor: Factor; onStep(step: Step): void }) {
	return (
		<>
			<p class="muted sm">{factor.on ? t('factor.left', { n: factor.recovery_left }) : t('factor.lead')}</p>
			<button class="btn sec" onClick={() => onStep({ at: 'password', to: factor.on ? 'off' : 'on' })}>{t(factor.on ? 'factor.go_off' : 'factor.go_on')}</button>
		</>
	);
}

function PasswordStep({ off, onPassword, onCancel }: { off: boolean; onPassword(password: string): Promise<void>; onCancel(): void }) {
	const [password, setPassword] = useState('');
	const { busy, trouble, onSubmit } = useSubmit(() => onPassword(password), (error) => passwordTrouble(error) ?? t('signin.fault'));

	return (
		<form onSubmit={onSubmit}>
			<label>
				<span>{t('settings.password_now')}</span>
				<input class="input" type="password" autocomplete="current-password" required autofocus value={password} onInput={(event) => setPassword(event.currentTarget.value)} />
			</label>
			<p class="said" role="alert">{trouble}</p>
			<div class="row wrap">
				<button class="btn pri" type="submit" disabled={busy}>{t(off ? 'factor.go_off' : 'factor.next')}</button>
				<button class="btn gho" type="button" onClick={onCancel}>{t('cancel')}</button>
			</div>
		</form>
	);
}

function ScanStep({ secret, onCodes, onCancel }: { secret: FactorSecret; onCodes(codes: string[]): void; onCancel(): void }) {
	const [code, setCode] = useState('');
	const { busy, trouble, onSubmit } = useSubmit(async () => onCodes(await api.factorOn(code.replaceAll(' ', ''))), (error) => passwordTrouble(error) ?? t('signin.fault'));

	return (
		<form onSubmit={onSubmit}>
			<p>{t('factor.app')}</p>
			<p class="secret" aria-label={t('factor.secret')}>{secret.secret.match(/.{4}/g)?.join(' ')}</p>
			<p><a href={secret.uri}>{t('factor.open_app')}</a></p>
			<label>
				<span>{t('signin.code')}</span>
				<input class="input num" type="text" inputMode="numeric" autocomplete="one-time-code" maxLength={8} required autofocus value={code} onInput={(event) => setCode(event.currentTarget.value)} />
			</label>
			<p class="said" role="alert">{trouble}</p>
			<div class="row wrap">
				<button class="btn pri" type="submit" disabled={busy}>{t('factor.go_on')}</button>
				<button class="btn gho" type="button" onClick={onCancel}>{t('cancel')}</button>
			</div>
		</form>
	);
}

function Codes({ codes, onDone }: { codes: string[]; onDone(): void }) {
	return (
		<div class="made" role="status">
			<p>{t('factor.codes')}</p>
			<ul class="codes">{codes.map((code) => <li key={code}>{code}</li>)}</ul>
			<div class="row wrap">
				<button class="btn sec" onClick={() => void navigator.clipboard.writeText(codes.join('\n')).then(() => toast(t('links.copied')))}>{t('factor.copy')}</button>
				<button class="btn pri" onClick={onDone}>{t('factor.kept')}</button>
			</div>
		</div>
	);
}
