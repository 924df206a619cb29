/** From getStats samples to one word. Pure. Thresholds are those of design: delay, loss, and what the picture looks like. */

export interface Sample {
	at: number;
	bytes: number;
	packets: number;
	lost: number;
	frames: number;
	rttMs: number | null;
	/** Of what we send, as their reports measure it. */
	outLossPercent: number;
	width: number;
	height: number;
	path: 'udp' | 'tcp' | null;
}

export type Word = 'good' | 'fair' | 'poor';

export interface Quality {
	word: Word;
	/** Received kilobits a second, newest last: one minute. */
	history: number[];
	kbps: number;
	rttMs: number;
	lossPercent: number;
	fps: number;
	width: number;
	height: number;
	path: 'udp' | 'tcp' | null;
	/** Frames came since the last sample. */
	moving: boolean;
}

export const SAMPLE_MS = 1000;
const HISTORY = 60;
const WEIGHT = 0.25;

const FAIR = { rttMs: 400, lossPercent: 3, kbps: 600, lines: 360, fps: 15 };
const POOR = { rttMs: 1000, lossPercent: 10, kbps: 1500, lines: 180, fps: 8 };

function wordOf(q: Omit<Quality, 'word' | 'history'>): Word {
	/* A wall that stands still needs few bits: little comes only where the picture suffers too. */
	const worse = (than: { lines: number; fps: number }) => q.moving && (q.height < than.lines || q.fps < than.fps);

	if (q.rttMs > POOR.rttMs || q.lossPercent > POOR.lossPercent || (worse(POOR) && q.kbps < POOR.kbps))
		return 'poor';
	if (q.rttMs > FAIR.rttMs || q.lossPercent > FAIR.lossPercent || (worse(FAIR) && q.kbps < FAIR.kbps))
		return 'fair';
	return 'good';
}

/** The next quality from two samples; smoothed, so that one bad second is not a verdict. */
export function qualityNext(before: Quality | null, last: Sample, now: Sample): Quality {
	const seconds = Math.max(0.001, (now.at - last.at) / 1000);
	const packets = Math.max(0, now.packets - last.packets);
	const lost = Math.max(0, now.lost - last.lost);
	const smooth = (old: number | undefined, fresh: number) => (old === undefined ? fresh : old + WEIGHT * (fresh - old));
	const kbps = (Math.max(0, now.bytes - last.bytes) * 8) / 1000 / seconds;
	const frames = Math.max(0, now.frames - last.frames);
	const measured = {
		kbps: smooth(before?.kbps, kbps),
		rttMs: smooth(before?.rttMs, now.rttMs ?? before?.rttMs ?? 0),
		/* The worse of both ways. */
		lossPercent: smooth(before?.lossPercent, Math.max(now.outLossPercent, packets + lost > 0 ? (100 * lost) / (packets + lost) : 0)),
		fps: smooth(before?.fps, frames / seconds),
		width: now.width,
		height: now.height,
		path: now.path,
		moving: frames > 0,
	};

	return { ...measured, word: wordOf(measured), history: [...(before?.history ?? []), kbps].slice(-HISTORY) };
}

type Stat = Record<string, unknown>;

const num = (value: unknown): number => (typeof value === 'number' ? value : 0);

/** One sample out of the report of RTCPeerConnection.getStats(). */
export function sampleRead(report: Iterable<Stat>, at: number): Sample {
	const sample: Sample = { at, bytes: 0, packets: 0, lost: 0, frames: 0, rttMs: null, outLossPercent: 0, width: 0, height: 0, path: null };
	const byId = new Map<unknown, Stat>();

	for (const stat of report)
		byId.set(stat['id'], stat);
	for (const stat of byId.values()) {
		if (stat['type'] === 'inbound-rtp') {
			sample.bytes += num(stat['bytesReceived']);
			sample.packets += num(stat['packetsReceived']);
			sample.lost += num(stat['packetsLost']);
			if (stat['kind'] === 'video') {
				sample.frames = num(stat['framesDecoded']);
				sample.width = num(stat['frameWidth']);
				sample.height = num(stat['frameHeight']);
			}
		}
		/* The way to the other person and back, as their reports measure it. */
		if (stat['type'] === 'remote-inbound-rtp' && typeof stat['roundTripTime'] === 'number')
			sample.rttMs = Math.max(sample.rttMs ?? 0, stat['roundTripTime'] * 1000);
		if (stat['type'] === 'remote-inbound-rtp')
			sample.outLossPercent = Math.max(sample.outLossPercent, 100 * num(stat['fractionLost']));
		if (stat['type'] === 'candidate-pair' && stat['nominated'] && stat['state'] === 'succeeded')
			sample.path = byId.get(stat['localCandidateId'])?.['protocol'] === 'tcp' ? 'tcp' : 'udp';
	}
	return sample;
}
