/** The summary of a call that is over (GET /calls/{call}), and what one adds to it. */
import { ask } from './api';
import { mark, message, type Mark, type Message } from './objects';
import { callRecord, type CallRecord } from './record';
import { list, nullable, object, text, whole, type Shape } from './shape';

/** A mark as it was drawn, brought back or changed; or marks taken away. */
export interface Drawn {
	/** Milliseconds since the answer. */
	at: number;
	mark: Mark | null;
	gone: string[] | null;
}

export interface Measured {
	/** Over the whole call, each of an equal part of it. */
	kbps: number[];
	/** In the middle, and at worst. */
	rtt_ms: number[];
	loss_percent: number[];
}

export interface Met {
	address: string;
	name: string | null;
	organisation: string | null;
	door: CallRecord['door'];
}

export interface Summary extends CallRecord {
	people: Met[];
	note: string;
	quality: Measured | null;
	drawn: Drawn[];
	/** Messages with a file. */
	files: Message[];
}

const beside = object<Omit<Summary, keyof CallRecord>>({
	people: list(object<Met>({ address: text, name: nullable(text), organisation: nullable(text), door: nullable(text) as Shape<Met['door']> })),
	note: text,
	quality: nullable(object<Measured>({ kbps: list(whole), rtt_ms: list(whole), loss_percent: list(whole) })),
	drawn: list(object<Drawn>({ at: whole, mark: nullable(mark), gone: nullable(list(text)) })),
	files: list(message),
});
const summary: Shape<Summary> = (value, at) => ({ ...callRecord(value, at), ...beside(value, at) });
const nothing: Shape<null> = () => null;

const callPath = (call: string) => `/calls/${encodeURIComponent(call)}`;

export async function summaryGet(call: string): Promise<Summary> {
	return (await ask('GET', callPath(call), summary)).value;
}

export async function notePut(call: string, note: string): Promise<void> {
	await ask('PUT', `${callPath(call)}/note`, nothing, { body: { text: note } });
}

export async function measuredPut(call: string, measured: Measured): Promise<void> {
	await ask('PUT', `${callPath(call)}/quality`, nothing, { body: measured });
}
