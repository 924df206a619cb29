/** The one call that this person is in, and how the last one ended. The reducer is pure; media lives in the call room. */
import { computed, signal } from '@preact/signals';
import type { LiveEvent } from '../wire/event';
import type { Call, Party } from '../wire/objects';
import { hearEvents, hearHello, line } from './line';
import { me } from './session';

export interface Calls {
	/** Ringing or talking. */
	now: Call | null;
	/** The last one that ended, for its closing screen. */
	over: Call | null;
}

export const CALLS_NONE: Calls = { now: null, over: null };

/** A call as the server tells it now. */
export function callsPut(calls: Calls, call: Call): Calls {
	/* Only the snapshot carries the marks; a later word about the same call must not lose them. */
	const known = calls.now?.id === call.id ? calls.now : null;
	const drawn = { marks: call.marks ?? known?.marks ?? null, steps: call.steps ?? known?.steps ?? null };

	if (call.state !== 'ended')
		/* Whoever has left hears no more of it, until asked in again. */
		return calls.over?.id === call.id && call.state !== 'ringing' ? calls : { now: { ...call, ...drawn }, over: null };
	/* The end of a call that another device carries is not our closing screen. */
	if (calls.now && calls.now.id !== call.id)
		return calls;
	return { now: null, over: call };
}

/** A snapshot: a call that it does not name is over, though nobody could tell us how. */
export function callsSnapshot(calls: Calls, call: Call | null): Calls {
	if (call)
		return callsPut(calls, call);
	if (!calls.now)
		return calls;
	return { now: null, over: { ...calls.now, state: 'ended', ended: { reason: 'call.lost', by: null, tenant: null, answer: null } } };
}

export const calls = signal<Calls>(CALLS_NONE);
export const callNow = computed(() => calls.value.now);
/** A call that rings for us, on this and perhaps other devices. */
export const callIncoming = computed(() => {
	const now = calls.value.now;

	return now && now.state === 'ringing' && now.direction === 'in' && answering.value !== now.id ? now : null;
});

/** The incoming call that this page is about to answer: the overlay makes room. */
export const answering = signal<string | null>(null);
/** This page carries the media of this call. */
export const carrying = signal<string | null>(null);
export const muted = signal(false);
export const cameraOn = signal(false);

/** One of the others in a call. */
export const partyOf = (call: Call, address: string): Party | undefined => call.parties.find((one) => one.person.address === address);

/** Whose picture is looked at first: the address of one of the others, or null, one's own. */
export const stageOf = (call: Call): string | null =>
	call.stage === call.seat ? null : (call.parties.find((one) => one.seat === call.stage) ?? call.parties[0])?.person.address ?? call.with.address;

export const callTell = (call: Call): void => void (calls.value = callsPut(calls.peek(), call));
export const callForget = (): void => void (calls.value = { ...calls.peek(), over: null });

export type Sdp = Extract<LiveEvent, { ev: 'sdp' }>;

const SDP_KEPT = 8;
let sdpKept: Sdp[] = [];
let sdpHear: ((sdp: Sdp) => void) | null = null;

/** Descriptions for the call room, also those that came before it was loaded. */
export function hearSdp(hear: (sdp: Sdp) => void): void {
	sdpHear = hear;
	for (const sdp of sdpKept.splice(0))
		hear(sdp);
}

function sdpPass(sdp: Sdp): void {
	if (sdpHear)
		sdpHear(sdp);
	else
		sdpKept = [...sdpKept, sdp].slice(-SDP_KEPT);
}

export function callsStart(): void {
	line.carries = () => carrying.peek();
	hearHello((snapshot) => void (calls.value = callsSnapshot(calls.peek(), snapshot.call)));
	hearEvents((event) => {
		if (event.ev === 'call')
			callTell(event.call);
		if (event.ev === 'sdp')
			sdpPass(event);
	});
	me.subscribe((now) => {
		if (!now)
			calls.value = CALLS_NONE;
	});
}
