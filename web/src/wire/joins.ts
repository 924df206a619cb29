/** Links by which somebody without an account joins a call: the host's side, and the side of who comes. */
import { ask } from './api';
import { visitor, type Tenant, type Visitor } from './objects';
import { flag, list, nullable, object, text, word } from './shape';

export interface JoinLink {
	id: string;
	made: string;
	/** Of the link; once somebody joined, of the stay. */
	expires: string;
	state: 'open' | 'waiting' | 'joined';
	visitor: Visitor | null;
	/** Of who joined. */
	name: string | null;
}

export interface JoinLinks {
	links: JoinLink[];
	/** Why one may make none. */
	refused: string | null;
}

export interface Made {
	id: string;
	path: string;
	expires: string;
}

export interface Host {
	name: string;
	title: string;
	tenant: Tenant;
	verified: boolean;
}

export interface Checked {
	host: Host;
	expires: string;
	taken: boolean;
}

const nothing = () => null;
const links = object<JoinLinks>({
	links: list(object<JoinLink>({
		id: text, made: text, expires: text, state: word('open', 'waiting', 'joined'), visitor: nullable(visitor), name: nullable(text),
	})),
	refused: nullable(text),
});
const made = object<Made>({ id: text, path: text, expires: text });
const checked = object<Checked>({
	host: object<Host>({ name: text, title: text, tenant: object<Tenant>({ id: text, name: text, domain: text }), verified: flag }),
	expires: text,
	taken: flag,
});
const state = object<{ state: string | null }>({ state: nullable(text) });
const of = (link: string, what = '') => `/join-links/${encodeURIComponent(link)}${what}`;

export const linksGet = async (): Promise<JoinLinks> => (await ask('GET', '/join-links', links)).value;
export const linkMake = async (minutes: number): Promise<Made> => (await ask('POST', '/join-links', made, { body: { minutes } })).value;
export const linkDrop = async (link: string): Promise<void> => void (await ask('DELETE', of(link), nothing));

/** Let in the one whom one sees, or not. */
export async function visitorAnswer(who: Visitor, admit: boolean): Promise<void> {
	await ask('POST', of(who.link, admit ? '/admit' : '/refuse'), nothing, { body: { visitor: who.id } });
}

export const joinCheck = async (token: string): Promise<Checked> => (await ask('POST', '/join/check', checked, { body: { token } })).value;

/** Ask to be let in. A secret, with which to go on asking. */
export async function joinEnter(token: string, name: string): Promise<string> {
	return (await ask('POST', '/join', object<{ ticket: string }>({ ticket: text }), { body: { token, name } })).value.ticket;
}

/** True when let in: the browser has a session now. */
export async function joinWait(ticket: string): Promise<boolean> {
	return (await ask('POST', '/join/wait', state, { body: { ticket } })).value.state !== 'waiting';
}

/** The page goes: it waits for no answer. */
export function joinLeave(ticket: string): void {
	void fetch('/v1/join/leave', {
		method: 'POST', keepalive: true, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ ticket }),
	}).catch(() => undefined);
}
