/** A call between the messages: how long it was, and the way to its summary. */
import { Phone, Video } from 'lucide-preact';
import { useEffect } from 'preact/hooks';
import { history, historyFollow, historyLoad } from '../state/history';
import { clockText, durationText, shortDayText, t } from '../text/text';
import type { CallRecord } from '../wire/record';
import './call_card.css';
import type { RowAttributes } from './long_list';

/* The record is written when the call has ended: it may come a moment behind the news of it. */
const BEHIND_MS = 400;

/** One's newest calls, and those that end while this is shown. A thread without them is a thread still. */
export function useCalled(): CallRecord[] {
	useEffect(() => {
		let timer: ReturnType<typeof setTimeout> | undefined;
		const load = () => void historyLoad().catch(() => undefined);
		const end = historyFollow(() => {
			timer = setTimeout(load, BEHIND_MS);
		});

		if (!history.peek())
			load();
		return () => (clearTimeout(timer), end());
	}, []);
	return history.value?.records ?? [];
}

export function CallCard({ call, name, row }: { call: CallRecord; name: string; row: RowAttributes }) {
	const Icon = call.video ? Video : Phone;

	return (
		<li class="called" {...row}>
			<div>
				<Icon aria-hidden />
				<span class="num">{t('thread.called', { time: durationText(call.seconds), at: `${shortDayText(call.placed)} ${clockText(call.placed)}` })}</span>
				<a href={`/calls/${call.call}`} aria-label={t('summary.of', { name })}>{t('summary.title')}</a>
			</div>
		</li>
	);
}
