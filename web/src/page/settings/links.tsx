/** An owner lets somebody of his organisation in, for the first time or again: a link, used once, by mail or to copy. */
import { Check, Copy } from 'lucide-preact';
import { useEffect, useState } from 'preact/hooks';
import { announce } from '../../state/notice';
import { clockText, shortDayText, t } from '../../text/text';
import * as api from '../../wire/api';
import { Refusal } from '../../wire/problem';

interface Made {
	address: string;
	url: string;
	expires: string;
}

function troubleText(error: unknown): string {
	if (!(error instanceof Refusal))
		return t('signin.fault');
	return t(error.problem.reason === 'identity.disabled' ? 'reason.identity.disabled' : 'links.nobody');
}

export function Links() {
	const [address, setAddress] = useState('');
	const [made, setMade] = useState<Made | null>(null);
	const [trouble, setTrouble] = useState('');
	const [busy, setBusy] = useState(false);
	const [mail, setMail] = useState(false);
	const [sent, setSent] = useState('');

	useEffect(() => void api.mailThere().then(setMail, () => undefined), []);

	const make = async () => {
		const { path, expires } = await api.linkMake(address.trim());

		setMade({ address: address.trim(), url: new URL(path, location.origin).href, expires });
	};
	const send = async () => {
		await api.linkSend(address.trim());
		setSent(t('links.sent', { address: address.trim() }));
	};
	/* The way that is there first, and with it Enter, is the one by which nobody else sees the link. */
	const submit = async (event: SubmitEvent) => {
		event.preventDefault();
		if (busy)
			return;
		setBusy(true);
		setTrouble('');
		setMade(null);
		setSent('');
		try {
			await ((event.submitter as HTMLButtonElement | null)?.value === 'mail' ? send() : make());
		} catch (error) {
			setTrouble(troubleText(error));
		}
		setBusy(false);
	};

	return (
		<section class="card" aria-labelledby="links">
			<h2 id="links">{t('links.title')}</h2>
			<p class="muted sm">{t('links.lead')}</p>
			<form onSubmit={(event) => void submit(event)}>
				<label>
					<span>{t('links.address')}</span>
					<input class="input" type="email" autocomplete="off" required value={address} onInput={(event) => setAddress(event.currentTarget.value)} />
				</label>
				<p class="said" role="alert">{trouble}</p>
				<div class="row">
					{mail && <button class="btn sec" type="submit" value="mail" disabled={busy}>{t('links.send')}</button>}
					<button class="btn sec" type="submit" disabled={busy}>{t('links.make')}</button>
				</div>
			</form>
			{sent && <p role="status">{sent}</p>}
			{made && <CopyField {...made} />}
		</section>
	);
}

function CopyField({ address, url, expires }: Made) {
	const [copied, setCopied] = useState('');
	const copy = async () => {
		await navigator.clipboard.writeText(url);
		setCopied(url);
		announce(t('links.copied'));
	};

	return (
		<div class="made" role="status">
			<p>{t('links.made', { address, day: shortDayText(expires), time: clockText(expires) })}</p>
			<div class="row">
				<input class="input grow" type="text" readOnly aria-label={t('links.link')} value={url} onFocus={(event) => event.currentTarget.select()} />
				<button class="btn sec" onClick={() => void copy()}>{copied === url ? <Check aria-hidden /> : <Copy aria-hidden />}{t(copied === url ? 'links.copied' : 'links.copy')}</button>
			</div>
		</div>
	);
}
