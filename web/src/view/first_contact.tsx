/** What stands in the place of the composer while somebody outside waits for an answer, or is blocked. */
import { Ban, Check, Flag } from 'lucide-preact';
import { useState } from 'preact/hooks';
import { toast } from '../state/notice';
import { t } from '../text/text';
import { contactDrop, contactPut } from '../wire/api';
import type { Conversation } from '../wire/objects';
import { problemOf } from '../wire/problem';
import { Avatar, OrgTile } from './avatar';
import { Dialog } from './dialog';
import { Lookalike } from './lookalike';
import { firstName } from './person';
import './first_contact.css';

export default function FirstContact({ conversation }: { conversation: Conversation }) {
	return conversation.contact === 'blocked' ? <Blocked conversation={conversation} /> : <Request conversation={conversation} />;
}

/** One change at a time; the conversation's own event shows what came of it. */
function useChange(): [boolean, (change: () => Promise<void>) => void] {
	const [busy, setBusy] = useState(false);

	return [busy, (change) => {
		setBusy(true);
		change().catch((error: unknown) => toast(problemOf(error).title, true)).finally(() => setBusy(false));
	}];
}

function Request({ conversation }: { conversation: Conversation }) {
	const person = conversation.with;
	const [busy, change] = useChange();
	const [reporting, setReporting] = useState(false);

	return (
		<section class="request" aria-label={t('request.label', { name: person.name })}>
			<div class="who">
				<Avatar person={person} size={44} />
				<div class="grow">
					<b>{t('request.wants', { name: person.name, org: person.tenant.name })}</b>
					<small class="num">{person.address}</small> <Lookalike person={person} />
				</div>
				<OrgTile name={person.tenant.name} domain={person.tenant.domain} size={32} />
			</div>
			<p>{t('request.means', { name: firstName(person) })}</p>
			<div class="acts">
				<button class="btn pri" disabled={busy} onClick={() => change(() => contactPut(person.address, 'accepted'))}><Check aria-hidden />{t('request.accept')}</button>
				<button class="btn sec" disabled={busy} onClick={() => change(() => contactPut(person.address, 'blocked'))}><Ban aria-hidden />{t('request.block')}</button>
				<button class="btn gho" disabled={busy} onClick={() => setReporting(true)}><Flag aria-hidden />{t('request.report')}</button>
			</div>
			{reporting && <Report conversation={conversation} onClose={() => setReporting(false)} />}
		</section>
	);
}

function Blocked({ conversation }: { conversation: Conversation }) {
	const [busy, change] = useChange();
	const name = firstName(conversation.with);

	return (
		<section class="request" role="status">
			<p><b>{t('blocked.title', { name })}</b> {t('blocked.means', { name })}</p>
			<div class="acts">
				<button class="btn sec" disabled={busy} onClick={() => change(() => contactDrop(conversation.with.address))}>{t('blocked.undo', { name })}</button>
			</div>
		</section>
	);
}

/** Bytes, as the server counts them; letters beyond ASCII take up to four. */
const REPORT_MAX = 500;

export function Report({ conversation, onClose }: { conversation: Conversation; onClose(): void }) {
	const [text, setText] = useState('');
	const [busy, change] = useChange();
	const name = firstName(conversation.with);
	const send = () => change(async () => {
		await contactPut(conversation.with.address, 'blocked', text.trim());
		toast(t('report.done', { name }));
		onClose();
	});

	return (
		<Dialog label={t('report.title', { name })} class="ask" onClose={onClose}>
			<form onSubmit={(event) => { event.preventDefault(); send(); }}>
				<h2>{t('report.title', { name })}</h2>
				<p class="muted">{t('report.means', { name })}</p>
				<label class="report">
					<span>{t('report.field')}</span>
					<textarea rows={3} maxLength={REPORT_MAX} value={text} onInput={(event) => setText(event.currentTarget.value)} />
				</label>
				<div class="acts">
					<button class="btn sec" type="button" onClick={onClose}>{t('cancel')}</button>
					<button class="btn dan" disabled={busy}>{t('report.go')}</button>
				</div>
			</form>
		</Dialog>
	);
}
