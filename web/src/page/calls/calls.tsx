/** Calls that are over: who, by which door, how long, and why it ended or did not begin. */
import { useEffect, useState } from 'preact/hooks';
import { history, historyFollow, historyLoad, historyOlder } from '../../state/history';
import { dayKey, dayText, t } from '../../text/text';
import type { CallRecord } from '../../wire/record';
import { usePage } from '../../view/page';
import { Summary } from '../summary/summary';
import './calls.css';
import { RecordRow } from './record_row';

/* The record is written when the call has ended: it may come a moment behind the news of it. */
const BEHIND_MS = 400;

interface Day {
	key: string;
	records: CallRecord[];
}

function daysOf(records: CallRecord[]): Day[] {
	const days: Day[] = [];

	for (const record of records) {
		const key = dayKey(record.placed);

		if (days.at(-1)?.key === key)
			days.at(-1)!.records.push(record);
		else
			days.push({ key, records: [record] });
	}
	return days;
}

/** The list, or one of them: whoever reads the one comes from the other. */
export default function Calls({ id }: { id?: string }) {
	return id ? <Summary id={id} /> : <List />;
}

function List() {
	const [fault, setFault] = useState(false);
	const known = history.value;
	const run = (load: () => Promise<void>) => void load().then(() => setFault(false), () => setFault(true));

	usePage(t('nav.calls'));
	useEffect(() => run(historyLoad), []);
	useEffect(() => {
		let timer: ReturnType<typeof setTimeout> | undefined;
		const end = historyFollow(() => {
			timer = setTimeout(() => run(historyLoad), BEHIND_MS);
		});

		return () => (clearTimeout(timer), end());
	}, []);

	return (
		<>
			<h1>{t('nav.calls')}</h1>
			{fault && <p class="empty" role="alert">{t('calls.fault')}</p>}
			{known && known.records.length === 0 && <p class="empty">{t('calls.empty')}</p>}
			{daysOf(known?.records ?? []).map((day) => (
				<section class="card calls" key={day.key} aria-label={dayText(day.records[0]!.placed)}>
					<h2>{dayText(day.records[0]!.placed)}</h2>
					<ul>{day.records.map((record) => <RecordRow key={record.pos} record={record} />)}</ul>
				</section>
			))}
			{known?.more && <button class="btn sec older" onClick={() => run(historyOlder)}>{t('calls.older')}</button>}
		</>
	);
}
