/** A still of the picture, with what is drawn on it, into the chat. Of somebody else's camera his own device is asked for a sharper one. */
import { hearEvents, line } from '../state/line';
import { carrying, callNow } from '../state/calls';
import { conversationWith } from '../state/chats';
import { reasonSentence } from '../state/gate';
import { toast } from '../state/notice';
import { me } from '../state/session';
import { fileUp, uploads } from '../state/uploads';
import { clockText, t } from '../text/text';
import { byLink, firstName, partiesOf } from '../view/person';
import { reachAsk } from '../wire/api';
import type { Answer, Call, Mark, Person } from '../wire/objects';
import { problemOf, Refusal } from '../wire/problem';
import { marks } from './marking';
import { marksPaint } from './paint';
import { localVideo } from './running';

const JPEG = 0.9;
/** Twelve million: part numbers can be read, and a phone's line still carries it. */
const PIXELS_MOST = 12e6;
/** A camera that takes its time is not waited for. */
const PHOTO_MS = 4000;
/** Nor is a photo that does not come. */
const ARRIVAL_MS = 15000;

/** What the element shows now; null when it shows nothing. */
export function frameOf(video: HTMLVideoElement): HTMLCanvasElement | null {
	return video.videoWidth > 0 ? canvasOf(video, video.videoWidth, video.videoHeight) : null;
}

function canvasOf(image: CanvasImageSource, wide: number, high: number): HTMLCanvasElement {
	const shrink = Math.min(1, Math.sqrt(PIXELS_MOST / (wide * high)));
	const canvas = Object.assign(document.createElement('canvas'), { width: Math.round(wide * shrink), height: Math.round(high * shrink) });

	canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
	return canvas;
}

const before = <T>(ms: number, promise: Promise<T>): Promise<T> =>
	Promise.race([promise, new Promise<never>((_, fail) => setTimeout(() => fail(new Error('too late')), ms))]);

/** All that the camera has; null where the browser or the camera can't. Painted anew: what a camera writes beside the picture stays here. */
async function photo(track: MediaStreamTrack): Promise<HTMLCanvasElement | null> {
	try {
		const capture = new ImageCapture(track);
		const { imageWidth, imageHeight } = await before(PHOTO_MS, capture.getPhotoCapabilities());
		const size = imageWidth?.max && imageHeight?.max ? { imageWidth: imageWidth.max, imageHeight: imageHeight.max } : {};
		const image = await createImageBitmap(await before(PHOTO_MS, capture.takePhoto(size)));

		return canvasOf(image, image.width, image.height);
	} catch {
		return null;
	}
}

/** What a track shows now, in its own size. */
async function frameOfTrack(track: MediaStreamTrack): Promise<HTMLCanvasElement | null> {
	const video = Object.assign(document.createElement('video'), { muted: true, srcObject: new MediaStream([track]) });

	await video.play();
	return frameOf(video);
}

/** Our own camera's. A photo's frame may be another than the video's, so what is drawn is kept on a frame of the video. */
async function ownStill(): Promise<{ canvas: HTMLCanvasElement; drawn: number } | null> {
	const [track] = localVideo.peek()?.getVideoTracks() ?? [];
	const drawn = marks.peek().list.filter((mark) => mark.of === me.peek()?.person.address);
	const canvas = track && ((drawn.length === 0 ? await photo(track) : null) ?? await frameOfTrack(track));

	if (canvas)
		marksPaint(canvas, drawn);
	return canvas ? { canvas, drawn: drawn.length } : null;
}

async function fileOf(canvas: HTMLCanvasElement): Promise<File> {
	const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', JPEG));
	const time = new Date();
	const name = t('still.file', { time: `${time.toLocaleDateString('sv')} ${time.toLocaleTimeString('sv').replaceAll(':', '.')}` });

	if (!blob)
		throw new Error('no picture');
	return new File([blob], name, { type: 'image/jpeg' });
}

function captionOf(drawn: number): string {
	const time = clockText(new Date().toISOString());

	return drawn > 0 ? t('still.caption_marks', { time, n: drawn }) : t('still.caption', { time });
}

/** Who is told in the chat when a file does not go up: the chat may be closed. */
function watch(id: string): void {
	const end = uploads.subscribe((all) => {
		const one = all.find((sending) => sending.id === id);

		if (one && one.state !== 'failed')
			return;
		if (one)
			toast(one.problem?.title ?? t('thread.failed'), true);
		queueMicrotask(() => end());
	});
}

async function sendTo(person: Person, id: string, caption: string, file: File): Promise<Answer | null> {
	const answer = await reachAsk(person.address, 'file');

	if (!answer.allowed)
		return answer;
	fileUp((await conversationWith(person.address)).id, id, caption, file);
	watch(id);
	return null;
}

/** Nobody it could be sent to has a chat: it is kept on this device. */
function keepHere(file: File): void {
	const url = URL.createObjectURL(file);

	Object.assign(document.createElement('a'), { href: url, download: file.name }).click();
	setTimeout(() => URL.revokeObjectURL(url), 10000);
	toast(t('still.saved'));
}

/** Into the chat with each of them, as far as the rules let it; said where they don't. */
export async function stillShare(people: Person[], canvas: HTMLCanvasElement, drawn: number): Promise<void> {
	const known = people.filter((person) => !byLink(person) && !me.peek()?.joined);
	const file = await fileOf(canvas);
	let sent = 0;

	if (known.length === 0)
		keepHere(file);
	for (const person of known) {
		try {
			const refused = await sendTo(person, crypto.randomUUID(), captionOf(drawn), file);

			if (refused)
				toast(`${t('file.closed')} ${reasonSentence(refused.reason, refused, partiesOf(person, person.address))}`, true);
			else
				sent++;
		} catch (error) {
			toast(error instanceof Refusal ? error.problem.title : t('still.failed'), true);
		}
	}
	if (sent > 0)
		toast(t('still.sent'));
}

/** Did a message with that id come, in time? */
function arrival(id: string): Promise<boolean> {
	return new Promise((resolve) => {
		arrivals.set(id, () => resolve(true));
		setTimeout(() => {
			arrivals.delete(id);
			resolve(false);
		}, ARRIVAL_MS);
	});
}

const arrivals = new Map<string, () => void>();

hearEvents((event) => {
	if (event.ev === 'message')
		arrivals.get(event.message.id)?.();
});

/** Ask his device. False: it can't, or may not; then what we see must do. */
async function asked(call: Call, address: string): Promise<boolean> {
	const id = crypto.randomUUID();

	try {
		const came = arrival(id);

		await line.request('call.still', { call: call.id, with: address, client_id: id }, () => null);
		return await came;
	} catch {
		return false;
	}
}

/** Keep what the stage shows: `video` is the picture of `of`, not needed for one's own. */
export async function stillTake(call: Call, of: string, video: HTMLVideoElement | null): Promise<void> {
	const there = call.parties.filter((one) => one.state === 'talking' && one.closed === null).map((one) => one.person);
	const owner = there.find((person) => person.address === of);
	const drawn = marks.peek().list.filter((mark: Mark) => mark.of === of);
	const seen = owner ? video && frameOf(video) : null;

	if (!owner) {
		const own = await ownStill();

		if (own)
			await stillShare(there, own.canvas, own.drawn);
		else
			toast(t('still.failed'), true);
		return;
	}
	if (!seen) {
		toast(t('still.failed'), true);
		return;
	}
	marksPaint(seen, drawn);
	toast(t('still.taking', { name: firstName(owner) }));

	const came = !byLink(owner) && await asked(call, of);

	/* The photo goes to who asked for it; the others have what we saw. */
	if (came)
		toast(t('still.came', { name: firstName(owner) }));
	if (!came || there.length > 1)
		await stillShare(came ? there.filter((person) => person !== owner) : there, seen, drawn.length);
}

/** Somebody who sees our camera wants a sharp picture of it, as a message with that id. */
export async function stillAsked(by: string, id: string): Promise<void> {
	const person = callNow.peek()?.parties.find((one) => one.person.address === by)?.person;
	const still = person && carrying.peek() ? await ownStill() : null;

	if (!person || !still)
		return;
	try {
		if (await sendTo(person, id, captionOf(still.drawn), await fileOf(still.canvas)) === null)
			toast(t('still.theirs', { name: firstName(person) }));
	} catch (error) {
		console.error('still:', problemOf(error).title);
	}
}
