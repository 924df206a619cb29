/** Measures the call that this page carries, and says at its end how it was. */
import { effect } from '@preact/signals';
import { callNow, carrying } from '../state/calls';
import { measuredOf, MEASURING_NONE, measuringAdd, type Measuring } from '../state/measured';
import { me } from '../state/session';
import { Refusal } from '../wire/problem';
import { measuredPut, type Measured } from '../wire/summary';
import { quality } from './running';

/* The record is written behind the end of the call: it may come a moment later. */
const TRIES = 5;
const AGAIN_MS = 1000;

async function say(call: string, measured: Measured): Promise<void> {
	for (let i = 0; i < TRIES; i++) {
		try {
			await measuredPut(call, measured);
			return;
		} catch (error) {
			if (!(error instanceof Refusal && error.problem.status === 404))
				return;
		}
		await new Promise((done) => setTimeout(done, AGAIN_MS));
	}
}

let call: string | null = null;
let measuring: Measuring = MEASURING_NONE;

effect(() => {
	const now = carrying.value;

	if (now === call)
		return;

	const measured = measuredOf(measuring);

	const on = callNow.peek();

	/* Who came by a link has no summary to write it into; what another device has taken is not over. */
	if (call && measured && me.peek()?.joined === null && !(on?.id === call && !on.here))
		void say(call, measured);
	call = now;
	measuring = MEASURING_NONE;
});
effect(() => {
	const sample = quality.value;

	if (sample && call)
		measuring = measuringAdd(measuring, { kbps: sample.history.at(-1) ?? 0, rttMs: sample.rttMs, lossPercent: sample.lossPercent });
});
