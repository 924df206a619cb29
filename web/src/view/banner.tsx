import { CloudOff } from 'lucide-preact';
import { line, lineState } from '../state/line';
import { t } from '../text/text';
import { useCountdown } from './page';

/** The server can't be reached: since when we try again, and a way to try now. */
export function Banner() {
	const { phase, retryAt } = lineState.value;

	return phase === 'waiting' ? <Waiting until={retryAt} /> : null;
}

function Waiting({ until }: { until: number | null }) {
	const seconds = useCountdown(until);

	return (
		<div class="banner" role="status">
			<CloudOff aria-hidden />
			<span class="num">{t('banner.down', { n: seconds })}</span>
			<button class="btn sec" onClick={() => line.retryNow()}>{t('banner.now')}</button>
		</div>
	);
}
