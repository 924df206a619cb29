/** Drawing on a still: the picture stands, the live one goes on beside it, and nobody sees the marks until they are shown. */
import { Check, Play, Snowflake } from 'lucide-preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { contentBox, type Box } from '../../call/geometry';
import { sheet, sheetShow } from '../../call/marking';
import { marksPaint } from '../../call/paint';
import { stillShare } from '../../call/still';
import { partyOf } from '../../state/calls';
import { announce, toast } from '../../state/notice';
import { t } from '../../text/text';
import type { Call, Mark } from '../../wire/objects';
import { Dialog } from '../../view/dialog';
import { firstName } from '../../view/person';
import { problemOf } from '../../wire/problem';
import './frozen.css';
import { MarkLayer } from './mark_layer';
import { pictureOf } from './stage';
import type { Tool } from './tools';
import { Video } from './video';

/** What stood on the stage when it froze. */
export interface Still {
	of: string;
	canvas: HTMLCanvasElement;
	/** What was drawn there by then; it is painted into the picture. */
	drawn: Mark[];
}

interface Props {
	call: Call;
	still: Still;
	tool: Tool;
	/** The live picture is wanted, though something is drawn. */
	asking: boolean;
	/** The live picture is wanted. */
	onBack(): void;
	onStay(): void;
	/** It is over. */
	onThaw(): void;
}

export function Frozen({ call, still, tool, asking, onBack, onStay, onThaw }: Props) {
	const [going, setGoing] = useState(false);
	const whose = partyOf(call, still.of)?.person;
	const name = whose ? firstName(whose) : '';
	const show = () => {
		setGoing(true);
		void shown(call, still).catch((error: unknown) => toast(problemOf(error).title, true)).finally(onThaw);
	};
	const drawn = (sheet.value?.list.length ?? 0) > 0;

	useEffect(() => announce(t('frozen.is')), []);
	/* A call that ends, a page that goes: nobody draws on it any more. */
	useEffect(() => () => void (sheet.value = null), []);
	useEffect(() => {
		const press = (event: KeyboardEvent) => event.key === 'Escape' && !document.querySelector('dialog[open]') && onBack();

		addEventListener('keydown', press);
		return () => removeEventListener('keydown', press);
	});
	return (
		<>
			<Picture still={still} tool={tool} />
			<div class="frz" role="group" aria-label={t('frozen.is')}>
				<p><Snowflake aria-hidden /><b>{t('frozen.is')}</b> <span>{t(call.parties.length > 1 ? 'frozen.how_all' : 'frozen.how', { name })}</span></p>
				<button class="fb" disabled={going} onClick={onThaw}>{t('frozen.discard')}</button>
				<button class="fb go" disabled={going || !drawn} onClick={show}>
					<Check aria-hidden />{call.parties.length > 1 ? t('frozen.show_all') : t('frozen.show', { name })}
				</button>
			</div>
			<Live call={call} still={still} onBack={onBack} />
			{asking && drawn && (
				<Dialog label={t('frozen.lose')} class="ask" onClose={onStay}>
					<h2>{t('frozen.lose')}</h2>
					<p>{t('frozen.lose_how')}</p>
					<div class="acts">
						<button class="btn sec" onClick={onStay}>{t('frozen.stay')}</button>
						<button class="btn pri" onClick={onThaw}>{t('frozen.discard')}</button>
					</div>
				</Dialog>
			)}
		</>
	);
}

/** The marks go onto the live picture, and the still with them into the chat: it stays right when the camera has moved. */
async function shown(call: Call, still: Still): Promise<void> {
	const people = call.parties.filter((one) => one.state === 'talking' && one.closed === null).map((one) => one.person);
	const drawn = await sheetShow();
	const canvas = copyOf(still);

	marksPaint(canvas, drawn);
	await stillShare(people, canvas, still.drawn.length + drawn.length);
}

function copyOf({ canvas, drawn }: Still): HTMLCanvasElement {
	const copy = Object.assign(document.createElement('canvas'), { width: canvas.width, height: canvas.height });

	copy.getContext('2d')?.drawImage(canvas, 0, 0);
	marksPaint(copy, drawn);
	return copy;
}

function Picture({ still, tool }: { still: Still; tool: Tool }) {
	const fit = useRef<HTMLDivElement>(null);
	const [box, setBox] = useState<Box | null>(null);

	useLayoutEffect(() => {
		const outer = fit.current;

		if (!outer)
			return;

		const picture = copyOf(still);
		const measure = () => setBox(contentBox({ width: outer.clientWidth, height: outer.clientHeight }, still.canvas));
		const observer = new ResizeObserver(measure);

		picture.setAttribute('role', 'img');
		picture.setAttribute('aria-label', t('frozen.is'));
		outer.prepend(picture);
		observer.observe(outer);
		measure();
		return () => {
			observer.disconnect();
			picture.remove();
		};
	}, [still]);
	return (
		<div class="stage frozen">
			<div class="fit" ref={fit}>
				{box && <MarkLayer of={still.of} box={box} aspect={still.canvas.width / still.canvas.height} tool={tool} />}
			</div>
		</div>
	);
}

/** What goes on meanwhile; a tap goes back to it. */
function Live({ call, still, onBack }: { call: Call; still: Still; onBack(): void }) {
	const picture = pictureOf(call, still.of);

	return picture && (
		<button class="pip live" onClick={onBack}>
			<Video stream={picture.stream} label={picture.label} />
			<span><Play aria-hidden />{t('frozen.live')}</span>{' '}
			<b class="vh">{t('frozen.back')}</b>
		</button>
	);
}
