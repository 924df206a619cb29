/** An organisation's calls, for its admins: those under way, the end of one, and the report of those that are over. */
import { ask } from './api';
import { problem, Refusal, Unreachable } from './problem';
import { list, nullable, object, text, whole, word, type Shape } from './shape';

export interface LiveCall {
	id: string;
	state: 'ringing' | 'talking' | 'ended';
	from: string;
	to: string;
	/** When it was answered. */
	since: string | null;
	pairs: { between: string[] }[];
}

export interface ReportRow {
	pos: number;
	/** Null: a try that was refused, and rang nowhere. */
	call: string | null;
	direction: 'out' | 'in';
	person: { address: string; name: string | null };
	with: { address: string; name: string | null; organisation: string | null };
	door: 'internal' | 'federation' | 'guest' | 'lease' | null;
	placed: string;
	answered: string | null;
	seconds: number;
	reason: string;
	tenant: string | null;
}

export interface ReportPage {
	calls: ReportRow[];
	/** For the page behind it. */
	next: string | null;
}

/** Placed in which time: RFC 3339, null is open. */
export interface Span {
	from: string | null;
	to: string | null;
}

const row: Shape<ReportRow> = object<ReportRow>({
	pos: whole,
	call: nullable(text),
	direction: word('out', 'in'),
	person: object<ReportRow['person']>({ address: text, name: nullable(text) }),
	with: object<ReportRow['with']>({ address: text, name: nullable(text), organisation: nullable(text) }),
	door: nullable(word('internal', 'federation', 'guest', 'lease')),
	placed: text,
	answered: nullable(text),
	seconds: whole,
	reason: text,
	tenant: nullable(text),
});
const reportPage = object<ReportPage>({ calls: list(row), next: nullable(text) });
const liveCall: Shape<LiveCall> = object<LiveCall>({
	id: text, state: word('ringing', 'talking', 'ended'), from: text, to: text, since: nullable(text), pairs: list(object<{ between: string[] }>({ between: list(text) })),
});
const liveCalls = object<{ calls: LiveCall[] }>({ calls: list(liveCall) });
const nothing: Shape<null> = () => null;

const callsPath = (tenant: string) => `/tenants/${encodeURIComponent(tenant)}/calls`;

/** Under way now. */
export async function liveCallsGet(): Promise<LiveCall[]> {
	return (await ask('GET', '/calls', liveCalls)).value.calls.filter(({ state }) => state !== 'ended');
}

/** End it; gone already is a refusal with call.gone. */
export async function callClose(tenant: string, call: string): Promise<void> {
	await ask('DELETE', `${callsPath(tenant)}/${encodeURIComponent(call)}`, nothing);
}

function queryOf(span: Span, before: string | null): string {
	const query = new URLSearchParams();

	for (const [name, value] of Object.entries({ ...span, before }))
		if (value !== null)
			query.set(name, value);
	return query.size ? `?${query}` : '';
}

export async function reportGet(tenant: string, span: Span, before: string | null): Promise<ReportPage> {
	return (await ask('GET', callsPath(tenant) + queryOf(span, before), reportPage)).value;
}

const wait = (seconds: number) => new Promise<void>((done) => void setTimeout(done, seconds * 1000));

async function csvPage(url: URL, signal: AbortSignal): Promise<Response> {
	for (;;) {
		const response = await fetch(url, { cache: 'no-store', signal }).catch((error: unknown) => {
			throw signal.aborted ? error : new Unreachable(String(error));
		});

		if (response.ok)
			return response;
		if (response.status !== 429)
			throw new Refusal(problem(await response.json(), ''));
		await wait(Number(response.headers.get('Retry-After') ?? 1));
	}
}

/** The whole report as a file, page after page. */
export async function csvGet(tenant: string, span: Span, signal: AbortSignal): Promise<Blob> {
	/* Spreadsheets take the text for UTF-8 when it begins so. */
	const parts = ['\uFEFF'];
	let url: URL | null = new URL(`/v1${callsPath(tenant)}.csv${queryOf(span, null)}`, location.href);

	while (url) {
		const response: Response = await csvPage(url, signal);
		const next = response.headers.get('Link')?.match(/^<(\?[^>]*)>; rel="next"$/)?.[1];

		parts.push(await response.text());
		url = next ? new URL(next, url) : null;
	}
	return new Blob(parts, { type: 'text/csv;charset=utf-8' });
}
