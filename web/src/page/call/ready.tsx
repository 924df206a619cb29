/** Before the first call: our own sentence, then the browser's question, then what the other will see and hear. */
import { Camera, CameraOff } from 'lucide-preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { cameraOpen, choiceKeep, choiceRecall, DeviceError, devicesGranted, devicesList, microphoneOpen, readyPass, type DeviceTrouble } from '../../call/devices';
import { t } from '../../text/text';
import type { Person } from '../../wire/objects';
import { usePage } from '../../view/page';
import './ready.css';
import { Level } from './level';
import { Select } from './select';
import { Video } from './video';

interface Props {
	person: Pick<Person, 'name' | 'tenant'>;
	wantCamera: boolean;
	/** Words on the button. */
	go: string;
	onReady(withCamera: boolean): void;
	onCancel(): void;
}

interface Devices {
	cameras: MediaDeviceInfo[];
	microphones: MediaDeviceInfo[];
}

const troubleOf = (error: unknown): DeviceTrouble => (error instanceof DeviceError ? error.trouble : 'other');

/** The tracks of the check; they are closed with it, and the call opens its own. */
function useDevices(wantCamera: boolean) {
	const [asked, setAsked] = useState(false);
	const [choice, setChoice] = useState({ ...choiceRecall(), withCamera: wantCamera });
	const [camera, setCamera] = useState<MediaStreamTrack | null>(null);
	const [microphone, setMicrophone] = useState<MediaStreamTrack | null>(null);
	const [cameraTrouble, setCameraTrouble] = useState<DeviceTrouble | null>(null);
	const [microphoneTrouble, setMicrophoneTrouble] = useState<DeviceTrouble | null>(null);
	const [devices, setDevices] = useState<Devices>({ cameras: [], microphones: [] });

	useEffect(() => void devicesGranted().then((granted) => granted && setAsked(true)), []);
	useEffect(() => {
		if (!asked)
			return;
		return track(microphoneOpen(choice.microphone), setMicrophone, setMicrophoneTrouble, () => void devicesList().then(setDevices));
	}, [asked, choice.microphone]);
	useEffect(() => {
		if (!asked || !choice.withCamera)
			return;
		return track(cameraOpen(choice.camera), setCamera, setCameraTrouble, () => void devicesList().then(setDevices));
	}, [asked, choice.camera, choice.withCamera]);
	return { asked, setAsked, choice, setChoice, camera, microphone, cameraTrouble, microphoneTrouble, devices };
}

/** Hold a track while an effect lasts. */
function track(
	opening: Promise<MediaStreamTrack>,
	tell: (track: MediaStreamTrack | null) => void,
	trouble: (trouble: DeviceTrouble | null) => void,
	settled: () => void,
): () => void {
	let over = false;

	trouble(null);
	opening.then(
		(one) => (over ? one.stop() : (tell(one), settled())),
		(error: unknown) => over || (trouble(troubleOf(error)), settled()),
	);
	return () => {
		over = true;
		tell(null);
		void opening.then((one) => one.stop(), () => undefined);
	};
}

export function ReadyCheck({ person, wantCamera, go, onReady, onCancel }: Props) {
	const check = useDevices(wantCamera);
	const { asked, choice, camera, cameraTrouble, microphoneTrouble } = check;
	const join = (withCamera: boolean) => {
		choiceKeep({ camera: choice.camera, microphone: choice.microphone, speaker: choiceRecall().speaker });
		readyPass();
		onReady(withCamera);
	};

	usePage(t('ready.title'));
	return (
		<main id="main" class="call ready" data-theme="dark" tabIndex={-1}>
			<div class="box">
				<h1>{t('ready.title')}</h1>
				<p class="lead">{t('ready.lead', { name: person.name, org: person.tenant.name })}</p>
				{!asked && <Explain onAsk={() => check.setAsked(true)} onWithout={() => { check.setChoice({ ...choice, withCamera: false }); check.setAsked(true); }} />}
				{asked && (
					<div class="look">
						<Preview track={camera} on={choice.withCamera} trouble={cameraTrouble} />
						<Choices {...check} />
					</div>
				)}
				{asked && microphoneTrouble && <p class="warn" role="alert">{t(`ready.microphone_${microphoneTrouble}`)}</p>}
				<div class="acts">
					<button class="btn gho" onClick={onCancel}>{t('cancel')}</button>
					{asked && choice.withCamera && <button class="btn sec" onClick={() => join(false)}><CameraOff aria-hidden />{t('ready.without')}</button>}
					{asked && <button class="btn pri" disabled={choice.withCamera && !camera} onClick={() => join(choice.withCamera)}>{go}</button>}
				</div>
			</div>
		</main>
	);
}

function Explain({ onAsk, onWithout }: { onAsk(): void; onWithout(): void }) {
	return (
		<div class="explain">
			<Camera aria-hidden />
			<p>{t('ready.explain')}</p>
			<div class="acts">
				<button class="btn sec" onClick={onWithout}>{t('ready.without')}</button>
				<button class="btn pri" onClick={onAsk}>{t('ready.ask')}</button>
			</div>
		</div>
	);
}

function Preview({ track, on, trouble }: { track: MediaStreamTrack | null; on: boolean; trouble: DeviceTrouble | null }) {
	const stream = useRef<{ track: MediaStreamTrack; stream: MediaStream } | null>(null);

	if (track && stream.current?.track !== track)
		stream.current = { track, stream: new MediaStream([track]) };
	return (
		<div class="preview">
			{track && on && <Video stream={stream.current?.stream ?? null} label={t('call.own_camera')} />}
			{!on && <p>{t('ready.camera_is_off')}</p>}
			{on && trouble && <p role="alert">{t(`ready.camera_${trouble}`)}</p>}
			{on && !track && !trouble && <p role="status">{t('ready.opening')}</p>}
		</div>
	);
}

function Choices({ choice, setChoice, devices, microphone }: ReturnType<typeof useDevices>) {
	return (
		<div class="choices">
			<Select label={t('ready.camera')} devices={devices.cameras} value={choice.camera} onPick={(camera) => setChoice({ ...choice, camera })} />
			<Select label={t('ready.microphone')} devices={devices.microphones} value={choice.microphone} onPick={(id) => setChoice({ ...choice, microphone: id })} />
			{microphone && <Level track={microphone} />}
			<label class="check">
				<input type="checkbox" checked={choice.withCamera} onChange={(event) => setChoice({ ...choice, withCamera: event.currentTarget.checked })} />
				<span>{t('ready.with_camera')}</span>
			</label>
		</div>
	);
}
