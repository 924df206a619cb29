/** The four choices, drawn. */
import { Check } from 'lucide-preact';
import { t } from '../../text/text';
import type { Mode } from '../../wire/objects';
import './mode_cards.css';

const MODES: Mode[] = ['open', 'block', 'allow', 'off'];
const OTHERS_Y = [6, 19, 32, 45];
const HUB_Y = 25.5;

export function ModeCards({ mode, onPick }: { mode: Mode; onPick(mode: Mode): void }) {
	return (
		<fieldset class="modes">
			<legend class="vh">{t('external.legend')}</legend>
			{MODES.map((one) => (
				<label key={one} class={one === mode ? 'mode on' : 'mode'}>
					<input class="vh" type="radio" name="mode" value={one} checked={one === mode} onChange={() => onPick(one)} />
					<Pictogram mode={one} />
					<span><b>{t(`mode.${one}`)}</b><small>{t(`mode.${one}_means`)}</small></span>
					<i class="tick"><Check aria-hidden /></i>
				</label>
			))}
		</fieldset>
	);
}

/** Which of the four others the pictogram's hub reaches. */
const REACHES: Record<Mode, (other: number) => boolean> = {
	open: () => true,
	block: (other) => other !== 2,
	allow: (other) => other === 1,
	off: () => false,
};

function Pictogram({ mode }: { mode: Mode }) {
	return (
		<svg viewBox="0 0 104 51" aria-hidden="true" class="pic">
			<rect x="2" y="10" width="28" height="31" rx="8" class="hub" />
			{mode === 'off' && <path d="M40 8v35" class="shut" />}
			{OTHERS_Y.map((y, i) => {
				const on = REACHES[mode](i);
				const start = HUB_Y + (y - HUB_Y) * 0.42;
				const bend = `M30 ${start}C48 ${start} 46 ${y}`;

				return (
					<g key={y}>
						{on && <path d={`${bend} 62 ${y}H84`} class="way" />}
						{!on && mode !== 'off' && <path d={`${bend} 60 ${y}`} class="way beyond" />}
						{!on && mode === 'block' && <path d={`M63 ${y - 6}v12`} class="shut" />}
						<circle cx="92" cy={y} r="5.4" class={on ? 'other' : 'other out'} />
					</g>
				);
			})}
		</svg>
	);
}
