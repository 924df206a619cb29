/** One's own sessions, as the server has told them last. */
import { signal } from '@preact/signals';
import * as api from '../../wire/api';
import type { Session } from '../../wire/objects';

export const sessions = signal<Session[] | null>(null);
export const sessionsFault = signal(false);

export async function sessionsLoad(): Promise<void> {
	try {
		sessions.value = await api.sessionsGet();
		sessionsFault.value = false;
	} catch {
		sessionsFault.value = true;
	}
}
