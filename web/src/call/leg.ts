/** The way to one of the others in a call: connection, picture, sound, numbers. */
import { signal } from '@preact/signals';
import { Peer, type Reach } from './peer';
import { qualityNext, sampleRead, type Quality, type Sample } from './quality';

export interface LegHooks {
	describe(leg: Leg, kind: 'offer' | 'answer', sdp: string): void;
	/** Given up: nothing came for a long time. */
	lost(): void;
}

/** So many samples without a frame mean that the camera is off. */
const STILL_SAMPLES = 2;

export class Leg {
	/** Of the other; "" until the server has said whom it calls. */
	address: string;
	readonly peer: Peer;
	readonly video = signal<MediaStream | null>(null);
	/** The picture moves: the camera is on and frames arrive. */
	readonly moving = signal(false);
	readonly reach = signal<Reach>('connecting');
	readonly quality = signal<Quality | null>(null);
	/** The browser wants a tap before it plays the sound. */
	readonly silent = signal(false);
	readonly #sound = new Audio();
	#last: Sample | null = null;
	#still = STILL_SAMPLES;

	/** The polite one yields on glare. */
	constructor(address: string, polite: boolean, hooks: LegHooks) {
		this.address = address;
		this.peer = new Peer(polite, {
			describe: (kind, sdp) => hooks.describe(this, kind, sdp),
			reach: (now) => {
				this.reach.value = now;
				if (now === 'lost')
					hooks.lost();
			},
			track: (track) => this.#track(track),
		});
	}

	soundPlay(): void {
		this.#sound.play().then(
			() => void (this.silent.value = false),
			() => void (this.silent.value = this.#sound.srcObject !== null),
		);
	}

	/** Where its sound comes out; what is not there any more changes nothing. */
	async speakerSet(id: string | null): Promise<void> {
		if ('setSinkId' in this.#sound)
			await this.#sound.setSinkId(id ?? '').catch(() => undefined);
	}

	/** Once in SAMPLE_MS: how it goes. */
	async sample(): Promise<void> {
		const report = await this.peer.pc.getStats();
		const now = sampleRead(report.values() as Iterable<Record<string, unknown>>, performance.now());
		const last = this.#last;

		if (last && now.bytes >= last.bytes)
			this.quality.value = qualityNext(this.quality.peek(), last, now);
		/* The first sample says nothing of movement: the layer that is drawn on must not go and come back for it. */
		if (last) {
			this.#still = now.frames > last.frames ? 0 : this.#still + 1;
			this.moving.value = this.#still < STILL_SAMPLES;
		}
		this.#last = now;
	}

	end(): void {
		this.peer.end();
		this.#sound.srcObject = null;
		this.video.value = null;
		this.moving.value = this.silent.value = false;
	}

	#track(track: MediaStreamTrack): void {
		if (track.kind === 'audio') {
			this.#sound.srcObject = new MediaStream([track]);
			this.soundPlay();
			return;
		}
		this.video.value = new MediaStream([track]);
		track.onmute = () => void (this.moving.value = false);
		track.onunmute = () => void (this.moving.value = true);
	}
}
