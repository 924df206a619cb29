/** The reachability line in small: from us to them through both gates, as far as it gets. */
import type { LineDrawing } from '../state/gate';
import { t } from '../text/text';
import './gate_line.css';

interface Props extends LineDrawing {
	us: string;
	them: string;
}

export function GateLine({ ours, theirs, us, them }: Props) {
	const reaches = ours === 'open' && theirs === 'open';
	const label = reaches ? t('gate.open', { us, them }) : ours === 'shut' ? t('gate.ours_shut', { us, them }) : theirs === 'shut' ? t('gate.theirs_shut', { us, them }) : t('gate.unknown', { us, them });

	return (
		<div class={`gateline ours-${ours} theirs-${theirs}`} role="img" aria-label={label}>
			<span class="end">{us}</span>
			<i class="seg a" />
			<i class={`mini ${ours}`} />
			<i class="seg b" />
			<i class={`mini ${theirs}`} />
			<i class="seg c" />
			<span class="end">{them}</span>
		</div>
	);
}
