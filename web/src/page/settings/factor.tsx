/** The second factor: on with an authenticator app, off with the password, unless the organisation wants it. */
import { useEffect, useState } from 'preact/hooks';
import { toast } from '../../state/notice';
import { t } from '../../text/text';
import { FactorSteps, PasswordStep } from '../../view/factor_steps';
import * as api from '../../wire/api';
import type { Factor } from '../../wire/objects';

export function FactorSection() {
	const [factor, setFactor] = useState<Factor | null>(null);
	const [open, setOpen] = useState(false);
	const load = () => void api.factorGet().then(setFactor, () => toast(t('signin.fault'), true));
	const close = () => setOpen(false);
	const done = () => (close(), load());

	useEffect(load, []);
	return (
		<section class="card" aria-labelledby="factor">
			<h2 id="factor">{t('factor.title')} {factor?.on && <span class="chip ok">{t('factor.on')}</span>}</h2>
			{factor && !open && <Rest factor={factor} onOpen={() => setOpen(true)} />}
			{open && !factor?.on && <FactorSteps onDone={done} onCancel={close} />}
			{open && factor?.on && <PasswordStep label={t('factor.go_off')} onCancel={close} onPassword={(password) => api.factorOff(password).then(done)} />}
		</section>
	);
}

function Rest({ factor, onOpen }: { factor: Factor; onOpen(): void }) {
	return (
		<>
			<p class="muted sm">{factor.on ? t('factor.left', { n: factor.recovery_left }) : t('factor.lead')}</p>
			{factor.on && factor.required
				? <p class="sm">{t('factor.required')}</p>
				: <button class="btn sec" onClick={onOpen}>{t(factor.on ? 'factor.go_off' : 'factor.go_on')}</button>}
		</>
	);
}
