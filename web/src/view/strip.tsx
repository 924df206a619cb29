/** The call goes on while another page is open. */
import { Mic, MicOff } from 'lucide-preact';
import { callNow, carrying, muted } from '../state/calls';
import { durationText, t } from '../text/text';
import { useClock } from './page';

export function CallStrip() {
	const call = callNow.value;

	if (!call || (call.state === 'ringing' && call.direction === 'in'))
		return null;
	return carrying.value === call.id ? <Running /> : <Elsewhere />;
}

function Running() {
	const call = callNow.value!;
	const now = useClock(1000);
	const mute = async () => (await import('../call/running')).muteToggle();

	return (
		<div class="strip" role="region" aria-label={t('strip.label')}>
			<b>{call.with.name}</b>
			<span class="num">{call.since ? durationText((now - Date.parse(call.since)) / 1000) : t('call.ringing')}</span>
			<button class="btn gho" aria-pressed={muted.value} onClick={() => void mute()}>
				{muted.value ? <MicOff aria-hidden /> : <Mic aria-hidden />}
				{muted.value ? t('call.unmute') : t('call.mute')}
			</button>
			<a class="btn" href={`/call/${encodeURIComponent(call.id)}`}>{t('strip.return')}</a>
		</div>
	);
}

function Elsewhere() {
	const call = callNow.value!;

	return (
		<div class="strip" role="region" aria-label={t('strip.label')}>
			<b>{call.with.name}</b>
			<span>{t(call.here ? 'strip.here' : 'strip.elsewhere')}</span>
			<a class="btn" href={`/call/${encodeURIComponent(call.id)}`}>{t(call.here ? 'strip.return' : 'strip.take')}</a>
		</div>
	);
}
