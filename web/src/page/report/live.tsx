/** Calls under way, looked at again while the page is seen; an admin can end one. */
import { PhoneCall, PhoneOff } from 'lucide-preact';
import { useEffect, useState } from 'preact/hooks';
import { toast } from '../../state/notice';
import { isAdmin, me } from '../../state/session';
import { durationText, listText, t } from '../../text/text';
import { Refusal } from '../../wire/problem';
import { callClose, liveCallsGet, type LiveCall } from '../../wire/report';
import { Dialog } from '../../view/dialog';
import { useClock } from '../../view/page';

const LOOK_MS = 4000;

const peopleOf = (call: LiveCall): string[] => [...new Set([call.from, call.to, ...call.pairs.flatMap(({ between }) => between)])];

export function Live() {
	const [calls, setCalls] = useState<LiveCall[] | null>(null);
	const [fault, setFault] = useState(false);
	const [ending, setEnding] = useState<LiveCall | null>(null);
	const now = useClock(1000);
	const look = () => liveCallsGet().then((seen) => (setCalls(seen), setFault(false)), () => setFault(true));

	useEffect(() => {
		const seen = () => void (document.visibilityState === 'visible' && look());
		const timer = setInterval(seen, LOOK_MS);

		seen();
		document.addEventListener('visibilitychange', seen);
		return () => (clearInterval(timer), document.removeEventListener('visibilitychange', seen));
	}, []);

	return (
		<section class="card calls live" aria-labelledby="live">
			<h2 id="live">{t('all_calls.live')}</h2>
			{fault && <p class="none" role="alert">{t('calls.fault')}</p>}
			{calls?.length === 0 && <p class="none muted">{t('all_calls.none_live')}</p>}
			<ul>
				{calls?.map((call) => (
					<li key={call.id}>
						<PhoneCall aria-hidden />
						<div class="grow">
							<b>{listText(peopleOf(call))}</b>
							<small class="num">{call.since ? durationText((now - Date.parse(call.since)) / 1000) : t('all_calls.ringing')}</small>
						</div>
						{isAdmin.value && <button class="btn sec" aria-label={t('all_calls.end_one', { people: listText(peopleOf(call)) })} onClick={() => setEnding(call)}>{t('all_calls.end')}</button>}
					</li>
				))}
			</ul>
			{ending && <End call={ending} onClose={(ended) => (setEnding(null), ended && void look())} />}
		</section>
	);
}

function End({ call, onClose }: { call: LiveCall; onClose(ended: boolean): void }) {
	const [busy, setBusy] = useState(false);
	const own = me.value?.tenant;
	const end = async () => {
		setBusy(true);
		try {
			await callClose(own?.id ?? '', call.id);
			toast(t('all_calls.ended'));
		} catch (error) {
			/* Gone already is what was wanted. */
			if (!(error instanceof Refusal && error.problem.status === 404)) {
				toast(t('signin.fault'), true);
				setBusy(false);
				return;
			}
		}
		onClose(true);
	};

	return (
		<Dialog label={t('all_calls.end_title')} class="ask" onClose={() => onClose(false)}>
			<h2>{t('all_calls.end_title')}</h2>
			<p><b>{listText(peopleOf(call))}</b></p>
			<p>{t('all_calls.end_lead', { org: own?.name ?? '' })}</p>
			<div class="acts">
				<button class="btn gho" onClick={() => onClose(false)}>{t('all_calls.keep')}</button>
				<button class="btn dan" disabled={busy} onClick={() => void end()}><PhoneOff aria-hidden />{t('all_calls.end')}</button>
			</div>
		</Dialog>
	);
}
