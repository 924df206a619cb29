/** For how many days messages and calls are kept. Nothing is saved before it was said how much would go. */
import { useEffect, useState } from 'preact/hooks';
import { toast } from '../../state/notice';
import { me } from '../../state/session';
import { t } from '../../text/text';
import { Refusal } from '../../wire/problem';
import { EFFECT_MOST, retentionGet, retentionPreview, retentionPut, type Retention, type RetentionEffect } from '../../wire/retention';

const YEAR = 365;
const TERMS = [30, 90, 180, YEAR, 2 * YEAR, 5 * YEAR, 10 * YEAR];

const termText = (days: number | null): string =>
	days === null ? t('keep.for_good') : days % YEAR === 0 ? t('keep.years', { n: days / YEAR }) : t('keep.days', { n: days });

function Term({ label, value, saved, onPick }: { label: string; value: number | null; saved: number | null; onPick(days: number | null): void }) {
	/* One that was set elsewhere stays choosable. */
	const terms = [...new Set([...TERMS, ...(saved ? [saved] : [])])].sort((a, b) => a - b);

	return (
		<label>
			<span>{label}</span>
			<select class="input" value={value ?? ''} onChange={(event) => onPick(Number(event.currentTarget.value) || null)}>
				<option value="">{t('keep.for_good')}</option>
				{terms.map((days) => <option key={days} value={days}>{termText(days)}</option>)}
			</select>
		</label>
	);
}

const atLeast = (n: number, key: 'keep.messages' | 'keep.calls'): string =>
	n >= EFFECT_MOST ? t('keep.or_more', { what: t(key, { n }) }) : t(key, { n });

const effectText = (effect: RetentionEffect): string =>
	effect.messages + effect.calls === 0
		? t('keep.nothing')
		: t('keep.goes', { messages: atLeast(effect.messages, 'keep.messages'), calls: atLeast(effect.calls, 'keep.calls') });

export function Keep() {
	const tenant = me.value?.tenant.id ?? '';
	const [saved, setSaved] = useState<{ value: Retention; etag: string } | null>(null);
	const [draft, setDraft] = useState<Retention | null>(null);
	const [effect, setEffect] = useState<RetentionEffect | null>(null);
	const [trouble, setTrouble] = useState<'' | 'fault' | 'stale'>('');
	const [busy, setBusy] = useState(false);
	const changed = saved && draft && (draft.messages_days !== saved.value.messages_days || draft.calls_days !== saved.value.calls_days);

	const take = (reply: { value: Retention; etag: string | null }) => (setSaved({ value: reply.value, etag: reply.etag ?? '' }), setDraft(reply.value), setTrouble(''));
	const load = () => retentionGet(tenant).then(take, () => setTrouble('fault'));

	useEffect(() => void load(), []);
	useEffect(() => {
		const stop = new AbortController();

		setEffect(null);
		if (changed)
			retentionPreview(tenant, draft, stop.signal).then((seen) => (setEffect(seen), setTrouble('')), () => stop.signal.aborted || setTrouble('fault'));
		return () => stop.abort();
	}, [draft, saved]);

	const save = async (event: Event) => {
		event.preventDefault();
		if (!saved || !draft || !effect)
			return;
		setBusy(true);
		try {
			take(await retentionPut(tenant, draft, saved.etag));
			toast(t('keep.saved'));
		} catch (error) {
			setTrouble(error instanceof Refusal && error.problem.status === 412 ? 'stale' : 'fault');
		}
		setBusy(false);
	};

	return (
		<section class="card data" aria-labelledby="keep">
			<h2 id="keep">{t('keep.title')}</h2>
			<p>{t('keep.lead')}</p>
			{draft && saved && (
				<form onSubmit={(event) => void save(event)}>
					<div class="terms">
						<Term label={t('keep.of_messages')} value={draft.messages_days} saved={saved.value.messages_days} onPick={(days) => setDraft({ ...draft, messages_days: days })} />
						<Term label={t('keep.of_calls')} value={draft.calls_days} saved={saved.value.calls_days} onPick={(days) => setDraft({ ...draft, calls_days: days })} />
					</div>
					<p class={effect && effect.messages + effect.calls > 0 ? 'effect warn' : 'effect'} role="status">{changed && (effect ? effectText(effect) : t('keep.counting'))}</p>
					{changed && (
						<div class="acts">
							<button class="btn gho" type="button" onClick={() => setDraft(saved.value)}>{t('draft.discard')}</button>
							<button class={effect && effect.messages + effect.calls > 0 ? 'btn dan' : 'btn pri'} disabled={!effect || busy}>{t('keep.save')}</button>
						</div>
					)}
				</form>
			)}
			{trouble === 'fault' && <p class="said" role="alert">{t('keep.fault')}</p>}
			{trouble === 'stale' && <p class="said" role="alert">{t('keep.stale')} <button class="btn sec" onClick={() => void load()}>{t('keep.again')}</button></p>}
			<ul class="notes muted">
				<li>{t('keep.their_side')}</li>
				<li>{t('keep.stays')}</li>
			</ul>
		</section>
	);
}
