/** The calls that this person is in, and how the last one ended. The reducer is pure; media lives in the call room. */
import { computed, signal } from '@preact/signals';
import type { LiveEvent } from '../wire/event';
import type { Call, Party } from '../wire/objects';
import { hearEvents, hearHello, line } from './line';
import { me } from './session';

export interface Calls {
	/** The one that counts: talking, or calling somebody, or on hold, or ringing for us. */
	now: Call | null;
	/** What rings meanwhile, or waits on hold. */
	beside: Call[];
	/** The last one that ended, for its closing screen. */
	over: Call | null;
}

export const CALLS_NONE: Calls = { now: null, beside: [], over: null };

const all = ({ now, beside }: Calls): Call[] => (now ? [now, ...beside] : beside);
export const callFind = (calls: Calls, id: string | null): Call | null => all(calls).find((call) => call.id === id) ?? null;

function rank({ state, held, direction }: Call): number {
	if (held)
		return 2;
	if (state === 'talking')
		return 0;
	return direction === 'out' ? 1 : 3;
}

function ranked(list: Call[], over: Call | null): Calls {
	const [now = null, ...beside] = [...list].sort((a, b) => rank(a) - rank(b));

	return { now, beside, over };
}

/** A call as the server tells it now. */
export function callsPut(calls: Calls, call: Call): Calls {
	/* Only the snapshot carries the marks; a later word about the same call must not lose them. */
	const known = callFind(calls, call.id);
	const told = { ...call, marks: call.marks ?? known?.marks ?? null, steps: call.steps ?? known?.steps ?? null };
	const others = all(calls).filter((one) => one !== known);

	if (call.state === 'ended')
		/* The end of a call that another device carries is not our closing screen. */
		return known || others.length === 0 ? ranked(others, call) : calls;
	/* Whoever has left hears no more of it, until asked in again. */
	if (calls.over?.id === call.id && call.state !== 'ringing')
		return calls;
	return known ? ranked(all(calls).map((one) => (one === known ? told : one)), calls.over) : ranked([...others, told], null);
}

/** A snapshot: a call that it does not name is over, though nobody could tell us how. */
export function callsSnapshot(calls: Calls, named: Call[]): Calls {
	const { now } = calls;
	const there = all(calls).filter(({ id }) => named.some((one) => one.id === id));
	const lost = now && !there.includes(now) ? { ...now, state: 'ended' as const, ended: { reason: 'call.lost', by: null, tenant: null, answer: null } } : null;

	if (!lost && named.length === 0)
		return calls;
	return named.reduce(callsPut, ranked(there, lost ?? calls.over));
}

export const calls = signal<Calls>(CALLS_NONE);
export const callNow = computed(() => calls.value.now);
/** A call that rings for us, on this and perhaps other devices. */
export const callIncoming = computed(() => {
	const rung = all(calls.value).find((call) => call.state === 'ringing' && call.direction === 'in');

	return rung && answering.value !== rung.id ? rung : null;
});

/** The incoming call that this page is about to answer: the overlay makes room. */
export const answering = signal<string | null>(null);
/** The call on hold that this page is about to go on with. */
export const switching = signal<string | null>(null);
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
	hearHello((snapshot) => void (calls.value = callsSnapshot(calls.peek(), [...(snapshot.call ? [snapshot.call] : []), ...(snapshot.calls ?? [])])));
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
