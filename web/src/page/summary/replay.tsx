/** What was drawn, step by step, over a frame in the place of the picture: the picture itself was never on the server. */
import { Pause, Play } from 'lucide-preact';
import { useEffect, useState } from 'preact/hooks';
import { arrowPath, WIDE } from '../../call/arrow';
import { circlePath } from '../../call/circle';
import { inkPath } from '../../call/ink';
import { MARKS_NONE, markPut, marksRemove } from '../../state/mark';
import { durationText, t } from '../../text/text';
import type { Mark } from '../../wire/objects';
import type { Drawn } from '../../wire/summary';

const HEIGHT = (WIDE * 9) / 16;
const STEP_MS = 900;
const OUTLINES = { arrow: arrowPath, ink: inkPath, circle: circlePath };
const INKS = 6;

interface Props {
	drawn: Drawn[];
	/** Addresses in the order of joining, for colours. */
	order: string[];
	nameOf(address: string): string;
}

/** What stands there behind the first `n` events. */
function standing(drawn: Drawn[], n: number): Mark[] {
	return drawn.slice(0, n).reduce((marks, { mark, gone }) => (mark ? markPut(marks, mark) : marksRemove(marks, gone ?? [])), MARKS_NONE).list;
}

export function Replay({ drawn, order, nameOf }: Props) {
	const [at, setAt] = useState(drawn.length);
	const [playing, setPlaying] = useState(false);
	const pictures = [...new Set(drawn.flatMap(({ mark }) => (mark ? [mark.of] : [])))];
	const marks = standing(drawn, at);
	const last = drawn[at - 1];

	useEffect(() => {
		if (!playing)
			return;

		const timer = setTimeout(() => (at < drawn.length ? setAt(at + 1) : setPlaying(false)), STEP_MS);

		return () => clearTimeout(timer);
	}, [playing, at]);

	return (
		<section class="card replay" aria-labelledby="drawn">
			<h2 id="drawn">{t('summary.drawn')}</h2>
			<p class="muted sm">{t('summary.drawn_lead')}</p>
			<div class="pictures">
				{pictures.map((of) => (
					<figure key={of}>
						<svg viewBox={`0 0 ${WIDE} ${HEIGHT}`} role="img" aria-label={t('summary.picture', { name: nameOf(of), n: marks.filter((mark) => mark.of === of).length })}>
							<rect class="frame" width={WIDE} height={HEIGHT} rx="16" />
							{marks.filter((mark) => mark.of === of).map((mark) => <Shape key={mark.id} mark={mark} ink={order.indexOf(mark.by) % INKS} />)}
						</svg>
						<figcaption>{t('summary.picture_of', { name: nameOf(of) })}</figcaption>
					</figure>
				))}
			</div>
			<div class="player">
				<button class="btn sec ico" aria-label={t(playing ? 'summary.pause' : 'summary.play')}
					onClick={() => (!playing && at === drawn.length && setAt(0), setPlaying(!playing))}>{playing ? <Pause aria-hidden /> : <Play aria-hidden />}</button>
				<input type="range" min={0} max={drawn.length} value={at} aria-label={t('summary.step')} aria-valuetext={t('summary.at', { n: String(at), of: String(drawn.length) })}
					onInput={(event) => (setPlaying(false), setAt(Number(event.currentTarget.value)))} />
				<span class="num">{durationText((last?.at ?? 0) / 1000)}</span>
			</div>
			<ol class="said">
				{standing(drawn, drawn.length).filter((mark) => mark.kind === 'step' && mark.text).map((mark) => <li key={mark.id} value={mark.number ?? undefined}>{mark.text}</li>)}
			</ol>
		</section>
	);
}

function Shape({ mark, ink }: { mark: Mark; ink: number }) {
	const [u, v] = mark.points[0] ?? [0, 0];

	if (mark.kind !== 'step')
		return <path data-mark={mark.id} class={`drawn ink${ink}`} d={OUTLINES[mark.kind](mark.points, HEIGHT)} />;
	return (
		<g data-mark={mark.id} class={`drawn ink${ink}`} transform={`translate(${u * WIDE} ${v * HEIGHT})`}>
			<path d="M0 0C-3-12-23-22-23-44a23 23 0 1 1 46 0C23-22 3-12 0 0Z" />
			<text text-anchor="middle" y="-35">{mark.number}</text>
		</g>
	);
}
