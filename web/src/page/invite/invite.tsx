/** Links by which somebody without an account joins a call: make one, show it, take it back. */
import { Check, Copy, X } from 'lucide-preact';
import { useEffect, useState } from 'preact/hooks';
import { announce, toast } from '../../state/notice';
import { reasonSentence } from '../../state/gate';
import { me } from '../../state/session';
import { doorHeld, visitors } from '../../state/visitors';
import { clockText, shortDayText, t, textHas } from '../../text/text';
import { Dialog } from '../../view/dialog';
import { partiesOf } from '../../view/person';
import { useSubmit } from '../../view/submit';
import * as joins from '../../wire/joins';
import { problemOf } from '../../wire/problem';
import Door from '../door/door';
import './invite.css';
import { QrCode } from '../../view/qr';

const LASTS = [[15, 'invite.min'], [60, 'invite.hour'], [1440, 'invite.day'], [10080, 'invite.week']] as const;

function said(error: unknown): string {
	const told = problemOf(error);

	return told.status ? reasonSentence(told.reason, told.answer, partiesOf(null, '', me.peek()?.tenant.id ?? null), told.title) : t('signin.fault');
}

export default function Invite({ onClose }: { onClose(): void }) {
	const [list, setList] = useState<joins.JoinLinks | null>(null);
	const [made, setMade] = useState<joins.Made | null>(null);
	const load = () => joins.linksGet().then(setList, (error: unknown) => toast(said(error), true));
	const drop = async (link: joins.JoinLink) => {
		await joins.linkDrop(link.id).catch((error: unknown) => toast(said(error), true));
		if (made?.id === link.id)
			setMade(null);
		await load();
	};

	useEffect(() => {
		doorHeld.value = true;
		return () => void (doorHeld.value = false);
	}, []);
	/* Somebody came to the door, or went from it. */
	useEffect(() => void load(), [visitors.value]);
	return (
		<Dialog label={t('invite.title')} class="ask invite" onClose={onClose}>
			<div class="row">
				<h2 class="grow">{t('invite.title')}</h2>
				<button class="btn gho ico" aria-label={t('close')} onClick={onClose}><X aria-hidden /></button>
			</div>
			{visitors.value.length > 0 && <Door />}
			<p class="muted">{t('invite.lead')}</p>
			{list?.refused && <p role="alert"><b>{whyNot(list.refused)}</b></p>}
			{list && !list.refused && <Form onMade={(one) => { setMade(one); void load(); }} />}
			{made && <Made key={made.id} {...made} />}
			{list && <Open links={list.links} onDrop={drop} />}
		</Dialog>
	);
}

function whyNot(reason: string): string {
	const key = `reason.${reason}`;

	return textHas(key) ? t(key, { org: me.value?.tenant.name ?? '' }) : t('reason.join.forbidden', { org: me.value?.tenant.name ?? '' });
}

function Form({ onMade }: { onMade(made: joins.Made): void }) {
	const [minutes, setMinutes] = useState(1440);
	const { busy, trouble, onSubmit } = useSubmit(async () => onMade(await joins.linkMake(minutes)), said);

	return (
		<form onSubmit={onSubmit}>
			<label>
				<span>{t('invite.lasts')}</span>
				<select class="input" value={minutes} onChange={(event) => setMinutes(Number(event.currentTarget.value))}>
					{LASTS.map(([n, key]) => <option key={n} value={n}>{t(key)}</option>)}
				</select>
			</label>
			<button class="btn pri" type="submit" disabled={busy}>{t('invite.make')}</button>
			<p class="said" role="alert">{trouble}</p>
		</form>
	);
}

function Made({ path, expires }: joins.Made) {
	const url = new URL(path, location.origin).href;
	const [copied, setCopied] = useState(false);
	const copy = async () => {
		await navigator.clipboard.writeText(url);
		setCopied(true);
		announce(t('links.copied'));
	};

	return (
		<div class="fresh" role="status">
			<QrCode text={url} label={t('invite.qr')} />
			<div class="grow">
				<p>{t('invite.made', { day: shortDayText(expires), time: clockText(expires) })}</p>
				<input class="input" type="text" readOnly aria-label={t('invite.link')} value={url} onFocus={(event) => event.currentTarget.select()} />
				<button class="btn sec" onClick={() => void copy()}>{copied ? <Check aria-hidden /> : <Copy aria-hidden />}{t(copied ? 'links.copied' : 'links.copy')}</button>
			</div>
		</div>
	);
}

function Open({ links, onDrop }: { links: joins.JoinLink[]; onDrop(link: joins.JoinLink): Promise<void> }) {
	return (
		<section aria-labelledby="open-links">
			<h3 id="open-links">{t('invite.open')}</h3>
			{links.length === 0 && <p class="muted">{t('invite.none')}</p>}
			<ul>
				{links.map((link) => {
					const ends = { day: shortDayText(link.expires), time: clockText(link.expires) };

					return (
						<li key={link.id} class="row">
							<div class="grow">
								<b>{link.state === 'open' ? t('invite.is_open') : t(`invite.is_${link.state}`, { name: link.visitor?.name ?? link.name ?? '' })}</b>
								<small>{t('invite.until', ends)}</small>
							</div>
							<button class="btn sec" aria-label={t('invite.revoke_one', ends)} onClick={() => void onDrop(link)}>{t('invite.revoke')}</button>
						</li>
					);
				})}
			</ul>
		</section>
	);
}
