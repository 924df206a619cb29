/** The bar at the bottom: mute, camera, chat, people, more, leave. */
import { Camera, Ellipsis, MessageCircle, Mic, MicOff, PhoneOff, UserPlus, Video, VideoOff } from 'lucide-preact';
import { callHangUp, cameraSet, muteToggle } from '../../call/running';
import { cameraOn, muted } from '../../state/calls';
import { me } from '../../state/session';
import { t } from '../../text/text';
import type { Call } from '../../wire/objects';

interface Props {
	call: Call;
	chatOpen: boolean;
	hasChat: boolean;
	/** Null: there is no picture. */
	onSnapshot: (() => void) | null;
	onChat(): void;
	onPeople(): void;
	onMore(): void;
}

export function CallBar({ call, chatOpen, hasChat, onSnapshot, onChat, onPeople, onMore }: Props) {
	const mute = muted.value;
	const camera = cameraOn.value;

	return (
		<div class="ctl" role="toolbar" aria-label={t('call.bar')}>
			<button aria-keyshortcuts="M" class={mute ? 'off' : ''} onClick={muteToggle}>
				{mute ? <MicOff aria-hidden /> : <Mic aria-hidden />}
				<span>{t(mute ? 'call.unmute' : 'call.mute')}</span>
			</button>
			{call.video && (
				<button aria-keyshortcuts="E" class={camera ? '' : 'off'} onClick={() => void cameraSet(!camera)}>
					{camera ? <Video aria-hidden /> : <VideoOff aria-hidden />}
					<span>{t(camera ? 'call.camera_off' : 'call.camera_on')}</span>
				</button>
			)}
			{onSnapshot && (
				<button aria-keyshortcuts="S" onClick={onSnapshot}>
					<Camera aria-hidden />
					<span>{t('call.snapshot')}</span>
				</button>
			)}
			{hasChat && (
				<button aria-keyshortcuts="C" aria-pressed={chatOpen} onClick={onChat}>
					<MessageCircle aria-hidden />
					<span>{t('call.chat')}</span>
				</button>
			)}
			{!me.value?.joined && (
				<button aria-keyshortcuts="G" aria-haspopup="dialog" onClick={onPeople}>
					<UserPlus aria-hidden />
					<span>{t('call.add')}</span>
				</button>
			)}
			<button aria-haspopup="dialog" onClick={onMore}>
				<Ellipsis aria-hidden />
				<span>{t('call.more')}</span>
			</button>
			<button aria-keyshortcuts="H" class="end" onClick={() => void callHangUp()}>
				<PhoneOff aria-hidden />
				<span>{t('call.leave')}</span>
			</button>
		</div>
	);
}
