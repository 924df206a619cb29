/** What one chose for oneself, and whether anybody touches this device. */
import { computed, signal } from '@preact/signals';
import * as api from '../wire/api';
import type { Preferences, PresenceState } from '../wire/objects';
import { callNow } from './calls';
import { hearEvents, hearHello, line, lineState } from './line';
import { me } from './session';

const IDLE_MS = 5 * 60_000;
const DEFAULTS: Preferences = { read_receipts: true, status: 'available' };

export const preferences = signal<Preferences>(DEFAULTS);
const idle = signal(false);

/** How one is shown to others, as far as this device knows. */
export const ownState = computed<PresenceState>(() => {
	if (lineState.value.phase !== 'up')
		return 'offline';
	if (callNow.value?.state === 'talking')
		return 'in_call';
	return preferences.value.status === 'available' && idle.value ? 'away' : preferences.value.status;
});

export async function preferencesChange(change: Partial<Preferences>): Promise<void> {
	preferences.value = await api.preferencesPut(change);
}

let timer: ReturnType<typeof setTimeout> | undefined;

function idleSet(now: boolean): void {
	if (idle.peek() === now)
		return;
	idle.value = now;
	line.say('idle', { idle: now });
}

function touched(): void {
	clearTimeout(timer);
	timer = setTimeout(() => idleSet(true), IDLE_MS);
	idleSet(false);
}

export function preferencesStart(): void {
	hearHello((snapshot) => {
		preferences.value = snapshot.preferences;
		if (idle.peek())
			line.say('idle', { idle: true });
	});
	hearEvents((event) => {
		if (event.ev === 'preferences')
			preferences.value = event.preferences;
	});
	for (const kind of ['pointerdown', 'pointermove', 'keydown', 'focus'])
		addEventListener(kind, touched, { passive: true });
	touched();
	me.subscribe((now) => {
		if (!now)
			preferences.value = DEFAULTS;
	});
}
