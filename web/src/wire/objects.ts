/** The objects of doc/protocol.md, as types and as shapes. */
import { flag, list, nullable, number, object, text, whole, wholeObject, word, type Shape } from './shape';

export interface Tenant {
	id: string;
	name: string;
	domain: string;
}

export interface Person {
	address: string;
	name: string;
	title: string;
	kind: 'internal' | 'service' | 'guest';
	tenant: Tenant;
	technician: boolean | null;
	/** The name or the address is not what it seems. */
	lookalike: 'mixed' | 'disguised' | null;
}

export interface Answer {
	allowed: boolean;
	route: string | null;
	reason: string;
	side: 'from' | 'to' | null;
	tenant: string | null;
	rule: string | null;
	until: string | null;
}

export interface Message {
	pos: number;
	conversation: string;
	seq: number;
	id: string;
	from: string;
	text: string;
	at: string;
	edited: string | null;
	/** Its words are gone: the text is empty. */
	deleted: boolean;
	file: SentFile | null;
}

/** What a message carries. */
export interface SentFile {
	id: string;
	name: string;
	/** By its bytes, as the server saw them. */
	type: string;
	size: number;
	/** Of a picture that can be shown. */
	width: number | null;
	height: number | null;
}

export interface Conversation {
	id: string;
	with: Person;
	last: Message | null;
	closed: Answer | null;
	/** What one's own contacts say of them. */
	contact: ContactState;
	/** Whose acceptance it waits for: until then it is a request. */
	waits_for: 'me' | 'them' | null;
	/** Up to which seq one has read it, on any device. */
	read: number;
	/** Up to which seq the other has received and read it, as far as one may know. */
	theirs: { delivered: number; read: number };
}

export type Status = 'available' | 'busy' | 'away';

export interface Preferences {
	read_receipts: boolean;
	status: Status;
}

export type ContactState = 'accepted' | 'blocked' | null;

export interface Ended {
	reason: string;
	by: 'me' | 'them' | null;
	/** Whose setting decided, or whose admin ended it. */
	tenant: string | null;
	answer: Answer | null;
}

/** One of the others in a call. */
export interface Party {
	person: Person;
	/** In the order of being asked in; 0 is who placed the call. */
	seat: number;
	state: 'ringing' | 'talking' | 'held';
	muted: boolean;
	camera: boolean;
	/** Draws on a still of somebody's picture. */
	frozen: boolean;
	/** The line has dropped. */
	away: boolean;
	/** Allowed between the two of us. */
	video: boolean;
	annotate: boolean;
	/** Why nothing passes between the two of us any more. */
	closed: string | null;
}

export interface Left {
	address: string;
	seat: number;
	reason: string;
}

export interface Call {
	id: string;
	state: 'ringing' | 'talking' | 'ended';
	direction: 'out' | 'in';
	with: Person;
	video: boolean;
	annotate: boolean;
	technician: 'me' | 'them';
	here: boolean;
	since: string | null;
	ended: Ended | null;
	/** One's own. */
	seat: number;
	/** Seats: who may remove others, whose picture is on stage first. */
	host: number;
	stage: number;
	held: boolean;
	parties: Party[];
	/** Who leaves in this moment. */
	left: Left[];
	/** Only in a snapshot: what was drawn so far. */
	marks: Mark[] | null;
	steps: Steps | null;
}

/** A point of the picture: 0,0 is its upper left, 1,1 its lower right corner. Ink by a pen has its pressure, 0 to 1. */
export type Point = [u: number, v: number, pressure?: number];

export type MarkKind = 'arrow' | 'ink' | 'circle' | 'step';

export interface Mark {
	id: string;
	by: string;
	of: string;
	kind: MarkKind;
	/** Arrow: tail, head. Ink: its line. Circle: opposite corners of its box. Step: the tip. */
	points: Point[];
	seq: number;
	/** Of a step. */
	number: number | null;
	text: string | null;
}

/** How far one can go back and forth. */
export interface Steps {
	undo: number;
	redo: number;
}

export type PresenceState = 'available' | 'busy' | 'away' | 'in_call' | 'offline' | null;

export interface Presence {
	address: string;
	state: PresenceState;
}

export interface Me {
	person: Person;
	roles: string[];
	tenant: { id: string; name: string; domains: string[] };
	/** Only of who came by a link: whom he joins, and until when. */
	joined: { host: Person; expires: string } | null;
	/** The organisation wants a second factor: until it is set up, nothing else is answered. */
	second_factor_due: boolean;
}

/** Somebody at the door with a link of one's own. Nobody has verified the name. */
export interface Visitor {
	id: string;
	link: string;
	name: string;
	lookalike: Person['lookalike'];
	state: 'waiting' | 'admitted' | 'refused' | 'gone';
}

/** One of one's own sessions. */
export interface Session {
	id: string;
	browser: string | null;
	system: string | null;
	made: string;
	seen: string;
	current: boolean;
}

/** Whether a code is asked for when one signs in, and how many recovery codes are left. */
export interface Factor {
	on: boolean;
	/** The organisation wants it. */
	required: boolean;
	recovery_left: number;
}

/** For an authenticator app: to type, or as a URI. */
export interface FactorSecret {
	secret: string;
	uri: string;
}

/** A link that can be used to set a password. */
export interface PasswordLink {
	address: string;
	name: string;
	expires: string;
	first: boolean;
	password_chars: number;
}

export interface Asked {
	address: string;
	person: Person | null;
	find: Answer;
	chat: Answer;
	call: Answer;
}

export interface Directory {
	people: { address: string; person: Person | null; in: 'tenant' | 'recent' | 'contact'; contact: ContactState }[];
	/** Where the next page begins. */
	after: string | null;
	asked: Asked | null;
}

export type Mode = 'open' | 'allow' | 'block' | 'off';

/** The spec's external_access: three keys that we edit, and the rest, which we keep and send back as it came. */
export type Access = { mode: Mode; allow: string[]; block: string[] } & Record<string, unknown>;

export type Border = 'open' | 'listed' | 'not_listed' | 'blocked' | 'off' | 'unverified';

export interface Row {
	domain: string;
	tenant: { id: string; name: string } | null;
	ours: Border;
	theirs: Border | null;
	was: { ours: Border };
	contacts: number;
	calls: number;
	open: boolean;
	was_open: boolean;
}

export interface Effect {
	organisations: Row[];
	gain: number;
	lose: number;
	calls: number;
}

const tenant: Shape<Tenant> = object<Tenant>({ id: text, name: text, domain: text });

export const person: Shape<Person> = object<Person>({
	address: text,
	name: text,
	title: text,
	kind: word('internal', 'service', 'guest'),
	tenant,
	technician: nullable(flag),
	lookalike: nullable(word('mixed', 'disguised')),
});

export const answer: Shape<Answer> = object<Answer>({
	allowed: flag,
	route: nullable(text),
	reason: text,
	side: nullable(word('from', 'to')),
	tenant: nullable(text),
	rule: nullable(text),
	until: nullable(text),
});

export const sentFile: Shape<SentFile> = object<SentFile>({ id: text, name: text, type: text, size: whole, width: nullable(whole), height: nullable(whole) });

export const message: Shape<Message> = object<Message>({
	pos: whole,
	conversation: text,
	seq: whole,
	id: text,
	from: text,
	text,
	at: text,
	edited: nullable(text),
	deleted: flag,
	file: nullable(sentFile),
});

export const conversation: Shape<Conversation> = object<Conversation>({
	id: text,
	with: person,
	last: nullable(message),
	closed: nullable(answer),
	contact: nullable(word('accepted', 'blocked')),
	waits_for: nullable(word('me', 'them')),
	read: whole,
	theirs: object<Conversation['theirs']>({ delivered: whole, read: whole }),
});

export const preferences: Shape<Preferences> = object<Preferences>({ read_receipts: flag, status: word<Status>('available', 'busy', 'away') });

export const point: Shape<Point> = (value, at) => {
	const [u = NaN, v = NaN, pressure] = list(number)(value, at);

	return pressure === undefined ? [u, v] : [u, v, pressure];
};

export const mark: Shape<Mark> = object<Mark>({
	id: text,
	by: text,
	of: text,
	kind: word('arrow', 'ink', 'circle', 'step'),
	points: list(point),
	seq: whole,
	number: nullable(whole),
	text: nullable(text),
});

export const steps: Shape<Steps> = object<Steps>({ undo: whole, redo: whole });

const party: Shape<Party> = object<Party>({
	person,
	seat: whole,
	state: word('ringing', 'talking', 'held'),
	muted: flag,
	camera: flag,
	frozen: flag,
	away: flag,
	video: flag,
	annotate: flag,
	closed: nullable(text),
});

export const call: Shape<Call> = object<Call>({
	id: text,
	state: word('ringing', 'talking', 'ended'),
	direction: word('out', 'in'),
	with: person,
	video: flag,
	annotate: flag,
	technician: word('me', 'them'),
	here: flag,
	since: nullable(text),
	marks: nullable(list(mark)),
	steps: nullable(steps),
	seat: whole,
	host: whole,
	stage: whole,
	held: flag,
	parties: list(party),
	left: list(object<Left>({ address: text, seat: whole, reason: text })),
	ended: nullable(object<Ended>({ reason: text, by: nullable(word('me', 'them')), tenant: nullable(text), answer: nullable(answer) })),
});

export const presence: Shape<Presence> = object<Presence>({
	address: text,
	state: nullable(word('available', 'busy', 'away', 'in_call', 'offline')),
});

export const me: Shape<Me> = object<Me>({
	person,
	roles: list(text),
	tenant: object<Me['tenant']>({ id: text, name: text, domains: list(text) }),
	joined: nullable(object<NonNullable<Me['joined']>>({ host: person, expires: text })),
	second_factor_due: flag,
});

export const visitor: Shape<Visitor> = object<Visitor>({
	id: text,
	link: text,
	name: text,
	lookalike: nullable(word('mixed', 'disguised')),
	state: word('waiting', 'admitted', 'refused', 'gone'),
});

export const directory: Shape<Directory> = object<Directory>({
	people: list(object<Directory['people'][0]>({
		address: text,
		person: nullable(person),
		in: word('tenant', 'recent', 'contact'),
		contact: nullable(word('accepted', 'blocked')),
	})),
	after: nullable(text),
	asked: nullable(object<Asked>({ address: text, person: nullable(person), find: answer, chat: answer, call: answer })),
});

export const access: Shape<Access> = wholeObject({
	mode: word<Mode>('open', 'allow', 'block', 'off'),
	allow: list(text),
	block: list(text),
});

const border = word<Border>('open', 'listed', 'not_listed', 'blocked', 'off', 'unverified');

export const effect: Shape<Effect> = object<Effect>({
	organisations: list(
		object<Row>({
			domain: text,
			tenant: nullable(object<{ id: string; name: string }>({ id: text, name: text })),
			ours: border,
			theirs: nullable(border),
			was: object<{ ours: Border }>({ ours: border }),
			contacts: whole,
			calls: whole,
			open: flag,
			was_open: flag,
		}),
	),
	gain: whole,
	lose: whole,
	calls: whole,
});

export const session: Shape<Session> = object<Session>({ id: text, browser: nullable(text), system: nullable(text), made: text, seen: text, current: flag });

export const passwordLink: Shape<PasswordLink> = object<PasswordLink>({ address: text, name: text, expires: text, first: flag, password_chars: whole });

export const factor: Shape<Factor> = object<Factor>({ on: flag, required: flag, recovery_left: whole });

export const factorSecret: Shape<FactorSecret> = object<FactorSecret>({ secret: text, uri: text });
