/** How well the call goes, in numbers. */
import type { Quality } from '../../call/quality';
import { quality } from '../../call/running';
import { t } from '../../text/text';

export function QualityPanel({ word }: { word: 'good' | 'fair' | 'poor' | 'reconnecting' | 'connecting' }) {
	const now = quality.value;

	return (
		<div class="stats" role="region" aria-label={t('quality.label')}>
			<b>{t(`quality.is_${word}`)}</b>
			{now && <Spark history={now.history} />}
			{now && <Numbers now={now} />}
		</div>
	);
}

function Numbers({ now }: { now: Quality }) {
	const rows = [
		[t('quality.receiving'), t('quality.mbps', { n: (now.kbps / 1000).toFixed(1) })],
		[t('quality.picture'), now.moving ? t('quality.size', { width: now.width.toString(), height: now.height.toString(), fps: Math.round(now.fps) }) : t('quality.no_picture')],
		[t('quality.delay'), t('quality.ms', { n: Math.round(now.rttMs) })],
		[t('quality.lost'), t('quality.percent', { n: now.lossPercent.toFixed(1) })],
		[t('quality.path'), t(now.path === 'tcp' ? 'quality.tcp' : 'quality.udp')],
	];

	return (
		<dl class="num">
			{rows.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
		</dl>
	);
}

function Spark({ history }: { history: number[] }) {
	const top = Math.max(...history, 1);
	const line = history.map((kbps, i) => `${((i / Math.max(1, history.length - 1)) * 200).toFixed(1)} ${(42 - (kbps / top) * 38).toFixed(1)}`);
	const label = t('quality.spark', { low: (Math.min(...history) / 1000).toFixed(1), high: (top / 1000).toFixed(1) });

	return (
		<svg viewBox="0 0 200 44" class="spark" role="img" aria-label={label} preserveAspectRatio="none">
			<path class="area" d={`M0 44L${line.join('L')}L200 44Z`} />
			<path class="line" d={`M${line.join('L')}`} />
		</svg>
	);
}
