/**
 * One RTCPeerConnection: both media sections from the first offer on, perfect negotiation, restarts. It knows no server: it
 * is given descriptions and gives some. Candidates are neither sent nor taken; the relay learns from the checks.
 */
export type Reach = 'connecting' | 'connected' | 'reconnecting' | 'lost';

export interface PeerHooks {
	/** A description for the other side. */
	describe(kind: 'offer' | 'answer', sdp: string): void;
	reach(reach: Reach): void;
	track(track: MediaStreamTrack): void;
}

const NOTICE_MS = 2000;
const RESTART_MS = 3000;
const RESTART_AGAIN_MS = 5000;
const ROLLBACK_MS = 1000;
const LOST_MS = 45_000;

export class Peer {
	readonly pc: RTCPeerConnection;
	readonly #polite: boolean;
	readonly #hooks: PeerHooks;
	#offering = false;
	/** From the first answer on, the browser says when to negotiate. */
	#settled = false;
	#timers: ReturnType<typeof setTimeout>[] = [];
	#ended = false;
	/** Our last offer has not reached the server yet: what comes as an answer answers another one. */
	#unsent = false;
	#watching = false;

	/** The one who was called is polite: on glare it yields. */
	constructor(polite: boolean, hooks: PeerHooks) {
		this.pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle', rtcpMuxPolicy: 'require', iceServers: [] });
		this.#polite = polite;
		this.#hooks = hooks;
		this.pc.ontrack = (event) => hooks.track(event.track);
		this.pc.onconnectionstatechange = () => this.#connection();
		this.pc.onnegotiationneeded = () => void this.#negotiate();
	}

	/** The first offer of a call, or of a page that takes a call up again. */
	async offer(media: MediaStream): Promise<string> {
		for (const kind of ['audio', 'video'] as const) {
			const track = media.getTracks().find((one) => one.kind === kind);

			this.pc.addTransceiver(track ?? kind, { direction: 'sendrecv', streams: [media] });
		}
		await this.pc.setLocalDescription();
		await this.#keepSharp();
		return this.pc.localDescription?.sdp ?? '';
	}

	/** The answer to the first offer. */
	async answer(offer: string, media: MediaStream): Promise<string> {
		await this.pc.setRemoteDescription({ type: 'offer', sdp: offer });
		for (const transceiver of this.pc.getTransceivers()) {
			const kind = transceiver.receiver.track.kind;

			transceiver.direction = 'sendrecv';
			await transceiver.sender.replaceTrack(media.getTracks().find((one) => one.kind === kind) ?? null);
		}
		await this.pc.setLocalDescription();
		await this.#keepSharp();
		this.#settled = true;
		return this.pc.localDescription?.sdp ?? '';
	}

	/** A description from the other side. */
	async take(kind: 'offer' | 'answer', sdp: string): Promise<void> {
		if (kind === 'answer') {
			if (this.pc.signalingState !== 'have-local-offer' || this.#unsent)
				return;
			await this.pc.setRemoteDescription({ type: 'answer', sdp });
			this.#settled = true;
			return;
		}

		const glare = this.#offering || this.pc.signalingState !== 'stable';

		if (glare && !this.#polite)
			return;
		await this.pc.setRemoteDescription({ type: 'offer', sdp });
		await this.pc.setLocalDescription();
		this.#hooks.describe('answer', this.pc.localDescription?.sdp ?? '');
	}

	/** Put a track in the place of its kind, or take it away: no new offer is needed. */
	async replace(kind: 'audio' | 'video', track: MediaStreamTrack | null): Promise<void> {
		const transceiver = this.pc.getTransceivers().find((one) => one.receiver.track.kind === kind);

		await transceiver?.sender.replaceTrack(track);
		if (kind === 'video' && track)
			await this.#keepSharp();
	}

	/** The network changed, or the media stopped: look for a new way. Sending the offer waits for the line. */
	restart(): void {
		if (this.#settled && !this.#ended && this.pc.signalingState === 'stable')
			this.pc.restartIce();
	}

	/** The server has our offer; the answer comes, though the line may fall meanwhile. */
	offerSent(): void {
		this.#unsent = false;
	}

	/** Nobody knows whether our offer has reached the other side, or it was refused: after a while make another one. */
	offerLost(): void {
		setTimeout(() => {
			if (!this.#ended && this.pc.signalingState === 'have-local-offer')
				void this.pc.setLocalDescription({ type: 'rollback' }).then(() => this.#negotiate(true)).catch(() => undefined);
		}, ROLLBACK_MS);
	}

	end(): void {
		this.#ended = true;
		this.#clear();
		this.pc.ontrack = this.pc.onconnectionstatechange = this.pc.onnegotiationneeded = null;
		this.pc.close();
	}

	async #negotiate(again = false): Promise<void> {
		if (this.#ended || this.#offering || (!this.#settled && !again))
			return;
		try {
			this.#offering = this.#unsent = true;
			await this.pc.setLocalDescription();
			if (this.pc.localDescription)
				this.#hooks.describe('offer', this.pc.localDescription.sdp);
		} catch (error) {
			console.error('offer:', error);
		} finally {
			this.#offering = false;
		}
	}

	/** Part numbers must stay readable: give up frames before resolution. */
	async #keepSharp(): Promise<void> {
		for (const sender of this.pc.getSenders()) {
			if (sender.track?.kind !== 'video')
				continue;
			try {
				await sender.setParameters({ ...sender.getParameters(), degradationPreference: 'maintain-resolution' } as RTCRtpSendParameters);
			} catch {
				/* This browser decides by itself. */
			}
		}
	}

	#connection(): void {
		switch (this.pc.connectionState) {
		case 'connected':
			this.#clear();
			this.#hooks.reach('connected');
			return;
		case 'failed':
			this.#hooks.reach('reconnecting');
			this.restart();
			this.#watch(RESTART_AGAIN_MS);
			return;
		case 'disconnected':
			this.#later(NOTICE_MS, () => this.#hooks.reach('reconnecting'));
			this.#watch(RESTART_MS);
			return;
		}
	}

	/** Restart after a while, again and again, until connected or lost. */
	#watch(ms: number): void {
		if (this.#watching)
			return;
		this.#watching = true;

		const again = () => {
			this.restart();
			this.#later(RESTART_AGAIN_MS, again);
		};

		this.#later(ms, again);
		this.#later(LOST_MS, () => this.#hooks.reach('lost'));
	}

	#later(ms: number, run: () => void): void {
		this.#timers.push(setTimeout(run, ms));
	}

	#clear(): void {
		this.#watching = false;
		for (const timer of this.#timers.splice(0))
			clearTimeout(timer);
	}
}

/** The other page was loaded afresh: its keys differ, so the old connection can't be talked into going on. */
export function fingerprintOf(sdp: string): string | null {
	return /^a=fingerprint:(.+?)\s*$/m.exec(sdp)?.[1] ?? null;
}
