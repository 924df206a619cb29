/** The big picture with the marks on it, and the small one that changes places with it. */
import { Repeat2, VideoOff } from 'lucide-preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { contentBox, type Box } from '../../call/geometry';
import { localVideo, reach, remoteMoving, remoteVideo } from '../../call/running';
import { cameraOn } from '../../state/calls';
import { me } from '../../state/session';
import { t } from '../../text/text';
import type { Call } from '../../wire/objects';
import { Avatar } from '../../view/avatar';
import { firstName } from '../../view/person';
import { MarkLayer } from './mark_layer';
import type { Tool } from './tools';
import './stage.css';
import { Video } from './video';

type Whose = Call['technician'];

interface Picture {
	stream: MediaStream | null;
	shows: boolean;
	label: string;
	address: string;
}

/** One of the two pictures of a call. */
function pictureOf(call: Call, whose: Whose): Picture {
	if (whose === 'me')
		return { stream: localVideo.value, shows: cameraOn.value, label: t('call.own_camera'), address: me.value?.person.address ?? '' };
	return { stream: remoteVideo.value, shows: remoteMoving.value, label: t('call.their_camera', { name: call.with.name }), address: call.with.address };
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

export function Stage({ call, whose, tool }: { call: Call; whose: Whose; tool: Tool | null }) {
	const { frame, video, placed } = useBox();
	const picture = pictureOf(call, whose);
	const again = reach.value === 'reconnecting';

	return (
		<div class={again ? 'stage dimmed' : 'stage'}>
			<div class="fit" ref={frame}>
				<Video stream={picture.stream} label={picture.label} videoRef={video} class={picture.shows ? '' : 'unseen'} />
				{placed && picture.shows && <MarkLayer call={call} of={picture.address} box={placed.box} aspect={placed.aspect} tool={tool} />}
				{!picture.shows && <NoPicture call={call} whose={whose} />}
			</div>
			{again && <p class="again" role="status">{t('call.reconnecting')}</p>}
		</div>
	);
}

function NoPicture({ call, whose }: { call: Call; whose: Whose }) {
	const own = me.value?.person;
	const text = whose === 'me' ? t('call.own_camera_off') : t('call.their_camera_off', { name: firstName(call.with) });

	return (
		<div class="nopic">
			{own && <Avatar person={whose === 'me' ? own : call.with} size={96} />}
			<p><VideoOff aria-hidden />{text}</p>
		</div>
	);
}

export function Pip({ call, whose, onSwap }: { call: Call; whose: Whose; onSwap(): void }) {
	const picture = pictureOf(call, whose);

	if (!picture.shows)
		return null;
	return (
		<button class="pip" onClick={onSwap}>
			<Video stream={picture.stream} label={picture.label} />
			<span><Repeat2 aria-hidden />{whose === 'me' ? t('thread.you') : firstName(call.with)}</span>
			<b class="vh">{whose === 'me' ? t('call.swap_own') : t('call.swap_their', { name: firstName(call.with) })}</b>
		</button>
	);
}
