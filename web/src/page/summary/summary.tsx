/** One call that is over, on a page that can be printed: who, how long, how good, what was drawn, and one's own note. */
import { Printer } from 'lucide-preact';
import { useEffect, useState } from 'preact/hooks';
import { recordSentence } from '../../state/gate';
import { me } from '../../state/session';
import { clockText, dayText, durationText, t, type TextKey } from '../../text/text';
import { Refusal } from '../../wire/problem';
import { summaryGet, type Measured, type Summary as Told } from '../../wire/summary';
import { Avatar } from '../../view/avatar';
import { usePage } from '../../view/page';
import { Note } from './note';
import { Files, Pictures } from './files';
import { Replay } from './replay';
import './summary.css';

export function Summary({ id }: { id: string }) {
	const [summary, setSummary] = useState<Told | null>(null);
	const [problem, setProblem] = useState<TextKey | null>(null);

	usePage(t('summary.title'));
	useEffect(() => {
		summaryGet(id).then(setSummary, (error: unknown) => setProblem(error instanceof Refusal && error.problem.status === 404 ? 'summary.none' : 'calls.fault'));
	}, [id]);
	if (problem)
		return <><h1>{t('summary.title')}</h1><p class="empty" role="alert">{t(problem)}</p></>;
	return summary && <Page summary={summary} />;
}

const nameIn = (summary: Told) => (address: string) =>
	address === me.value?.person.address ? t('summary.you') : (summary.people.find((one) => one.address === address)?.name ?? address);

function whyOf(summary: Told): string {
	const own = me.value?.tenant;
	const other = summary.with;
	const reason = summary.reason === 'call.hangup' && summary.by ? `call.hangup_${summary.by}` : summary.reason;

	return recordSentence(true, reason, summary.tenant, {
		ownTenant: own?.id ?? '', ownName: own?.name ?? '', otherName: other.organisation ?? other.domain ?? '', person: other.name ?? other.address,
	});
}

function Page({ summary }: { summary: Told }) {
	const own = me.value?.person;
	const mine = own?.address ?? '';
	const others = summary.people.map(({ address }) => address);
	/* Colours go by the order of joining: who called comes first. */
	const order = summary.direction === 'out' ? [mine, ...others] : [others[0] ?? '', mine, ...others.slice(1)];

	return (
		<article class="summary">
			<div class="hd">
				<div class="grow">
					<h1>{t('summary.with', { name: summary.with.name ?? summary.with.address })}</h1>
					<p class="muted lead num"><time dateTime={summary.placed}>{dayText(summary.placed)}, {clockText(summary.placed)}</time></p>
				</div>
				<button class="btn sec noprint" onClick={() => print()}><Printer aria-hidden />{t('summary.print')}</button>
			</div>
			<section class="card" aria-labelledby="people">
				<h2 id="people">{t('summary.people')}</h2>
				<ul class="people">
					{own && <li><Avatar person={own} size={36} /><b>{own.name}</b> <small>{me.value?.tenant.name}</small></li>}
					{summary.people.map(({ address, name, organisation, door }) => (
						<li key={address}>
							<Avatar person={{ name: name ?? address, address }} size={36} />
							<b>{name ?? address}</b>
							<small>{organisation}</small>
							{door && <span class="chip">{t(`door.${door}` as TextKey)}</span>}
						</li>
					))}
				</ul>
				<dl>
					<div><dt>{t('summary.lasted')}</dt><dd class="num">{summary.answered ? durationText(summary.seconds) : t('summary.unanswered')}</dd></div>
					<div><dt>{t('summary.why')}</dt><dd>{whyOf(summary)}</dd></div>
				</dl>
				{summary.quality && <Quality measured={summary.quality} />}
			</section>
			<Pictures messages={summary.files} nameOf={nameIn(summary)} />
			<Files messages={summary.files} />
			{summary.drawn.length > 0 && <Replay drawn={summary.drawn} order={order} nameOf={nameIn(summary)} />}
			<Note call={summary.call ?? ''} kept={summary.note} />
		</article>
	);
}

function Quality({ measured }: { measured: Measured }) {
	const { kbps, rtt_ms: rtt, loss_percent: loss } = measured;
	const top = Math.max(...kbps, 1);
	const line = kbps.map((value, i) => `${((i / Math.max(1, kbps.length - 1)) * 600).toFixed(1)} ${(58 - (value / top) * 52).toFixed(1)}`);
	const middle = (kbps.reduce((sum, value) => sum + value, 0) / kbps.length / 1000).toFixed(1);

	return (
		<div class="measured">
			<svg viewBox="0 0 600 60" preserveAspectRatio="none" role="img" aria-label={t('summary.line', { low: (Math.min(...kbps) / 1000).toFixed(1), high: (top / 1000).toFixed(1) })}>
				<path d={line.length > 1 ? `M${line.join('L')}` : `M0 ${line[0]?.split(' ')[1]}H600`} />
			</svg>
			<p class="muted sm num">{t('summary.quality', { middle, rtt: rtt[0] ?? 0, rtt_worst: rtt[1] ?? 0, loss: loss[0] ?? 0, loss_worst: loss[1] ?? 0 })}</p>
		</div>
	);
}
