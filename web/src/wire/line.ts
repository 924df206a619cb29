/** What the live line tells and needs: its state, its snapshot, and the surroundings that tests replace. */
import type { LiveEvent } from './event';
import type { Call, Conversation, Person, Preferences, Visitor } from './objects';

export interface Snapshot {
	line: string;
	me: Person;
	pos: number;
	conversations: Conversation[];
	/** For the page behind them; null: these are all. */
	conversations_before: number | null;
	call: Call | null;
	/** Beside it: what rings meanwhile, or waits on hold. */
	calls: Call[] | null;
	preferences: Preferences;
	/** Null from a server that has no links. */
	visitors: Visitor[] | null;
	reset: boolean;
}

export type LinePhase = 'off' | 'opening' | 'up' | 'waiting';

export interface LineState {
	phase: LinePhase;
	/** When the next try is due (Date.now() scale), while waiting. */
	retryAt: number | null;
}

/** The part of a WebSocket that we use; tests bring their own. */
export interface Socket {
	send(data: string): void;
	close(code?: number): void;
	onopen: (() => void) | null;
	onmessage: ((event: { data: unknown }) => void) | null;
	onclose: ((event: { code: number }) => void) | null;
}

export interface Surroundings {
	open(): Socket;
	now(): number;
	random(): number;
	/** Run later; the result cancels it. */
	later(ms: number, run: () => void): () => void;
}

export interface Listeners {
	state(state: LineState): void;
	hello(snapshot: Snapshot): void;
	event(event: LiveEvent): void;
	/** The server ended the session. */
	signedOut(): void;
	/** A try failed before the line was up: is the session still good? */
	refused(): void;
}
