/** The big picture with the marks on it, and the small one that changes places with it. */
import { Repeat2, VideoOff } from 'lucide-preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { contentBox, type Box } from '../../call/geometry';
import { sheet } from '../../call/marking';
import { legOf, localVideo, reach } from '../../call/running';
import { cameraOn, partyOf } from '../../state/calls';
import { me } from '../../state/session';
import { t } from '../../text/text';
import type { Call, Party, Person } from '../../wire/objects';
import { Avatar } from '../../view/avatar';
import { firstName } from '../../view/person';
import { MarkLayer } from './mark_layer';
import type { Tool } from './tools';
import './stage.css';
import { Video } from './video';

/** One of the pictures of a call. */
interface Picture {
	own: boolean;
	person: Person;
	stream: MediaStream | null;
	shows: boolean;
	label: string;
	party: Party | null;
}

export function pictureOf(call: Call, address: string): Picture | null {
	const own = me.value?.person;
	const party = partyOf(call, address) ?? null;
	const leg = legOf(address);

	if (own?.address === address)
		return { own: true, person: own, stream: localVideo.value, shows: cameraOn.value, label: t('call.own_camera'), party: null };

	const person = party?.person ?? call.with;

	return { own: false, person, stream: leg?.video.value ?? null, shows: leg?.moving.value ?? false, label: t('call.their_camera', { name: person.name }), party };
}

/** Where the picture lies in its element, after every change of either's size. */
function useBox() {
	const frame = useRef<HTMLDivElement>(null);
	const video = useRef<HTMLVideoElement>(null);
	const [placed, setPlaced] = useState<{ box: Box; aspect: number } | null>(null);

	useLayoutEffect(() => {
		const [outer, inner] = [frame.current, video.current];

		if (!outer || !inner)
			return;

		const measure = () => {
			const picture = { width: inner.videoWidth, height: inner.videoHeight };
			const box = contentBox({ width: outer.clientWidth, height: outer.clientHeight }, picture);

			setPlaced(box && { box, aspect: picture.width / picture.height });
		};
		const observer = new ResizeObserver(measure);

		observer.observe(outer);
		inner.addEventListener('resize', measure);
		inner.addEventListener('loadedmetadata', measure);
		measure();
		return () => {
			observer.disconnect();
			inner.removeEventListener('resize', measure);
			inner.removeEventListener('loadedmetadata', measure);
		};
	}, []);
	return { frame, video, placed };
}

/** The element that shows the big picture, for who wants a still of it. */
export const stageVideo: { current: HTMLVideoElement | null } = { current: null };

export function Stage({ call, whose, tool }: { call: Call; whose: string; tool: Tool | null }) {
	const { frame, video, placed } = useBox();
	const picture = pictureOf(call, whose);
	const again = (legOf(whose)?.reach ?? reach).value === 'reconnecting';

	if (!picture)
		return null;
	return (
		<div class={again ? 'stage dimmed' : 'stage'}>
			<div class="fit" ref={frame}>
				<Video stream={picture.stream} label={picture.label} videoRef={(shown) => void (video.current = stageVideo.current = shown)} class={picture.shows ? '' : 'unseen'} />
				{placed && picture.shows && !sheet.value && <MarkLayer of={picture.person.address} box={placed.box} aspect={placed.aspect} tool={tool} />}
				{!picture.shows && <NoPicture picture={picture} />}
			</div>
			{again && <p class="again" role="status">{t('call.reconnecting')}</p>}
		</div>
	);
}

/** What stands where no picture is. */
export function stateText({ own, person, party }: Picture): string {
	if (own)
		return t('call.own_camera_off');
	if (party?.state === 'ringing')
		return t('call.ringing');
	return t(party?.state === 'held' ? 'call.on_hold' : 'call.their_camera_off', { name: firstName(person) });
}

function NoPicture({ picture }: { picture: Picture }) {
	return (
		<div class="nopic">
			<Avatar person={picture.person} size={96} />
			<p><VideoOff aria-hidden />{stateText(picture)}</p>
		</div>
	);
}

/** Of two people: the other picture. */
export function Pip({ call, whose, onSwap }: { call: Call; whose: string; onSwap(): void }) {
	const picture = pictureOf(call, whose);

	if (!picture?.shows)
		return null;
	return (
		<button class="pip" onClick={onSwap}>
			<Video stream={picture.stream} label={picture.label} />
			<span><Repeat2 aria-hidden />{picture.own ? t('thread.you') : firstName(picture.person)}</span>
			<b class="vh">{picture.own ? t('call.swap_own') : t('call.swap_their', { name: firstName(picture.person) })}</b>
		</button>
	);
}
