/** What Farhand is about, drawn: one organisation, gates, others. */
const ROWS = [
	{ y: 60, gate: 'open' },
	{ y: 130, gate: 'open' },
	{ y: 200, gate: 'shut' },
	{ y: 270, gate: 'open' },
] as const;

const HUB_Y = 165;

export function Picture() {
	return (
		<svg class="reach" viewBox="0 0 440 330">
			<rect class="hub" x="16" y="112" width="96" height="106" rx="24" />
			{ROWS.map(({ y, gate }, i) => {
				const start = HUB_Y + (y - HUB_Y) * 0.36;
				const bend = `M112 ${start}C170 ${start} 170 ${y} 228 ${y}`;

				return (
					<g key={y}>
						<path class="way" d={gate === 'open' ? `${bend}H366` : bend} />
						{gate === 'shut' && <path class="way beyond" d={`M252 ${y}H366`} />}
						{gate === 'open' ? <path class="gate" d={`M240 ${y - 20}v12M240 ${y + 8}v12`} /> : <path class="gate shut" d={`M240 ${y - 20}v40`} />}
						<circle class={`org o${i}`} cx="390" cy={y} r="22" />
					</g>
				);
			})}
		</svg>
	);
}
