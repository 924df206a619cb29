/** How one's people sign in, for owners: with a second factor or not; and a way back in for who lost it. */
import { useEffect, useState } from 'preact/hooks';
import { toast } from '../../state/notice';
import { me } from '../../state/session';
import { t } from '../../text/text';
import { AdminTabs } from '../../view/admin_tabs';
import { usePage } from '../../view/page';
import { useSubmit } from '../../view/submit';
import { Refusal } from '../../wire/problem';
import { COUNT_MOST, factorReset, ruleGet, rulePreview, rulePut, type SignInRule, type SignInRuleEffect } from '../../wire/sign_in_rule';
import './rule.css';

export default function Rule() {
	usePage(t('rule.title'));
	return (
		<>
			<AdminTabs />
			<div class="hd">
				<h1>{t('rule.title')}</h1>
				<p class="muted lead">{t('rule.lead')}</p>
			</div>
			<Wanted />
			<Reset />
		</>
	);
}

function effectText({ people, without }: SignInRuleEffect): string {
	if (without === 0)
		return t('rule.nobody');
	return t('rule.without', { n: without, of: people >= COUNT_MOST ? t('keep.or_more', { what: String(people) }) : String(people) });
}

function saveTrouble(error: unknown): string {
	const reason = error instanceof Refusal ? error.problem.reason : '';

	return reason === 'factor.first' ? t('rule.first') : t(reason === 'revision.stale' ? 'keep.stale' : 'keep.fault');
}

function Wanted() {
	const tenant = me.value?.tenant.id ?? '';
	const [saved, setSaved] = useState<{ value: SignInRule; etag: string } | null>(null);
	const [draft, setDraft] = useState<SignInRule['second_factor']>('optional');
	const [effect, setEffect] = useState<SignInRuleEffect | null>(null);
	const [fault, setFault] = useState(false);
	const changed = saved !== null && draft !== saved.value.second_factor;

	const take = ({ value, etag }: { value: SignInRule; etag: string | null }) => (setSaved({ value, etag: etag ?? '' }), setDraft(value.second_factor), setFault(false));
	const load = () => ruleGet(tenant).then(take, () => setFault(true));
	const { busy, trouble, onSubmit } = useSubmit(async () => {
		if (!saved || !changed)
			return;
		take(await rulePut(tenant, { second_factor: draft }, saved.etag));
		toast(t('keep.saved'));
	}, (error) => (error instanceof Refusal && error.problem.status === 412 && void load(), saveTrouble(error)));

	useEffect(() => void load(), []);
	useEffect(() => {
		const stop = new AbortController();

		setEffect(null);
		if (changed && draft === 'required')
			rulePreview(tenant, { second_factor: draft }, stop.signal).then(setEffect, () => stop.signal.aborted || setFault(true));
		return () => stop.abort();
	}, [draft, saved]);

	return (
		<section class="card rule" aria-labelledby="wanted">
			<h2 id="wanted">{t('rule.wanted')}</h2>
			{saved && (
				<form onSubmit={onSubmit}>
					<fieldset>
						<legend class="vh">{t('rule.wanted')}</legend>
						{(['optional', 'required'] as const).map((word) => (
							<label key={word}>
								<input type="radio" name="wanted" checked={draft === word} onChange={() => setDraft(word)} />
								<span><b>{t(`rule.${word}`)}</b><span class="muted sm">{t(`rule.${word}_lead`)}</span></span>
							</label>
						))}
					</fieldset>
					<p class="effect" role="status">{changed && (draft === 'optional' ? t('rule.opens') : effect ? effectText(effect) : t('rule.counting'))}</p>
					<p class="said" role="alert">{trouble}</p>
					{changed && (
						<div class="acts">
							<button class="btn gho" type="button" onClick={() => setDraft(saved.value.second_factor)}>{t('draft.discard')}</button>
							<button class="btn pri" disabled={busy || (draft === 'required' && !effect)}>{t('keep.save')}</button>
						</div>
					)}
				</form>
			)}
			{fault && <p class="said" role="alert">{t('keep.fault')}</p>}
		</section>
	);
}

function Reset() {
	const [address, setAddress] = useState('');
	const { busy, trouble, onSubmit } = useSubmit(async () => {
		await factorReset(address.trim());
		toast(t('rule.reset_done', { who: address.trim() }));
		setAddress('');
	}, (error) => t(error instanceof Refusal ? 'person.nobody' : 'keep.fault'));

	return (
		<section class="card rule" aria-labelledby="reset">
			<h2 id="reset">{t('rule.reset')}</h2>
			<p>{t('rule.reset_lead')}</p>
			<form onSubmit={onSubmit}>
				<label class="who">
					<span>{t('person.address')}</span>
					<input class="input" type="email" autocomplete="off" spellcheck={false} required value={address} onInput={(event) => setAddress(event.currentTarget.value)} />
				</label>
				<p class="said" role="alert">{trouble}</p>
				<div class="acts"><button class="btn sec" disabled={busy || !address.trim()}>{t('rule.reset_do')}</button></div>
			</form>
		</section>
	);
}
