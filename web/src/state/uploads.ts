/** Files that go up: a piece after the other, on where they were after a loss of the connection, then sent as a message. */
import { signal } from '@preact/signals';
import { Refusal, type Problem } from '../wire/problem';
import { uploadAppend, uploadBegin, uploadDrop, type Upload } from '../wire/file';
import { me } from './session';
import { fileSend } from './threads';

export interface Sending {
	/** Made here: the client id of the upload and of its message. */
	id: string;
	conversation: string;
	/** What the message says beside it. */
	text: string;
	name: string;
	size: number;
	offset: number;
	/** held: the connection is lost, and it goes on by itself. */
	state: 'going' | 'held' | 'failed';
	problem: Problem | null;
}

/** Smaller than the server takes: progress is seen, and little goes twice on a bad line. */
const PIECE = 256 * 1024;
const WAIT_MS = [500, 1000, 2000, 4000, 8000];

export const uploads = signal<Sending[]>([]);
const aborts = new Map<string, AbortController>();
const kept = new Map<string, File>();

function change(id: string, to: Partial<Sending>): void {
	uploads.value = uploads.peek().map((one) => (one.id === id ? { ...one, ...to } : one));
}

function forget(id: string): void {
	aborts.delete(id);
	uploads.value = uploads.peek().filter((one) => one.id !== id);
}

/** Until the time is over or the browser says that it is online again. */
function rest(ms: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		const over = () => {
			clearTimeout(timer);
			removeEventListener('online', over);
			signal.removeEventListener('abort', over);
			resolve();
		};
		const timer = setTimeout(over, ms);

		addEventListener('online', over);
		signal.addEventListener('abort', over);
	});
}

/** From where the server has it to the end. */
async function piecesSend(one: Sending, file: File, signal: AbortSignal): Promise<Upload> {
	let upload = await uploadBegin(one.conversation, one.id, file, signal);

	while (!upload.file) {
		change(one.id, { offset: upload.offset, state: 'going' });
		upload = await uploadAppend(upload.id, upload.offset, file.slice(upload.offset, upload.offset + Math.min(PIECE, upload.chunk)), signal);
	}
	return upload;
}

/** How long to wait before going on, or null: it is refused for good. */
function waitOf(error: unknown, tries: number): number | null {
	const wait = WAIT_MS[Math.min(tries, WAIT_MS.length - 1)]!;

	if (!(error instanceof Refusal))
		return wait;
	if (error.problem.reason === 'file.offset' || error.problem.reason === 'request.too_many' || error.problem.status >= 500)
		return Math.max(wait, (error.retryAfter ?? 0) * 1000);
	return null;
}

async function run(one: Sending, file: File, abort: AbortController): Promise<void> {
	/* Its message may be stored when only the answer was lost: then the same is sent again, not another upload. */
	let whole: string | null = null;

	for (let tries = 0; !abort.signal.aborted; tries++) {
		const before = uploads.peek().find(({ id }) => id === one.id)?.offset ?? 0;

		try {
			whole ??= (await piecesSend(one, file, abort.signal)).id;
			change(one.id, { offset: one.size, state: 'going' });
			await fileSend(one.conversation, one.id, one.text, whole);
			kept.delete(one.id);
			forget(one.id);
			return;
		} catch (error) {
			if (abort.signal.aborted)
				return;

			const now = uploads.peek().find(({ id }) => id === one.id)?.offset ?? 0;

			if (now > before)
				tries = 0;

			const wait = waitOf(error, tries);

			if (wait === null) {
				change(one.id, { state: 'failed', problem: error instanceof Refusal ? error.problem : null });
				return;
			}
			change(one.id, { state: 'held' });
			await rest(wait, abort.signal);
		}
	}
}

function start(one: Sending, file: File): void {
	const abort = new AbortController();

	aborts.set(one.id, abort);
	kept.set(one.id, file);
	void run(one, file, abort);
}

/** One file as a message with that id and words beside it. */
export function fileUp(conversation: string, id: string, text: string, file: File): void {
	const one: Sending = { id, conversation, text, name: file.name, size: file.size, offset: 0, state: 'going', problem: null };

	uploads.value = [...uploads.peek(), one];
	start(one, file);
}

export function filesSend(conversation: string, files: Iterable<File>): void {
	for (const file of files)
		fileUp(conversation, crypto.randomUUID(), '', file);
}

/** Try a failed one again, from where it was. */
export function uploadAgain(id: string): void {
	const one = uploads.peek().find((sending) => sending.id === id);
	const file = kept.get(id);

	if (!one || !file)
		return;
	change(id, { state: 'going', problem: null });
	start(one, file);
}

export function uploadCancel(id: string): void {
	const one = uploads.peek().find((sending) => sending.id === id);
	const file = kept.get(id);

	aborts.get(id)?.abort();
	forget(id);
	kept.delete(id);
	/* What came of it is found by its client id; what can't be told now is forgotten by the server in a day. */
	if (one && file)
		void uploadBegin(one.conversation, id, file, new AbortController().signal).then((upload) => uploadDrop(upload.id)).catch(() => {});
}

me.subscribe((now) => {
	if (!now)
		for (const { id } of uploads.peek()) {
			aborts.get(id)?.abort();
			forget(id);
		}
});
