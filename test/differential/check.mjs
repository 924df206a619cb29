// What section 10 refuses, from the spec alone: every error of a world document or an ask as [path, kind]. Slow and obvious: a
// document is in order when there is none.
import { filterMatches } from './filter.mjs';
import { addressOf, domainOf, guestAddress, instantOf, instantOrder } from './text.mjs';

const ACTIONS = ['find', 'presence', 'chat', 'call', 'video', 'screen', 'annotate', 'file'];
const BUILT_IN = ['kind', 'address', 'name', 'title', 'enabled'];
const at = (path, key) => `${path}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
const isObject = (v) => v !== null && typeof v === 'object' && !Array.isArray(v);

// A type is (value, path, bad): it tells every error of the value.
const when = (kind, right) => (v, path, bad) => right(v) || bad(path, kind);
const text = when('not text', (v) => typeof v === 'string');
const flag = when('not true or false', (v) => typeof v === 'boolean');
const count = (least) => when('not a number from the range', (v) => Number.isInteger(v) && v >= least);
const choice = (...words) => when('none of its words', (v) => words.includes(v));
const named = (least) => when('not a name', (v) => typeof v === 'string' && [...v].length >= least && [...v].length <= 64);
const id = when('not an id', (v) => typeof v === 'string' && /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(v));
const address = when('not an address', (v) => typeof v === 'string' && addressOf(v) !== null);
const domain = when('not a domain', (v) => typeof v === 'string' && domainOf(v) !== null);
const domainEntry = when('not a domain', (v) => typeof v === 'string' && domainOf(v.replace(/^\*\./, '')) !== null);
const time = when('not a time', (v) => typeof v === 'string' && instantMaybe(v) !== null);
const filter = when('not a filter', (v) => typeof v === 'string' && filterReads(v));
const orNull = (type) => (v, path, bad) => v === null || type(v, path, bad);
const list = (type) => (v, path, bad) => Array.isArray(v) ? v.forEach((each, i) => type(each, at(path, i), bad)) : bad(path, 'not a list');
const plain = when('not an attribute', (v) => ['string', 'number', 'boolean'].includes(typeof v));
const circle = (v, path, bad) => typeof v === 'string' && v.startsWith('segment:') ? true : address(v, path, bad);

const object = (keys, required = []) => (v, path, bad) => {
	if (!isObject(v))
		return bad(path, 'not an object');
	Object.keys(v).filter((key) => !(key in keys)).forEach((key) => bad(at(path, key), 'unknown key'));
	required.filter((key) => !(key in v)).forEach((key) => bad(at(path, key), 'missing'));
	Object.keys(keys).filter((key) => key in v).forEach((key) => keys[key](v[key], at(path, key), bad));
};

function instantMaybe(v) {
	try {
		return instantOf(v);
	} catch {
		return null;
	}
}

function filterReads(v) {
	try {
		filterMatches(v, new Map());
		return true;
	} catch {
		return false;
	}
}

const attributes = (v, path, bad) => isObject(v) ? Object.entries(v).forEach(([key, value]) => {
	if (!/^[A-Za-z][A-Za-z0-9_-]*$/.test(key) || BUILT_IN.includes(key.toLowerCase()))
		bad(at(path, key), 'not an attribute\'s key');
	(Array.isArray(value) ? list(plain) : plain)(value, at(path, key), bad);
}) : bad(path, 'not an object');

const controls = object({
	chat: flag, call: flag, video: flag, annotate: flag, file: flag, edit_messages: flag, delete_messages: flag,
	screen: choice('entire', 'app', 'off'), reach: choice('everyone', 'named'),
});
const byDomain = (v, path, bad) => {
	if (!isObject(v))
		return bad(path, 'not an object');
	Object.entries(v).forEach(([key, value]) => (domain(key, at(path, key), bad), controls(value, at(path, key), bad)));
	twice(Object.keys(v).map((key) => [domainOf(key), at(path, key)]), bad);
};

const sku = choice('connect', 'remote-assist');
const contact = object({ address, state: choice('accepted', 'blocked', 'pending') }, ['address', 'state']);
const ACCOUNT = {
	address, kind: choice('internal', 'service', 'guest'), name: named(0), title: text, enabled: flag, in_house: flag, attributes,
	licences: list(object({ sku, assigned: orNull(time) }, ['sku'])), contacts: list(contact), home: address, state: choice('accepted', 'pending'),
	expires: orNull(time), controls, reach_list: list(circle),
};
const OF_GUESTS = ['home', 'state', 'expires', 'controls', 'reach_list'];

/** The key goes with accounts of one kind only. */
function account(v, path, bad) {
	object(ACCOUNT)(v, path, bad);
	if (!isObject(v))
		return;
	const kind = v.kind ?? ('home' in v && !('address' in v) ? 'guest' : 'internal');
	const wrong = kind === 'guest' ? ['address', 'in_house'] : [...OF_GUESTS, ...(kind === 'service' ? [] : ['in_house'])];
	const needed = kind === 'guest' ? 'home' : 'address';
	wrong.filter((key) => key in v).forEach((key) => bad(at(path, key), 'goes with others'));
	if (!(needed in v))
		bad(at(path, needed), 'missing');
	twice((Array.isArray(v.contacts) ? v.contacts : []).map((c, i) => [textOf(c?.address, addressOf), `${path}/contacts/${i}/address`]), bad);
	skusOnce(v.licences, path, bad);
}

const skusOnce = (licences, path, bad) => twice((Array.isArray(licences) ? licences : []).map((l, i) => [l?.sku, `${path}/licences/${i}/sku`]), bad);

const external = object({
	mode: choice('open', 'allow', 'block', 'off'), allow: list(domainEntry), block: list(domainEntry), unverified_tenants: choice('block', 'allow'),
	unverified_exceptions: list(domainEntry), blocked_people: list(object({ address, until: orNull(time) }, ['address'])),
	off_actions: list(choice('presence', 'file', 'screen', 'video', 'annotate')), directory_cards: list(domainEntry),
	first_contact: choice('open', 'ask'), outbound_guests: flag, max_organisations: orNull(count(1)),
});
const guestAccess = object({
	enabled: flag, directory: choice('full', 'exact', 'none'), controls, by_domain: byDomain,
	invite: object({ who: choice('members', 'admins', 'nobody'), mode: choice('open', 'allow', 'block'), allow: list(domainEntry), block: list(domainEntry) }),
});
const policy = object({
	name: named(1), external: flag, mode: choice('inherit', 'open', 'allow', 'block', 'none'), allow: list(domainEntry), block: list(domainEntry),
	accounts: list(address), segments: list(text),
}, ['name']);
const lease = object({
	id: named(1), accounts: list(address), lessee: orNull(text), holders: list(address), starts: orNull(time), ends: orNull(time), suspended: flag,
	reach: (v, path, bad) => v === 'everyone' || list(circle)(v, path, bad), actions: orNull(list(choice(...ACTIONS))), peers: flag, federation: flag,
}, ['id']);
const rule = object({ segment: text, allow: orNull(list(text)), block: orNull(list(text)) }, ['segment']);
const tenant = object({
	id, name: named(0), domains: list(domain), verified: flag, disclose: choice('reason', 'generic'),
	licences: list(object({ sku, seats: orNull(count(0)) }, ['sku'])), external_access: external, guest_access: guestAccess,
	segments: list(object({ name: named(1), filter }, ['name', 'filter'])), barriers: object({ unsegmented: choice('visible', 'hidden'), rules: list(rule) }),
	policies: list(policy), accounts: list(account), leases: list(lease),
}, ['id']);
const ask = { from: address, to: address, action: choice(...ACTIONS), at: orNull(time), query: orNull(text) };
const promise = object({ expect: choice('allow', 'deny'), ...ask }, ['expect', 'from', 'to', 'action']);
const document = object({ version: when('not the version', (v) => v === 1), tenants: list(tenant), promises: list(promise) });

const textOf = (v, canonical) => typeof v === 'string' ? canonical(v) : null;

/** [what, path] of which no two may be the same; null is none. */
function twice(rows, bad) {
	const seen = new Set();
	for (const [what, path] of rows.filter(([each]) => each != null)) {
		if (seen.has(what))
			bad(path, 'twice');
		seen.add(what);
	}
}

const each = (v) => (Array.isArray(v) ? v : []).map((row, i) => [row, i]).filter(([row]) => isObject(row));
const strings = (v) => (Array.isArray(v) ? v : []).map((s, i) => [s, i]).filter(([s]) => typeof s === 'string');

/** What names of a tenant's lists mean to each other. */
function references(t, path, bad) {
	const known = new Set(each(t.segments).map(([s]) => s.name));
	const names = (v, where) => strings(v).forEach(([name, i]) => known.has(name) || bad(at(where, i), 'no segment'));
	const circles = (v, where) => names(strings(v).map(([s]) => s.startsWith('segment:') ? s.slice(8) : null), where);
	const unique = (key, what) => twice(each(t[key]).map(([row, i]) => [row[what], `${path}/${key}/${i}/${what}`]), bad);
	unique('segments', 'name');
	unique('policies', 'name');
	unique('leases', 'id');
	skusOnce(t.licences, path, bad);
	for (const [row, i] of each(t.barriers?.rules)) {
		const where = `${path}/barriers/rules/${i}`;
		known.has(row.segment) || bad(at(where, 'segment'), 'no segment');
		(row.allow == null) === (row.block == null) && bad(where, 'not exactly one list');
		names(row.allow, at(where, 'allow'));
		names(row.block, at(where, 'block'));
	}
	twice(each(t.barriers?.rules).map(([row, i]) => [row.segment, `${path}/barriers/rules/${i}/segment`]), bad);
	each(t.policies).forEach(([row, i]) => names(row.segments, `${path}/policies/${i}/segments`));
	each(t.leases).forEach(([row, i]) => circles(row.reach, `${path}/leases/${i}/reach`));
	each(t.accounts).forEach(([row, i]) => circles(row.reach_list, `${path}/accounts/${i}/reach_list`));
}

/** Leases lend the tenant's service accounts, each to one lessee at a time, for a term that is one. */
function lending(t, path, bad) {
	const services = each(t.accounts).filter(([a]) => a.kind === 'service').map(([a]) => textOf(a.address, addressOf));
	const lent = [];
	for (const [row, i] of each(t.leases)) {
		const [starts, ends] = [row.starts, row.ends].map((v) => typeof v === 'string' ? instantMaybe(v) : null);
		if (starts && ends && instantOrder(ends, starts) <= 0)
			bad(`${path}/leases/${i}/ends`, 'ends before it starts');
		for (const [text_, j] of strings(row.accounts)) {
			services.includes(addressOf(text_)) || bad(`${path}/leases/${i}/accounts/${j}`, 'no service account');
			if (!lent.some((l) => l.i === i && l.address === addressOf(text_)))
				lent.push({ address: addressOf(text_), i, starts, ends });
		}
	}
	const before = (a, b) => !a || !b || instantOrder(a, b) < 0;
	for (const a of lent)
		for (const b of lent.filter((other) => other.i > a.i && other.address === a.address))
			if (before(a.starts, b.ends) && before(b.starts, a.ends))
				[a, b].forEach(({ i }) => bad(`${path}/leases/${i}`, 'lent twice at a time'));
}

/** Each account in a domain of its tenant, and none twice; a guest from elsewhere, whose home is a person. */
function dwelling(t, path, bad, strangers) {
	const domains = strings(t.domains).map(([d]) => domainOf(d));
	const addresses = [];
	for (const [row, i] of each(t.accounts)) {
		const guest = row.kind === 'guest' || (row.kind === undefined && 'home' in row && !('address' in row));
		const key = guest ? 'home' : 'address', own = textOf(row[key], addressOf);
		if (own === null)
			continue;
		const inside = domains.includes(own.slice(own.indexOf('@') + 1));
		if (guest ? inside || domains.length === 0 : !inside)
			bad(`${path}/accounts/${i}/${key}`, guest ? 'a guest at home' : 'outside the tenant');
		if (guest && strangers.has(own))
			bad(`${path}/accounts/${i}/home`, 'a guest of a guest');
		addresses.push([guest ? guestAddress(own, domains[0]) : own, `${path}/accounts/${i}/${key}`]);
	}
	twice(addresses, bad);
}

/** Addresses of service and guest accounts of the whole world. */
function strangersOf(tenants) {
	return new Set(tenants.flatMap(([t]) => each(t.accounts).flatMap(([a]) => {
		const home = a.kind === 'guest' || (a.kind === undefined && 'home' in a && !('address' in a)) ? textOf(a.home, addressOf) : null;
		const host = strings(t.domains).map(([d]) => domainOf(d))[0];
		return home && host ? [guestAddress(home, host)] : a.kind === 'service' ? [textOf(a.address, addressOf)] : [];
	})));
}

/** All errors of a world document: [path, kind]. */
export function worldErrors(world) {
	const errors = [], bad = (path, kind) => { errors.push([path, kind]); };
	document(world, '', bad);
	const tenants = each(world?.tenants);
	const strangers = strangersOf(tenants);
	twice(tenants.map(([t, i]) => [t.id, `/tenants/${i}/id`]), bad);
	twice(tenants.flatMap(([t, i]) => strings(t.domains).map(([d, j]) => [domainOf(d), `/tenants/${i}/domains/${j}`])), bad);
	for (const [t, i] of tenants)
		[references, lending, dwelling].forEach((look) => look(t, `/tenants/${i}`, bad, strangers));
	return errors;
}

/** All errors of an ask. */
export function askErrors(v) {
	const errors = [];
	object(ask, ['from', 'to', 'action'])(v, '', (path, kind) => { errors.push([path, kind]); });
	return errors;
}
