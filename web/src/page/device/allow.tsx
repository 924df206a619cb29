/** Where one is signed in: which device shows this code, and may it sign in as oneself? */
import { Check, X } from 'lucide-preact';
import { useEffect, useState } from 'preact/hooks';
import { me } from '../../state/session';
import { clockText, t } from '../../text/text';
import { usePage } from '../../view/page';
import { handoverAnswer, handoverLook, type Asking } from '../../wire/handover';
import { problemOf } from '../../wire/problem';
import './device.css';

const LETTERS = 8;

export default function AllowDevice() {
	const [code, setCode] = useState(() => decodeURIComponent(location.hash.slice(1)).slice(0, LETTERS + 1));
	const [asking, setAsking] = useState<Asking | null>(null);
	const [said, setSaid] = useState('');
	const [done, setDone] = useState<'allowed' | 'denied' | null>(null);
	const [busy, setBusy] = useState(false);
	const run = async (what: () => Promise<void>) => {
		setBusy(true);
		setSaid('');
		try {
			await what();
		} catch (error) {
			setAsking(null);
			setSaid(problemOf(error).title);
		}
		setBusy(false);
	};
	const look = () => run(async () => setAsking(await handoverLook(code)));
	const answer = (allow: boolean) => run(async () => {
		await handoverAnswer(code, allow);
		setDone(allow ? 'allowed' : 'denied');
	});

	usePage(t('device.title'));
	/* By the picture of the code: it need not be typed. */
	useEffect(() => void (code && look()), []);
	if (done)
		return <section class="devicea"><h1>{t('device.title')}</h1><p role="status">{t(done === 'allowed' ? 'device.allowed' : 'device.denied_here')}</p><a class="btn pri" href="/">{t('missing.home')}</a></section>;
	return (
		<section class="devicea">
			<h1>{t('device.title')}</h1>
			{!asking && (
				<form onSubmit={(event) => { event.preventDefault(); void look(); }}>
					<label><span>{t('device.type')}</span>
						<input class="input num code" autocomplete="off" autocapitalize="characters" spellcheck={false} maxLength={LETTERS + 1} required autofocus value={code} onInput={(event) => setCode(event.currentTarget.value)} />
					</label>
					<p class="said" role="alert">{said}</p>
					<button class="btn pri" disabled={busy || !code.trim()}>{t('device.look')}</button>
				</form>
			)}
			{asking && (
				<div class="card">
					<h2>{t('device.asks', { name: me.value?.person.name ?? '' })}</h2>
					<dl>
						<div><dt>{t('device.what')}</dt><dd>{[asking.browser, asking.system].filter(Boolean).join(', ') || t('device.unknown')}</dd></div>
						<div><dt>{t('device.where')}</dt><dd class="num">{asking.peer}</dd></div>
						<div><dt>{t('device.when')}</dt><dd class="num">{clockText(asking.since)}</dd></div>
						<div><dt>{t('device.code')}</dt><dd class="num">{code.toUpperCase()}</dd></div>
					</dl>
					<p class="warn">{t('device.warning')}</p>
					<div class="acts">
						<button class="btn sec" disabled={busy} onClick={() => void answer(false)}><X aria-hidden />{t('device.deny')}</button>
						<button class="btn pri" disabled={busy} onClick={() => void answer(true)}><Check aria-hidden />{t('device.allow')}</button>
					</div>
				</div>
			)}
		</section>
	);
}
