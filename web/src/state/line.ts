/** This page's live line, and who hears its events. */
import { signal } from '@preact/signals';
import type { LiveEvent } from '../wire/event';
import type { LineState, Snapshot, Socket } from '../wire/line';
import { Live } from '../wire/live';
import { phase, sessionEnded, sessionProbe } from './session';

export const lineState = signal<LineState>({ phase: 'off', retryAt: null });

type Hear<T> = (told: T) => void;

const onHello = new Set<Hear<Snapshot>>();
const onEvent = new Set<Hear<LiveEvent>>();

export const hearHello = (hear: Hear<Snapshot>): void => void onHello.add(hear);
export const hearEvents = (hear: Hear<LiveEvent>): void => void onEvent.add(hear);

function socketOpen(): Socket {
	const url = new URL('/v1/live', location.href);

	url.protocol = location.protocol === 'http:' ? 'ws:' : 'wss:';
	return new WebSocket(url, 'farhand.v1') as unknown as Socket;
}

export const line = new Live(
	{
		open: socketOpen,
		now: () => Date.now(),
		random: () => Math.random(),
		later: (ms, run) => {
			const timer = setTimeout(run, ms);

			return () => clearTimeout(timer);
		},
	},
	{
		state: (state) => void (lineState.value = state),
		hello: (snapshot) => onHello.forEach((hear) => hear(snapshot)),
		event: (event) => onEvent.forEach((hear) => hear(event)),
		signedOut: () => sessionEnded(true),
		refused: () => void sessionProbe(),
	},
);

/** Keep the line open exactly as long as somebody is signed in. */
export function lineFollowSession(): void {
	phase.subscribe((now) => {
		if (now === 'in')
			line.start();
		else if (now === 'out' || now === 'due')
			line.stop();
	});
	addEventListener('online', () => line.retryNow());
}
