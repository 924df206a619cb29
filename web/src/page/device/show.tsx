/** On a device that is hard to type on: the code, large, until somebody has allowed it. */
import { useEffect, useState } from 'preact/hooks';
import { sessionOpened } from '../../state/session';
import { t } from '../../text/text';
import { Logo } from '../../view/logo';
import { useCountdown, usePage } from '../../view/page';
import { QrCode } from '../../view/qr';
import { handoverBegin, handoverWait, type Handover } from '../../wire/handover';
import { Refusal } from '../../wire/problem';
import './device.css';

type Now = { code: Handover } | { said: 'device.denied' | 'device.over' | 'signin.fault' } | null;

export default function ShowCode() {
	const [now, setNow] = useState<Now>(null);
	const begin = () => {
		setNow(null);
		void handoverBegin().then((code) => setNow({ code }), () => setNow({ said: 'signin.fault' }));
	};

	usePage(t('device.show_title'));
	useEffect(begin, []);
	return (
		<main class="devicep" id="main">
			<div class="brand"><Logo />Farhand</div>
			<h1>{t('device.show_title')}</h1>
			{now && 'code' in now && <Code handover={now.code} onOver={(said) => setNow({ said })} />}
			{now && 'said' in now && (
				<>
					<p role="alert">{t(now.said)}</p>
					<button class="btn pri" onClick={begin}>{t('device.new')}</button>
				</>
			)}
			<a href="/">{t('device.by_password')}</a>
		</main>
	);
}

function Code({ handover, onOver }: { handover: Handover; onOver(said: 'device.denied' | 'device.over'): void }) {
	const left = useCountdown(Date.parse(handover.expires));
	const link = `${location.origin}/device#${handover.code}`;

	useEffect(() => {
		let over = false;
		let timer: ReturnType<typeof setTimeout>;
		const later = () => void (over || (timer = setTimeout(askAgain, handover.interval * 1000)));
		const askAgain = () => void handoverWait(handover.ticket).then(
			(yes) => {
				if (over)
					return;
				if (yes)
					void sessionOpened();
				else
					later();
			},
			(error: unknown) => {
				if (over)
					return;
				if (error instanceof Refusal && (error.problem.reason === 'device.denied' || error.problem.reason === 'device.gone'))
					onOver(error.problem.reason === 'device.denied' ? 'device.denied' : 'device.over');
				else
					later();
			},
		);

		later();
		return () => {
			over = true;
			clearTimeout(timer);
		};
	}, [handover.ticket]);
	return (
		<>
			<p>{t('device.show_how', { host: location.host })}</p>
			<output class="code num" aria-label={t('device.code')}>{handover.code}</output>
			<QrCode text={link} label={t('device.qr')} />
			<p class="muted num">{t('device.left', { min: Math.floor(left / 60), s: String(left % 60).padStart(2, '0') })}</p>
		</>
	);
}
