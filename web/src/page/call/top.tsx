/** Who it is, for how long, how well it goes, and whose ink is whose. */
import { ChevronDown, ChevronLeft, MicOff } from 'lucide-preact';
import { lazy } from 'preact-iso';
import { useEffect, useState } from 'preact/hooks';
import { inkOf } from '../../call/marking';
import { quality, reach } from '../../call/running';
import { announce } from '../../state/notice';
import { me } from '../../state/session';
import { durationText, t } from '../../text/text';
import type { Call } from '../../wire/objects';
import { Avatar } from '../../view/avatar';
import { useClock } from '../../view/page';
import { firstName, orgLine } from '../../view/person';
import './top.css';

/* Opened by few: not part of what a call waits for. */
const QualityPanel = lazy(() => import('./numbers').then((module) => module.QualityPanel));

/** "Tess Walcott", "Tess, Jonas". */
export const namesOf = (call: Call): string => call.parties.length > 1 ? call.parties.map(({ person }) => firstName(person)).join(', ') : (call.parties[0]?.person ?? call.with).name;

export function CallTop({ call }: { call: Call }) {
	const [open, setOpen] = useState(false);
	const own = me.value?.person;
	const first = (call.parties.length === 1 && call.parties[0]?.person) || call.with;

	return (
		<>
			<header class="ctop">
				<div class="id">
					{!me.value?.joined && <a class="out" href="/" aria-label={t('call.other_pages')} title={t('call.other_pages')}><ChevronLeft aria-hidden /></a>}
					<Avatar person={first} size={38} />
					<div><b>{namesOf(call)}</b><small>{call.parties.length > 1 ? t('call.count', { n: call.parties.length + 1 }) : orgLine(first)}</small></div>
				</div>
				<div class="mid">
					<Timer since={call.since} />
					<QualityPill open={open} onToggle={() => setOpen(!open)} />
				</div>
				<ul class="ppl" aria-label={t('call.colours')}>
					{own && <li class={inkOf(own.address)}><Avatar person={own} size={34} /><span>{t('thread.you')}</span></li>}
					{call.parties.map(({ person, muted }) => (
						<li key={person.address} class={inkOf(person.address)}>
							<Avatar person={person} size={34} />
							<span>{firstName(person)}</span>
							{muted && <MicOff class="mute" role="img" aria-label={t('call.is_muted')} />}
						</li>
					))}
				</ul>
			</header>
			{open && <QualityPanel word={wordNow()} />}
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
