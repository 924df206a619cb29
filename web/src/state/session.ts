/** Who is signed in. `unknown` until the server has said; `due` has to set up a second factor before anything else. */
import { computed, signal } from '@preact/signals';
import * as api from '../wire/api';
import type { Me } from '../wire/objects';
import { Refusal } from '../wire/problem';
import { canKeep, keep, recall } from './store';

export type SessionPhase = 'unknown' | 'in' | 'due' | 'out' | 'unreachable';

export const phase = signal<SessionPhase>('unknown');
export const me = signal<Me | null>(null);
/** True after a session that ended by itself, so that the sign-in page can say so. */
export const sessionLost = signal(false);

export const isOwner = computed(() => me.value?.roles.includes('owner') ?? false);
export const isAdmin = computed(() => me.value?.roles.some((role) => role === 'owner' || role === 'access_admin') ?? false);
/** May read the calls of the own organisation. */
export const seesCalls = computed(() => isAdmin.value || (me.value?.roles.includes('auditor') ?? false));

/** Only that somebody was signed in here; the session itself is in a cookie that no script can read. */
const SIGNED_IN = 'signed_in';

function signedIn(who: Me): void {
	me.value = who;
	phase.value = who.second_factor_due ? 'due' : 'in';
	keep(SIGNED_IN, true);
}

/** Ask the server who is signed in; on the first visit of a browser there is nothing to ask. */
export async function sessionProbe(): Promise<void> {
	if (phase.peek() === 'unknown' && canKeep() && recall<boolean>(SIGNED_IN) !== true) {
		phase.value = 'out';
		return;
	}
	try {
		signedIn(await api.meGet());
	} catch (error) {
		const lost = error instanceof Refusal && error.problem.status === 401;

		if (lost)
			sessionEnded(phase.peek() === 'in');
		else if (phase.peek() !== 'in' && phase.peek() !== 'due')
			phase.value = 'unreachable';
	}
}

export async function signIn(address: string, password: string, more: api.More = {}): Promise<void> {
	await api.sessionOpen(address, password, more);
	await sessionOpened();
}

/** The browser has a session now. */
export async function sessionOpened(): Promise<void> {
	signedIn(await api.meGet());
	sessionLost.value = false;
}

export async function signOut(): Promise<void> {
	try {
		await api.sessionClose();
	} finally {
		sessionEnded(false);
	}
}

export function sessionEnded(byServer: boolean): void {
	keep(SIGNED_IN, false);
	sessionLost.value = byServer;
	me.value = null;
	phase.value = 'out';
}
