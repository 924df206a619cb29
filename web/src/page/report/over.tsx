/** Calls that are over and tries that were refused, of all one's people, by day; and the same as a file. */
import { Download } from 'lucide-preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { recordSentence } from '../../state/gate';
import { me } from '../../state/session';
import { clockText, durationText, shortDayText, t, type TextKey } from '../../text/text';
import { csvGet, reportGet, type ReportRow, type Span } from '../../wire/report';

/** Local days, both included; '' is open. */
interface Days {
	from: string;
	to: string;
}

function spanOf({ from, to }: Days): Span {
	const end = to ? new Date(`${to}T00:00`) : null;

	end?.setDate(end.getDate() + 1);
	return { from: from ? new Date(`${from}T00:00`).toISOString() : null, to: end?.toISOString() ?? null };
}

function save(file: Blob): void {
	const link = document.createElement('a');

	link.href = URL.createObjectURL(file);
	link.download = 'calls.csv';
	link.click();
	/* The browser has opened it when the click returns. */
	setTimeout(() => URL.revokeObjectURL(link.href), 0);
}

export function Over() {
	const [days, setDays] = useState<Days>({ from: '', to: '' });
	const [rows, setRows] = useState<ReportRow[] | null>(null);
	const [next, setNext] = useState<string | null>(null);
	const [state, setState] = useState<'' | 'fault' | 'file'>('');
	const stop = useRef<AbortController | null>(null);
	const wanted = useRef(days);
	const tenant = me.value?.tenant.id ?? '';
	const backwards = days.from !== '' && days.to !== '' && days.to < days.from;

	wanted.current = days;
	const load = async (before: string | null) => {
		try {
			const page = await reportGet(tenant, spanOf(days), before);

			/* Other days were chosen meanwhile: those come themselves. */
			if (wanted.current !== days)
				return;
			setRows((known) => (before ? [...(known ?? []), ...page.calls] : page.calls));
			setNext(page.next);
			setState('');
		} catch {
			setState('fault');
		}
	};
	const download = async () => {
		stop.current = new AbortController();
		setState('file');
		await csvGet(tenant, spanOf(days), stop.current.signal).then((file) => (save(file), setState('')), () => setState('fault'));
	};

	useEffect(() => void (backwards || load(null)), [days]);
	useEffect(() => () => stop.current?.abort(), []);

	return (
		<section class="card calls over" aria-labelledby="over">
			<h2 id="over">{t('all_calls.over')}</h2>
			<form class="span" onSubmit={(event) => event.preventDefault()}>
				<label>{t('all_calls.from')} <input class="input" type="date" value={days.from} onChange={(event) => setDays({ ...days, from: event.currentTarget.value })} /></label>
				<label>{t('all_calls.to')} <input class="input" type="date" value={days.to} onChange={(event) => setDays({ ...days, to: event.currentTarget.value })} /></label>
				<button type="button" class="btn sec" disabled={backwards || state === 'file'} onClick={() => void download()}><Download aria-hidden />{t(state === 'file' ? 'all_calls.collecting' : 'all_calls.csv')}</button>
			</form>
			{backwards && <p class="none" role="alert">{t('all_calls.backwards')}</p>}
			{state === 'fault' && <p class="none" role="alert">{t('calls.fault')}</p>}
			{rows?.length === 0 && <p class="none muted">{t('all_calls.none')}</p>}
			<ul>{rows?.map((row) => <Row key={row.pos} row={row} />)}</ul>
			{next && <button class="btn sec older" onClick={() => void load(next)}>{t('calls.older')}</button>}
		</section>
	);
}

function whyOf(row: ReportRow): string | null {
	const own = me.value?.tenant;

	if (row.answered && row.reason === 'call.hangup')
		return null;
	return recordSentence(row.call !== null, row.reason, row.tenant, {
		ownTenant: own?.id ?? '', ownName: own?.name ?? '', otherName: row.with.organisation ?? row.with.address.split('@')[1] ?? '', person: row.with.name ?? row.with.address,
	});
}

function Row({ row }: { row: ReportRow }) {
	const why = whyOf(row);
	const [caller, called] = row.direction === 'out' ? [row.person, row.with] : [row.with, row.person];

	return (
		<li class={row.call ? '' : 'refused'}>
			<div class="grow">
				<b>{t('all_calls.pair', { from: caller.name ?? caller.address, to: called.name ?? called.address })}</b>
				<small>
					<span>{row.with.address}</span>
					{row.door && <span class="chip">{t(`door.${row.door}` as TextKey)}</span>}
				</small>
				<small class="what">
					<time class="num" dateTime={row.placed}>{shortDayText(row.placed)} {clockText(row.placed)}</time>
					{!row.call && <span>{t('calls.refused')}</span>}
					{row.answered && <span class="num" aria-label={t('calls.lasted', { time: durationText(row.seconds) })}>{durationText(row.seconds)}</span>}
					{why && <span class="why">{why}</span>}
				</small>
			</div>
		</li>
	);
}
