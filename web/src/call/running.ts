/** The call that this page carries: a leg to each of the others, our tracks. One call at most. */
import { computed, effect, signal } from '@preact/signals';
import { callFind, calls, callTell, cameraOn, carrying, hearSdp, muted, partyOf, switching, type Sdp } from '../state/calls';
import { hearEvents, hearHello, line } from '../state/line';
import { toast } from '../state/notice';
import { me } from '../state/session';
import { t } from '../text/text';
import { reachAsk } from '../wire/api';
import * as objects from '../wire/objects';
import type { Call } from '../wire/objects';
import { Refusal } from '../wire/problem';
import { nullable, object, text } from '../wire/shape';
import { cameraKeep, cameraOpen, cameraWasOn, choiceRecall, microphoneOpen } from './devices';
import { Leg } from './leg';
import { marksClear, marksTake, sheet } from './marking';
import { fingerprintOf, type Reach } from './peer';
import { SAMPLE_MS, type Quality } from './quality';
import { wakeKeep, wakeRelease } from './wake';

export const localVideo = signal<MediaStream | null>(null);
/** To whom this page is connected, or about to be. */
export const legs = signal<Leg[]>([]);
export const legOf = (address: string): Leg | undefined => legs.value.find((leg) => leg.address === address);

/** Of all legs: one that stands is enough. */
export const reach = computed<Reach>(() => {
	const all = legs.value.map((leg) => leg.reach.value);

	return (['connected', 'reconnecting', 'lost'] as const).find((one) => all.includes(one)) ?? 'connecting';
});

const WORDS = ['poor', 'fair', 'good'] as const;

/** Of the leg that goes worst. */
export const quality = computed<Quality | null>(() => {
	const all = legs.value.flatMap((leg) => leg.quality.value ?? []);

	return all.sort((a, b) => WORDS.indexOf(a.word) - WORDS.indexOf(b.word))[0] ?? null;
});
/** The browser wants a tap before it plays sound. */
export const soundBlocked = computed(() => legs.value.some((leg) => leg.silent.value));

const withCall = object<{ call: Call }>({ call: objects.call });
const withOffer = object<{ call: Call; sdp: string | null }>({ call: objects.call, sdp: nullable(text) });
const nothing = () => null;

let media = new MediaStream();
let timer: ReturnType<typeof setInterval> | null = null;
/** What each of the others said last: perhaps to a page that has gone. */
const missed = new Map<string, Sdp>();

/** Call somebody. Resolves with the ringing call; throws Refusal when it may not be. */
export async function callPlace(to: string, withCamera: boolean): Promise<Call> {
	/* While the devices open. Who came by a link may not ask. */
	const may = me.peek()?.joined ? true : reachAsk(to, 'video').then((answer) => answer.allowed, () => true);
	const [video] = await Promise.all([may, begin(withCamera)]);

	try {
		const leg = legAdd(new Leg('', false, hooks));
		const sdp = await leg.peer.offer(media);
		const place = (wanted: boolean) => line.request('call.place', { to, video: wanted, sdp }, withCall);
		/* Video is wanted wherever it may be, for a camera to be switched on later. Where it may not, people still talk. */
		const { call } = await place(video).catch((error: unknown) => {
			if (video && me.peek()?.joined && error instanceof Refusal && error.problem.status === 403)
				return place(false);
			throw error;
		});

		leg.address = call.with.address;
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
		const first = answered.sdp === null ? null : legAdd(new Leg(answered.call.with.address, true, hooks));

		carry(answered.call);
		if (first && answered.sdp !== null)
			await describe(first, 'answer', await first.peer.answer(answered.sdp, media));
		/* Who comes later offers to all who are there. */
		await offerAll(answered.call);
	} catch (error) {
		callRelease();
		throw error;
	}
}

/** This page was loaded anew in the middle of its call: take it up with new connections. */
export async function callResume(call: Call): Promise<void> {
	await begin(call.video && cameraWasOn());
	carry(call);
	marksTake(call);
	/* They may have offered to the page that was here before: then their offer waits for its answer. */
	for (const sdp of [...missed.values()])
		if (sdp.call === call.id && sdp.kind === 'offer')
			await sdpTake(sdp);
	missed.clear();
	await offerAll(call);
}

export async function callHangUp(): Promise<void> {
	const id = carrying.peek() ?? calls.peek().now?.id;

	if (!id)
		return;
	await line.request('call.hangup', { call: id }, nothing).catch(() => undefined);
	callRelease();
}

/** Nobody hears or sees anything until it goes on. */
export async function callHold(call: string, on: boolean): Promise<void> {
	callTell((await line.request('call.hold', { call, on }, withCall)).call);
}

/** The call on hold goes on, and the one that is carried waits instead. */
export async function callSwitch(to: Call): Promise<void> {
	const from = carrying.peek();

	switching.value = to.id;
	try {
		if (from)
			await callHold(from, true);
		await callResume(to);
		await callHold(to.id, false);
	} finally {
		switching.value = null;
	}
}

/** Carry on here the call that another device of one's own carries. */
export async function callTake(call: Call): Promise<void> {
	await begin(false);
	try {
		const taken = (await line.request('call.take', { call: call.id }, withCall)).call;

		carry(taken);
		marksTake(taken);
		await offerAll(taken);
	} catch (error) {
		callRelease();
		throw error;
	}
}

/** Our microphone's sound; null when there is none. */
export const microphone = (): MediaStreamTrack | null => media.getAudioTracks()[0] ?? null;

/** Another microphone, camera or speaker in the running call: what is chosen now. */
export async function devicesSwitch(): Promise<void> {
	for (const track of media.getAudioTracks()) {
		track.stop();
		media.removeTrack(track);
	}
	await addMicrophone();

	const [sound] = media.getAudioTracks();

	if (sound)
		sound.enabled = !muted.peek();
	await Promise.all(legs.peek().flatMap((leg) => [leg.peer.replace('audio', sound ?? null), leg.speakerSet(choiceRecall().speaker)]));
	if (cameraOn.peek())
		await cameraSet(true);
}

/** Ring one more into the call. Throws Refusal, with the two who may not meet where one may know them. */
export async function callAdd(call: string, to: string): Promise<void> {
	callTell((await line.request('call.add', { call, to }, withCall)).call);
}

/** The host's: take somebody out of the call, or stop ringing there. */
export async function callRemove(call: string, address: string): Promise<void> {
	await line.request('call.remove', { call, with: address }, nothing);
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
	await Promise.all(legs.peek().map((leg) => leg.peer.replace('video', media.getVideoTracks()[0] ?? null)));
}

export function soundPlay(): void {
	for (const leg of legs.peek())
		leg.soundPlay();
}

/** Open the devices. A missing one is said, and does not stop the call. */
async function begin(withCamera: boolean): Promise<void> {
	callRelease();
	marksClear();
	muted.value = false;
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

const hooks = {
	describe: (leg: Leg, kind: 'offer' | 'answer', sdp: string) => void describe(leg, kind, sdp).catch((error: unknown) => console.error('call.sdp:', error)),
	/* Of several, one that is lost is tried again and again; alone there is nothing left. */
	lost: () => {
		if (legs.peek().every((leg) => leg.reach.peek() === 'lost'))
			void callHangUp();
	},
};

function legAdd(leg: Leg): Leg {
	void leg.speakerSet(choiceRecall().speaker);
	legs.value = [...legs.peek(), leg];
	return leg;
}

/** A new leg to somebody, in the place of the one that was. On glare the higher seat yields. */
function legNew(address: string): Leg {
	const call = callFind(calls.peek(), carrying.peek());
	const leg = new Leg(address, (call?.seat ?? 0) > ((call && partyOf(call, address)?.seat) ?? 0), hooks);

	legDrop(address);
	return legAdd(leg);
}

function legDrop(address: string): void {
	legs.peek().find((leg) => leg.address === address)?.end();
	legs.value = legs.peek().filter((leg) => leg.address !== address);
}

/** To everybody who is there and has no leg yet. */
async function offerAll(call: Call): Promise<void> {
	for (const { person, state, closed } of call.parties) {
		if (state === 'ringing' || closed || legs.peek().some((leg) => leg.address === person.address))
			continue;

		const leg = legNew(person.address);

		await describe(leg, 'offer', await leg.peer.offer(media));
	}
}

/** Tell the other side. Throws only what the server refused: where the line fell, it repeats their offer when it is back. */
async function describe(leg: Leg, kind: 'offer' | 'answer', sdp: string): Promise<void> {
	const call = carrying.peek();

	if (!call)
		return;
	try {
		await line.request('call.sdp', { call, with: leg.address, kind, sdp }, nothing);
		if (kind === 'offer')
			leg.peer.offerSent();
	} catch (error) {
		leg.peer.offerLost();
		if (error instanceof Refusal)
			throw error;
	}
}

async function sdpTake({ from, kind, sdp }: Sdp): Promise<void> {
	const leg = legs.peek().find((one) => one.address === from);
	const known = fingerprintOf(leg?.peer.pc.remoteDescription?.sdp ?? '');

	/* They have just joined, or their page was loaded anew: its keys differ, so the old connection can't go on. */
	if (kind === 'offer' && (!leg || (known && known !== fingerprintOf(sdp)))) {
		const fresh = legNew(from);

		await describe(fresh, 'answer', await fresh.peer.answer(sdp, media));
		return;
	}
	await leg?.peer.take(kind, sdp);
}

/** Let go of everything: devices, connection, timers. */
export function callRelease(): void {
	if (timer)
		clearInterval(timer);
	timer = null;
	for (const leg of legs.peek())
		leg.end();
	legs.value = [];
	for (const track of media.getTracks()) {
		track.onended = null;
		track.stop();
	}
	media = new MediaStream();
	localVideo.value = null;
	cameraOn.value = false;
	carrying.value = null;
	wakeRelease();
}

function statsStart(): void {
	timer ??= setInterval(() => legs.peek().forEach((leg) => void leg.sample()), SAMPLE_MS);
}

const restartAll = (which: (leg: Leg) => boolean = () => true) => legs.peek().filter(which).forEach((leg) => leg.peer.restart());

hearSdp((event) => {
	if (event.call === carrying.peek())
		void sdpTake(event).catch((error: unknown) => console.error('sdp:', error));
	else
		missed.set(event.from, event);
});

hearHello(() => restartAll((leg) => leg.peer.pc.connectionState !== 'connected'));

/* Another network: the old way may look well for seconds yet. */
addEventListener('online', () => restartAll());
(navigator as { connection?: EventTarget }).connection?.addEventListener('change', () => restartAll());

effect(() => {
	const on = callFind(calls.value, carrying.value);

	/* Over, or taken to another device. */
	if (carrying.value && (!on || (on.state === 'talking' && !on.here)))
		queueMicrotask(callRelease);
	else if (on && !on.video && cameraOn.value)
		queueMicrotask(() => void cameraSet(false));
});

/* Who has left, or may no longer be met. */
effect(() => {
	const on = callFind(calls.value, carrying.value);
	const gone = on?.state === 'talking' ? legs.peek().filter((leg) => partyOf(on, leg.address)?.closed !== null) : [];

	for (const leg of gone)
		queueMicrotask(() => legDrop(leg.address));
});

/* Seldom: the camera's code comes when it is needed. */
hearEvents((event) => {
	if (event.ev === 'still' && event.call === carrying.peek())
		void import('./still').then(({ stillAsked }) => stillAsked(event.by, event.client_id));
});

/* What our devices do, for the others to see. */
effect(() => {
	const call = carrying.value;

	if (call && calls.value.now?.state === 'talking')
		line.say('call.status', { call, muted: muted.value, camera: cameraOn.value, frozen: sheet.value !== null });
});
