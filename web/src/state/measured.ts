/** The quality of a whole call in a bounded number of parts. Pure. */
import type { Measured } from '../wire/summary';

interface Part {
	kbps: number;
	n: number;
}

export interface Measuring {
	parts: Part[];
	/** Samples in a full part. */
	each: number;
	rtt: { sum: number; worst: number };
	loss: { sum: number; worst: number };
	n: number;
}

const PARTS = 60;

export const MEASURING_NONE: Measuring = { parts: [], each: 1, rtt: { sum: 0, worst: 0 }, loss: { sum: 0, worst: 0 }, n: 0 };

const join = (a: Part, b: Part): Part => ({ kbps: (a.kbps * a.n + b.kbps * b.n) / (a.n + b.n), n: a.n + b.n });
const grow = ({ sum, worst }: Measuring['rtt'], value: number) => ({ sum: sum + value, worst: Math.max(worst, value) });

/** One second more. When there are too many parts, each two become one. */
export function measuringAdd(before: Measuring, sample: { kbps: number; rttMs: number; lossPercent: number }): Measuring {
	const last = before.parts.at(-1);
	const fresh = { kbps: sample.kbps, n: 1 };
	let parts = last && last.n < before.each ? [...before.parts.slice(0, -1), join(last, fresh)] : [...before.parts, fresh];
	let each = before.each;

	if (parts.length > PARTS) {
		parts = parts.flatMap((part, i) => (i % 2 ? [] : [parts[i + 1] ? join(part, parts[i + 1]!) : part]));
		each *= 2;
	}
	return { parts, each, rtt: grow(before.rtt, sample.rttMs), loss: grow(before.loss, sample.lossPercent), n: before.n + 1 };
}

/** Null when nothing was measured. */
export function measuredOf({ parts, rtt, loss, n }: Measuring): Measured | null {
	if (n === 0)
		return null;
	return {
		kbps: parts.map(({ kbps }) => Math.round(kbps)),
		rtt_ms: [Math.round(rtt.sum / n), Math.round(rtt.worst)].map((ms) => Math.min(ms, 60000)),
		loss_percent: [Math.round(loss.sum / n), Math.round(loss.worst)],
	};
}
