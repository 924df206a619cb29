/** Cameras and microphones: asking for them, plain words for what goes wrong, and what the person chose last. */
import { me } from '../state/session';
import { keep, recall } from '../state/store';

export type DeviceTrouble = 'denied' | 'none' | 'busy' | 'insecure' | 'other';

export interface Choice {
	camera: string | null;
	microphone: string | null;
	/** Where sound comes out; null: where the system sends it. */
	speaker: string | null;
}

const KEY = 'devices';
const READY = 'ready';
const CAMERA = 'camera_on';

export const choiceRecall = (): Choice => ({ camera: null, microphone: null, speaker: null, ...recall<Partial<Choice>>(KEY) });
export const choiceKeep = (choice: Choice): void => keep(KEY, choice);

/** Was the camera on in this tab's call? A page that is loaded anew must not switch on what was off. */
export const cameraWasOn = (): boolean => recall<boolean>(CAMERA, true) === true;
export const cameraKeep = (on: boolean): void => keep(CAMERA, on, true);

/** The ready check was passed in this session: don't ask again. */
export const readyPassed = (): boolean => recall<boolean>(READY, true) === true;
export const readyPass = (): void => keep(READY, true, true);

function troubleOf(error: unknown): DeviceTrouble {
	switch (error instanceof DOMException ? error.name : '') {
	case 'NotAllowedError':
	case 'SecurityError':
		return 'denied';
	case 'NotFoundError':
	case 'OverconstrainedError':
		return 'none';
	case 'NotReadableError':
	case 'AbortError':
		return 'busy';
	default:
		return 'other';
	}
}

export class DeviceError extends Error {
	readonly trouble: DeviceTrouble;

	constructor(trouble: DeviceTrouble) {
		super(trouble);
		this.trouble = trouble;
	}
}

async function open(constraints: MediaStreamConstraints): Promise<MediaStreamTrack> {
	if (!navigator.mediaDevices)
		throw new DeviceError('insecure');
	try {
		const track = (await navigator.mediaDevices.getUserMedia(constraints)).getTracks()[0];

		if (!track)
			throw new DeviceError('none');
		return track;
	} catch (error) {
		throw error instanceof DeviceError ? error : new DeviceError(troubleOf(error));
	}
}

/** The technician shows what is in front of them, so theirs is the rear camera; an expert shows their face, if anything. */
export function cameraOpen(id: string | null): Promise<MediaStreamTrack> {
	const facing = me.peek()?.person.technician ? 'environment' : 'user';
	const size = { width: { ideal: 1280 }, height: { ideal: 720 } };

	return open({ video: id ? { ...size, deviceId: { ideal: id } } : { ...size, facingMode: { ideal: facing } } });
}

export function microphoneOpen(id: string | null): Promise<MediaStreamTrack> {
	const clean = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

	return open({ audio: id ? { ...clean, deviceId: { ideal: id } } : clean });
}

/** Not every browser lets a page choose. */
const SPEAKERS = 'setSinkId' in HTMLMediaElement.prototype;

export async function devicesList(): Promise<{ cameras: MediaDeviceInfo[]; microphones: MediaDeviceInfo[]; speakers: MediaDeviceInfo[] }> {
	const all = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
	const of = (kind: MediaDeviceKind) => all.filter((device) => device.kind === kind && device.deviceId);

	return { cameras: of('videoinput'), microphones: of('audioinput'), speakers: SPEAKERS ? of('audiooutput') : [] };
}

/** Were both allowed before, so that opening them asks nothing? */
export async function devicesGranted(): Promise<boolean> {
	try {
		const names = ['camera', 'microphone'] as unknown as PermissionName[];
		const states = await Promise.all(names.map((name) => navigator.permissions.query({ name })));

		return states.every((status) => status.state === 'granted');
	} catch {
		return false;
	}
}

/** How loud a microphone is, 0 to 1, about ten times a second, until the result is called. */
export function levelWatch(track: MediaStreamTrack, tell: (level: number) => void): () => void {
	const context = new AudioContext();
	const analyser = context.createAnalyser();
	const samples = new Float32Array(512);

	analyser.fftSize = samples.length;
	context.createMediaStreamSource(new MediaStream([track])).connect(analyser);

	const timer = setInterval(() => {
		analyser.getFloatTimeDomainData(samples);

		const power = samples.reduce((sum, s) => sum + s * s, 0) / samples.length;

		tell(Math.min(1, Math.sqrt(power) * 5));
	}, 100);

	return () => {
		clearInterval(timer);
		void context.close();
	};
}
