/** A device signs in by a short code that somebody allows elsewhere. */
import { ask } from './api';
import { nullable, object, text, whole, type Shape } from './shape';

export interface Handover {
	code: string;
	/** A secret, with which to go on asking. */
	ticket: string;
	expires: string;
	/** Seconds between two times of asking. */
	interval: number;
}

/** What a device says it is, and from where. */
export interface Asking {
	browser: string;
	system: string;
	peer: string;
	since: string;
}

const handover = object<Handover>({ code: text, ticket: text, expires: text, interval: whole });
const asking = object<Asking>({ browser: text, system: text, peer: text, since: text });
const state = object<{ state: string | null }>({ state: nullable(text) });
const nothing: Shape<null> = () => null;

export const handoverBegin = async (): Promise<Handover> => (await ask('POST', '/device-codes', handover, { body: {} })).value;
/** True when it was allowed: the browser has a session now. */
export const handoverWait = async (ticket: string): Promise<boolean> => (await ask('POST', '/device-codes/wait', state, { body: { ticket } })).value.state !== 'waiting';
export const handoverLook = async (code: string): Promise<Asking> => (await ask('POST', '/device-codes/look', asking, { body: { code } })).value;
export const handoverAnswer = async (code: string, allow: boolean): Promise<void> => void (await ask('POST', '/device-codes/answer', nothing, { body: { code, allow } }));
