/** The draft of External access: loaded, edited, previewed, saved. One page uses it, so it lives there. */
import { computed, signal } from '@preact/signals';
import { accessChanges, accessRebase } from '../../state/access';
import { hearEvents } from '../../state/line';
import { me } from '../../state/session';
import * as api from '../../wire/api';
import type { Access, Effect } from '../../wire/objects';
import { Refusal, problemOf, type Problem } from '../../wire/problem';

const SETTLE_MS = 150;

export const saved = signal<Access | null>(null);
export const draft = signal<Access | null>(null);
export const effect = signal<Effect | null>(null);
/** Somebody else saved since we loaded. */
export const stale = signal(false);
export const problem = signal<Problem | null>(null);
export const saving = signal(false);

export const changes = computed(() => (saved.value && draft.value ? accessChanges(saved.value, draft.value) : []));

let etag = '';
let abort: AbortController | null = null;

const tenant = () => me.peek()?.tenant.id ?? '';

export async function draftLoad(): Promise<void> {
	await attempt(async () => {
		const loaded = await api.accessGet(tenant());

		etag = loaded.etag;
		saved.value = draft.value = loaded.access;
		stale.value = false;
		await preview();
	});
}

export function draftChange(next: Access): void {
	draft.value = next;
	problem.value = null;
	abort?.abort();
	abort = new AbortController();

	const { signal: cancelled } = abort;

	setTimeout(() => cancelled.aborted || void attempt(preview), SETTLE_MS);
}

export function draftDiscard(): void {
	if (saved.peek())
		draftChange(saved.peek()!);
}

/** True when it is saved, and therefore true for everybody. */
export async function draftSave(): Promise<boolean> {
	const wanted = draft.peek();
	let done = false;

	if (!wanted)
		return false;
	saving.value = true;
	await attempt(async () => {
		try {
			const fresh = await api.accessPut(tenant(), wanted, etag);

			etag = fresh.etag;
			saved.value = draft.value = fresh.access;
			done = true;
			await preview();
		} catch (error) {
			if (!(error instanceof Refusal) || error.problem.status !== 412)
				throw error;
			stale.value = true;
		}
	});
	saving.value = false;
	return done;
}

/** Load what somebody else saved, and put our changes on top of it. */
export async function draftRebase(): Promise<void> {
	await attempt(async () => {
		const base = saved.peek();
		const ours = draft.peek();
		const loaded = await api.accessGet(tenant());

		etag = loaded.etag;
		saved.value = loaded.access;
		draft.value = base && ours ? accessRebase(base, ours, loaded.access) : loaded.access;
		stale.value = false;
		await preview();
	});
}

async function preview(): Promise<void> {
	const wanted = draft.peek();

	if (!wanted)
		return;
	abort?.abort();
	abort = new AbortController();
	effect.value = await api.accessPreview(tenant(), wanted, abort.signal);
}

async function attempt(work: () => Promise<void>): Promise<void> {
	try {
		await work();
		problem.value = null;
	} catch (error) {
		if (!(error instanceof DOMException && error.name === 'AbortError'))
			problem.value = problemOf(error);
	}
}

let watching = false;

/** Another admin's save shows at once; with a draft of our own, we ask first. */
export function draftWatch(): void {
	if (watching)
		return;
	watching = true;
	hearEvents((event) => {
		if (event.ev !== 'access' || event.tenant !== tenant() || saving.peek() || !saved.peek())
			return;
		void api.accessGet(tenant()).then((fresh) => {
			if (fresh.etag === etag)
				return;
			if (changes.peek().length > 0)
				stale.value = true;
			else
				void draftLoad();
		}, () => undefined);
	});
}
