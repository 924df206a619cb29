/** Who it is, for how long, how well it goes, and whose ink is whose. */
import { ChevronDown, ChevronLeft } from 'lucide-preact';
import { useEffect, useState } from 'preact/hooks';
import { inkOf } from '../../call/marking';
import { quality, reach } from '../../call/running';
import type { Quality } from '../../call/quality';
import { announce } from '../../state/notice';
import { me } from '../../state/session';
import { durationText, t } from '../../text/text';
import type { Call } from '../../wire/objects';
import { Avatar } from '../../view/avatar';
import { useClock } from '../../view/page';
import { firstName, orgLine } from '../../view/person';
import './top.css';

export function CallTop({ call }: { call: Call }) {
	const [open, setOpen] = useState(false);
	const own = me.value?.person;

	return (
		<>
			<header class="ctop">
				<div class="id">
					{!me.value?.joined && <a class="out" href="/" aria-label={t('call.other_pages')} title={t('call.other_pages')}><ChevronLeft aria-hidden /></a>}
					<Avatar person={call.with} size={38} />
					<div><b>{call.with.name}</b><small>{orgLine(call.with)}</small></div>
				</div>
				<div class="mid">
					<Timer since={call.since} />
					<QualityPill open={open} onToggle={() => setOpen(!open)} />
				</div>
				<ul class="ppl" aria-label={t('call.colours')}>
					{own && <li class={inkOf(own.address)}><Avatar person={own} size={34} /><span>{t('thread.you')}</span></li>}
					<li class={inkOf(call.with.address)}><Avatar person={call.with} size={34} /><span>{firstName(call.with)}</span></li>
				</ul>
			</header>
			{open && <QualityPanel />}
		</>
	);
}

function Timer({ since }: { since: string | null }) {
	const now = useClock(1000);

	return <span class="pill num" role="timer">{since ? durationText((now - Date.parse(since)) / 1000) : durationText(0)}</span>;
}

const BARS = { good: 3, fair: 2, poor: 1, reconnecting: 0, connecting: 0 };

function wordNow(): keyof typeof BARS {
	if (reach.value === 'connected')
		return quality.value?.word ?? 'good';
	return reach.value === 'connecting' ? 'connecting' : 'reconnecting';
}

function QualityPill({ open, onToggle }: { open: boolean; onToggle(): void }) {
	const word = wordNow();

	useEffect(() => {
		if (word === 'poor' || word === 'reconnecting')
			announce(t(`quality.is_${word}`));
	}, [word]);
	return (
		<button class={`pill q ${word}`} aria-expanded={open} onClick={onToggle}>
			<svg viewBox="0 0 20 16" aria-hidden="true">
				{[6, 11, 16].map((size, i) => <rect key={size} class={i < BARS[word] ? '' : 'out'} x={1 + 7 * i} y={16 - size} width="4" height={size} rx="1" />)}
			</svg>
			{t(`quality.${word}`)}
			<ChevronDown aria-hidden />
		</button>
	);
}

function QualityPanel() {
	const now = quality.value;

	return (
		<div class="stats" role="region" aria-label={t('quality.label')}>
			<b>{t(`quality.is_${wordNow()}`)}</b>
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
