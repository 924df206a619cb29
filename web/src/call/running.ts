/** The call that this page carries: its peer connection, its tracks, its numbers. One at most. */
import { effect, signal } from '@preact/signals';
import { calls, callTell, cameraOn, carrying, hearSdp, muted } from '../state/calls';
import { hearHello, line } from '../state/line';
import { MARKS_NONE, marksOf } from '../state/mark';
import { toast } from '../state/notice';
import { t } from '../text/text';
import * as objects from '../wire/objects';
import type { Call } from '../wire/objects';
import { Refusal } from '../wire/problem';
import { object, text } from '../wire/shape';
import { cameraKeep, cameraOpen, cameraWasOn, choiceRecall, microphoneOpen } from './devices';
import { marks, marksClear } from './marking';
import { fingerprintOf, Peer, type Reach } from './peer';
import { qualityNext, SAMPLE_MS, sampleRead, type Quality, type Sample } from './quality';
import { wakeKeep, wakeRelease } from './wake';

export const localVideo = signal<MediaStream | null>(null);
export const remoteVideo = signal<MediaStream | null>(null);
export const reach = signal<Reach>('connecting');
export const quality = signal<Quality | null>(null);
/** Their picture moves: their camera is on and frames arrive. */
export const remoteMoving = signal(false);
/** The browser wants a tap before it plays sound. */
export const soundBlocked = signal(false);

const withCall = object<{ call: Call }>({ call: objects.call });
const withOffer = object<{ call: Call; sdp: string }>({ call: objects.call, sdp: text });
const nothing = () => null;
/** So many samples without a frame mean that the camera is off. */
const STILL_SAMPLES = 2;

let peer: Peer | null = null;
let media = new MediaStream();
let timer: ReturnType<typeof setInterval> | null = null;
const sound = new Audio();
/** What the other side said last: perhaps to a page that has gone. */
let missed: { call: string; kind: 'offer' | 'answer'; sdp: string } | null = null;

/** Call somebody. Resolves with the ringing call; throws Refusal when it may not be. */
export async function callPlace(to: string, withCamera: boolean): Promise<Call> {
	await begin(withCamera);
	try {
		peer = peerNew(false);

		const sdp = await peer.offer(media);
		/* Video is always wanted: its section must be in the first offer for a camera to be switched on later. */
		const { call } = await line.request('call.place', { to, video: true, sdp }, withCall);

		carry(call);
		return call;
	} catch (error) {
		callRelease();
		throw error;
	}
}

/** Answer a ringing call. */
export async function callAnswer(call: Call, withCamera: boolean): Promise<void> {
	try {
		/* Side by side: whoever waits at the other end should not wait for our camera as well. */
		const [answered] = await Promise.all([
			line.request('call.answer', { call: call.id, video: true }, withOffer),
			begin(withCamera && call.video),
		]);

		peer = peerNew(true);
		carry(answered.call);

		const sdp = await peer.answer(answered.sdp, media);

		await line.request('call.sdp', { call: call.id, kind: 'answer', sdp }, nothing).catch((error: unknown) => {
			/* Where only the line fell, the server repeats the offer when it is back. */
			if (error instanceof Refusal)
				throw error;
		});
	} catch (error) {
		callRelease();
		throw error;
	}
}

/** This page was loaded anew in the middle of its call: take it up with a new connection. */
export async function callResume(call: Call): Promise<void> {
	await begin(call.video && cameraWasOn());
	peer = peerNew(call.direction === 'in');
	carry(call);
	marks.value = { ...MARKS_NONE, ...marksOf(call) };
	/* They may have offered to the page that was here before: then their offer waits for its answer. */
	if (missed?.call === call.id && missed.kind === 'offer')
		describe('answer', await peer.answer(missed.sdp, media));
	else
		describe('offer', await peer.offer(media));
}

export async function callHangUp(): Promise<void> {
	const id = carrying.peek() ?? calls.peek().now?.id;

	if (!id)
		return;
	await line.request('call.hangup', { call: id }, nothing).catch(() => undefined);
	callRelease();
}

export async function callDecline(call: Call): Promise<void> {
	await line.request('call.decline', { call: call.id }, nothing).catch(() => undefined);
}

export function muteToggle(): void {
	muted.value = !muted.peek();
	for (const track of media.getAudioTracks())
		track.enabled = !muted.peek();
}

/** Switch our camera. Off means released: its light goes out. */
export async function cameraSet(on: boolean): Promise<void> {
	for (const track of media.getVideoTracks()) {
		track.stop();
		media.removeTrack(track);
	}
	if (on)
		await addCamera();
	localShow();
	await peer?.replace('video', media.getVideoTracks()[0] ?? null);
}

export function soundPlay(): void {
	sound.play().then(
		() => void (soundBlocked.value = false),
		() => void (soundBlocked.value = sound.srcObject !== null),
	);
}

/** Open the devices. A missing one is said, and does not stop the call. */
async function begin(withCamera: boolean): Promise<void> {
	callRelease();
	marksClear();
	muted.value = false;
	reach.value = 'connecting';
	await Promise.all([addMicrophone(), withCamera ? addCamera() : null]);
	localShow();
}

function localShow(): void {
	cameraOn.value = media.getVideoTracks().length > 0;
	cameraKeep(cameraOn.peek());
	localVideo.value = cameraOn.peek() ? new MediaStream(media.getVideoTracks()) : null;
}

async function addMicrophone(): Promise<void> {
	try {
		const track = await microphoneOpen(choiceRecall().microphone);

		track.onended = () => toast(t('call.microphone_gone'), true);
		media.addTrack(track);
	} catch {
		toast(t('call.no_microphone'), true);
	}
}

async function addCamera(): Promise<void> {
	try {
		const track = await cameraOpen(choiceRecall().camera);

		track.onended = () => {
			toast(t('call.camera_gone'), true);
			void cameraSet(false);
		};
		media.addTrack(track);
	} catch {
		toast(t('call.no_camera'), true);
	}
}

function carry(call: Call): void {
	callTell(call);
	carrying.value = call.id;
	void wakeKeep();
	statsStart();
}

function peerNew(polite: boolean): Peer {
	remoteVideo.value = null;
	return new Peer(polite, {
		describe,
		reach: (now) => {
			reach.value = now;
			if (now === 'lost')
				void callHangUp();
		},
		track: (track) => {
			if (track.kind === 'audio') {
				sound.srcObject = new MediaStream([track]);
				soundPlay();
				return;
			}
			remoteVideo.value = new MediaStream([track]);
			track.onmute = () => void (remoteMoving.value = false);
			track.onunmute = () => void (remoteMoving.value = true);
		},
	});
}

function describe(kind: 'offer' | 'answer', sdp: string): void {
	const id = carrying.peek();
	const from = peer;

	if (id)
		line.request('call.sdp', { call: id, kind, sdp }, nothing).then(
			() => kind === 'offer' && from?.offerSent(),
			(error: unknown) => {
				/* An answer that was lost is asked for again: the server repeats their offer when the line is back. */
				if (error instanceof Refusal)
					console.error('call.sdp:', error.problem.reason);
				from?.offerLost();
			},
		);
}

async function sdpTake(kind: 'offer' | 'answer', sdp: string): Promise<void> {
	const known = fingerprintOf(peer?.pc.remoteDescription?.sdp ?? '');

	if (kind === 'offer' && peer && known && known !== fingerprintOf(sdp)) {
		/* Their page was loaded anew: its keys differ, so the old connection can't go on. */
		const polite = calls.peek().now?.direction === 'in';

		peer.end();
		peer = peerNew(polite);
		describe('answer', await peer.answer(sdp, media));
		return;
	}
	await peer?.take(kind, sdp);
}

/** Let go of everything: devices, connection, timers. */
export function callRelease(): void {
	if (timer)
		clearInterval(timer);
	timer = null;
	peer?.end();
	peer = null;
	for (const track of media.getTracks()) {
		track.onended = null;
		track.stop();
	}
	media = new MediaStream();
	sound.srcObject = null;
	localVideo.value = remoteVideo.value = null;
	remoteMoving.value = soundBlocked.value = cameraOn.value = false;
	quality.value = null;
	carrying.value = null;
	wakeRelease();
}

function statsStart(): void {
	let last: Sample | null = null;
	let still = STILL_SAMPLES;

	timer ??= setInterval(() => {
		void peer?.pc.getStats().then((report) => {
			const now = sampleRead(report.values() as Iterable<Record<string, unknown>>, performance.now());

			if (last && now.bytes >= last.bytes)
				quality.value = qualityNext(quality.peek(), last, now);
			/* The first sample says nothing of movement: the layer that is drawn on must not go and come back for it. */
			if (last) {
				still = now.frames > last.frames ? 0 : still + 1;
				remoteMoving.value = still < STILL_SAMPLES;
			}
			last = now;
		});
	}, SAMPLE_MS);
}

hearSdp((event) => {
	missed = event.call === carrying.peek() ? null : event;
	if (!missed)
		void sdpTake(event.kind, event.sdp).catch((error: unknown) => console.error('sdp:', error));
});

hearHello(() => {
	if (peer && peer.pc.connectionState !== 'connected')
		peer.restart();
});

/* Another network: the old way may look well for seconds yet. */
addEventListener('online', () => peer?.restart());
(navigator as { connection?: EventTarget }).connection?.addEventListener('change', () => peer?.restart());

effect(() => {
	const { now } = calls.value;
	const id = carrying.value;

	if (id && now?.id !== id)
		queueMicrotask(callRelease);
	else if (id && now && !now.video && cameraOn.value)
		queueMicrotask(() => void cameraSet(false));
});
