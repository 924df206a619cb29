/** The HTTP API under /v1. Every function answers with a checked object or throws Refusal or Unreachable. */
import * as objects from './objects';
import type { Access, Answer, Conversation, Directory, Effect, Factor, FactorSecret, Me, Message, PasswordLink, Preferences, Session } from './objects';
import { problem, Refusal, Unreachable } from './problem';
import { flag, list, nullable, object, ShapeError, text, whole, type Shape } from './shape';

interface Options {
	body?: unknown;
	/** A piece of a file, instead. */
	bytes?: Blob;
	headers?: Record<string, string>;
	signal?: AbortSignal;
}

interface Reply<T> {
	value: T;
	etag: string | null;
}

async function readProblem(response: Response): Promise<Refusal | Unreachable> {
	const after = Number(response.headers.get('Retry-After') ?? NaN);

	try {
		return new Refusal(problem(await response.json(), ''), Number.isFinite(after) ? after : null);
	} catch {
		return new Unreachable(`HTTP ${response.status}`);
	}
}

/** One request; for the functions here, and for those of pages that are loaded when opened. */
export async function ask<T>(method: string, path: string, shape: Shape<T>, options: Options = {}): Promise<Reply<T>> {
	const init: RequestInit = { method, headers: { Accept: 'application/json', ...options.headers }, cache: 'no-store' };
	let response: Response;

	if (options.body !== undefined) {
		init.body = JSON.stringify(options.body);
		init.headers = { ...init.headers, 'Content-Type': 'application/json' };
	}
	if (options.bytes) {
		init.body = options.bytes;
		init.headers = { ...init.headers, 'Content-Type': 'application/partial-upload' };
	}
	if (options.signal)
		init.signal = options.signal;
	try {
		response = await fetch(`/v1${path}`, init);
	} catch (error) {
		if (options.signal?.aborted)
			throw error;
		throw new Unreachable(String(error));
	}
	if (!response.ok)
		throw await readProblem(response);
	try {
		const value = shape(response.status === 204 ? null : await response.json(), '');

		return { value, etag: response.headers.get('ETag') };
	} catch (error) {
		throw new Unreachable(error instanceof ShapeError ? error.message : String(error));
	}
}

const nothing: Shape<null> = () => null;
const signedIn = object<{ token: string; expires: string }>({ token: text, expires: text });
const messagePage = object<{ messages: Message[]; more: boolean }>({ messages: list(objects.message), more: flag });

/** What a sign-in may need more: `code` after a refusal with session.code, `new_password` after password.change. */
export interface More {
	code?: string;
	new_password?: string;
}

export async function sessionOpen(address: string, password: string, more: More = {}): Promise<void> {
	await ask('POST', '/session', signedIn, { body: { address, password, ...more } });
}

export async function factorGet(): Promise<Factor> {
	return (await ask('GET', '/me/second-factor', objects.factor)).value;
}

export async function factorBegin(password: string): Promise<FactorSecret> {
	return (await ask('POST', '/me/second-factor', objects.factorSecret, { body: { password } })).value;
}

/** Switch on with a first code; gives the recovery codes, which are shown only now. */
export async function factorOn(code: string): Promise<string[]> {
	return (await ask('PUT', '/me/second-factor', object<{ recovery: string[] }>({ recovery: list(text) }), { body: { code } })).value.recovery;
}

export async function factorOff(password: string): Promise<void> {
	await ask('POST', '/me/second-factor/off', nothing, { body: { password } });
}

export async function sessionsGet(): Promise<Session[]> {
	return (await ask('GET', '/me/sessions', object<{ sessions: Session[] }>({ sessions: list(objects.session) }))).value.sessions;
}

export async function sessionEnd(id: string): Promise<void> {
	await ask('DELETE', `/me/sessions/${encodeURIComponent(id)}`, nothing);
}

export async function sessionsEndOthers(): Promise<void> {
	await ask('DELETE', '/me/sessions', nothing);
}

/** Change one's own password; the other sessions end. */
export async function passwordChange(password: string, fresh: string): Promise<void> {
	await ask('PUT', '/me/password', nothing, { body: { password, new_password: fresh } });
}

/** A new link for a colleague, as an owner: a path on this server. */
export async function linkMake(address: string): Promise<{ path: string; expires: string }> {
	const shape = object<{ path: string; expires: string }>({ path: text, expires: text });

	return (await ask('POST', `/accounts/${encodeURIComponent(address)}/password-link`, shape)).value;
}

/** Whether a lost password can be asked for by mail. */
export async function mailThere(): Promise<boolean> {
	return (await ask('GET', '/sign-in', object<{ mail: boolean }>({ mail: flag }))).value.mail;
}

/** A link by mail, if there is such an account: the answer does not say. */
export async function linkRequest(address: string): Promise<void> {
	await ask('POST', '/password-link/request', nothing, { body: { address } });
}

/** The same as linkMake, but the link goes by mail. */
export async function linkSend(address: string): Promise<void> {
	await ask('POST', `/accounts/${encodeURIComponent(address)}/password-mail`, nothing);
}

export async function linkCheck(token: string): Promise<PasswordLink> {
	return (await ask('POST', '/password-link/check', objects.passwordLink, { body: { token } })).value;
}

export async function linkUse(token: string, password: string): Promise<void> {
	await ask('POST', '/password-link/use', nothing, { body: { token, password } });
}

export async function sessionClose(): Promise<void> {
	await ask('DELETE', '/session', nothing);
}

export async function meGet(): Promise<Me> {
	return (await ask('GET', '/me', objects.me)).value;
}

/** Without a query: people one knows and colleagues. With one: who matches, and whether a whole address may be reached. */
export async function peopleGet(query: string | null, signal?: AbortSignal): Promise<Directory> {
	const path = query === null ? '/people' : `/people?q=${encodeURIComponent(query)}`;

	return (await ask('GET', path, objects.directory, signal ? { signal } : {})).value;
}

/** The next page of the colleagues. */
export async function peopleMore(after: string): Promise<Directory> {
	return (await ask('GET', `/people?after=${encodeURIComponent(after)}`, objects.directory)).value;
}

export async function reachAsk(to: string, action: string): Promise<Answer> {
	return (await ask('POST', '/reach', objects.answer, { body: { to, action } })).value;
}

/** Accept or block somebody; a report goes to the own organisation. */
export async function contactPut(address: string, state: 'accepted' | 'blocked', report: string | null = null): Promise<void> {
	await ask('PUT', `/contacts/${encodeURIComponent(address)}`, nothing, { body: report === null ? { state } : { state, report } });
}

export async function contactDrop(address: string): Promise<void> {
	await ask('DELETE', `/contacts/${encodeURIComponent(address)}`, nothing);
}

export async function conversationOpen(address: string): Promise<Conversation> {
	return (await ask('POST', '/conversations', objects.conversation, { body: { with: address } })).value;
}

export async function conversationGet(id: string): Promise<Conversation> {
	return (await ask('GET', `/conversations/${encodeURIComponent(id)}`, objects.conversation)).value;
}

/** Messages before a sequence number (null: the newest), oldest first. */
export async function messagesGet(conversation: string, before: number | null, limit = 50): Promise<{ messages: Message[]; more: boolean }> {
	const range = before === null ? `limit=${limit}` : `before=${before}&limit=${limit}`;

	return (await ask('GET', `/conversations/${encodeURIComponent(conversation)}/messages?${range}`, messagePage)).value;
}

const foundShape = object<{ messages: Message[]; before: number | null }>({ messages: list(objects.message), before: nullable(whole) });

/** One's own messages with all the words, newest first; `before` of a page gives the next. */
export async function messagesFind(query: string, before: number | null, signal?: AbortSignal): Promise<{ messages: Message[]; before: number | null }> {
	const path = `/messages?q=${encodeURIComponent(query)}${before === null ? '' : `&before=${before}`}`;

	return (await ask('GET', path, foundShape, signal ? { signal } : {})).value;
}

export async function preferencesPut(change: Partial<Preferences>): Promise<Preferences> {
	return (await ask('PUT', '/preferences', objects.preferences, { body: change })).value;
}

const accessPath = (tenant: string) => `/tenants/${encodeURIComponent(tenant)}/external-access`;

export async function accessGet(tenant: string): Promise<{ access: Access; etag: string }> {
	const reply = await ask('GET', accessPath(tenant), objects.access);

	return { access: reply.value, etag: reply.etag ?? '*' };
}

/** Save. Refused with revision.stale when somebody else saved meanwhile. */
export async function accessPut(tenant: string, access: Access, etag: string): Promise<{ access: Access; etag: string }> {
	const reply = await ask('PUT', accessPath(tenant), objects.access, { body: access, headers: { 'If-Match': etag } });

	return { access: reply.value, etag: reply.etag ?? '*' };
}

/** What saving this would change. The saved object itself gives today's picture. */
export async function accessPreview(tenant: string, access: Access, signal?: AbortSignal): Promise<Effect> {
	const options = signal ? { body: access, signal } : { body: access };

	return (await ask('POST', `${accessPath(tenant)}/preview`, objects.effect, options)).value;
}
