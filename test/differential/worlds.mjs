// Random worlds and asks from a seed: small, crowded and adversarial, so that every stop of the spec is met, and its boundaries.
// Every world is in order: what has to be refused is the business of other tests.
import { domainPart, guestAddress, instantOf, instantOrder, localPart, unicodeForm } from './text.mjs';
import { Random } from './random.mjs';

export const ACTIONS = ['find', 'presence', 'chat', 'call', 'video', 'screen', 'annotate', 'file'];

// Drawn from the first six left, so that relatives meet: subdomains, look-alikes, suffixes that are no subdomains, one name in A-labels whose look-alike is none, a single label.
const DOMAINS = ['contoso1.example', 'eu.contoso1.example', 'deep.eu.contoso1.example', 'notcontoso1.example', 'contoso1.example.test',
	'contoso11.example', 'xn--bcher-kva.example', 'bucher.example', 'eu.xn--bcher-kva.example', 'xn--fa-hia.example', 'fass.example', 'intranet',
	'example', 'abc.example'];
const ELSEWHERE = ['outside.example', 'eu.outside.example', 'xn--fiqs8s.example'];
// Two of them sort otherwise by UTF-16 units than by code points; two have more than one form.
const LOCALS = ['ann', 'bob', 'eve', 'o.brien', 'ann+2', 'åsa', 'josé', '𐐨x', 'ｘy', 'a=b', 'an'];
const NAMES = ['', 'Ann Lee', 'Åsa Öberg', 'Straßer', 'ΣΊΣΥΦΟΣ', 'İpek', 'ﬁona', 'Lee Ann', 'Pump expert', 'bob@abc.example', '𐐀𐐁', 'ǅ'];
const QUERIES = ['', ' ', 'ann', ' LEE ', 'n l', 'strasser', 'STRASSE', 'σίσυφος', 'ς', 'i̇pek', 'fio', '@', 'example', 'bücher', 'BÜCHER.EXAMPLE',
	'xn--', 'contoso1', 'a', '𐐨', 'zebra', 'öb', 'ǆ', '='];
const DEPARTMENTS = ['Sales', 'sales', 'Research', 'HR', 'Straße', 'STRASSE', ''];
const CONTROLS = ['chat', 'call', 'video', 'annotate', 'file', 'edit_messages', 'delete_messages'];

/** Everything, or what a list of features leaves: policies, blocked, contacts, segments, guests, leases. */
export const FEATURES = ['policies', 'blocked', 'contacts', 'segments', 'guests', 'leases'];

export class WorldMaker {
	constructor(seed, features) {
		this.r = new Random(seed);
		this.has = (feature) => features.includes(feature);
	}

	make() {
		const { r } = this;
		const free = [...DOMAINS];
		this.mild = r.chance(0.5);	// half of the worlds have few closed doors, so that asks get to the later gates
		this.loans = r.chance(0.3);	// some are about leases: one holder has many accounts to choose from
		this.tenants = Array.from({ length: 2 + r.below(3) }, (_, i) => ({
			id: `t${i}`, domains: Array.from({ length: r.of([1, 1, 2, 3]) }, () => free.splice(r.below(Math.min(free.length, 6)), 1)[0]),
		}));
		this.people = [];	// { tenant, kind, address, home, json }
		this.holds = [];	// { address, tenant }: who holds something there
		for (const tenant of this.tenants)
			this.#ownPeople(tenant);
		if (this.has('guests'))
			for (const tenant of this.tenants)
				this.#guests(tenant);
		const world = { version: 1, tenants: this.tenants.map((tenant) => this.#tenant(tenant)) };
		return r.chance(0.9) ? world : { tenants: world.tenants };
	}

	/** Rarely, and more so in worlds that are not mild. */
	#harsh(p) {
		return this.r.chance(this.mild ? p / 5 : p);
	}

	#ownPeople(tenant) {
		const { r } = this;
		const taken = new Set();
		for (let n = 3 + r.below(5); n > 0; n--) {
			const kind = this.has('leases') && r.chance(this.loans ? 0.6 : 0.3) ? 'service' : 'internal';
			const address = `${r.of(LOCALS)}@${r.of(tenant.domains)}`.normalize('NFC');
			if (taken.has(address))
				continue;
			taken.add(address);
			const json = { address: r.addressSpelt(address), ...this.person() };
			if (kind === 'service' || r.chance(0.5))
				json.kind = kind;
			if (kind === 'service' && r.chance(0.4))
				json.in_house = true;
			this.people.push({ tenant, kind, address, json });
		}
	}

	#guests(tenant) {
		const { r } = this;
		const homes = this.people.filter((p) => p.kind === 'internal' && p.tenant !== tenant).map((p) => p.address);
		const strangers = this.tenants.filter((t) => t !== tenant).map((t) => `ghost@${t.domains[0]}`);
		const far = ELSEWHERE.map((domain) => `${r.of(['ann', 'zoë'])}@${domain}`);
		const wanted = new Set([...r.some(homes, 5), ...(this.#harsh(0.3) ? [r.of(strangers)] : []), ...r.some(far, 1)]);
		for (const home of wanted) {
			const json = { home: r.addressSpelt(home), ...this.person() };
			if (r.chance(0.5))
				json.kind = 'guest';
			if (!this.#harsh(0.12))
				json.state = 'accepted';
			else if (r.chance(0.5))
				json.state = 'pending';
			if (r.chance(0.2))
				json.expires = r.chance(0.4) ? null : r.time();
			if (r.chance(0.4))
				json.controls = this.#controls();
			this.people.push({ tenant, kind: 'guest', home, address: guestAddress(home, tenant.domains[0]), json });
		}
	}

	/** All that stand in a tenant. */
	peopleOf(tenant) {
		return this.people.filter((p) => p.tenant === tenant);
	}

	/** What any account may have. */
	person() {
		const { r } = this;
		const json = {};
		if (r.chance(0.7))
			json.name = r.of(NAMES);
		if (r.chance(0.3))
			json.title = r.of(NAMES);
		if (this.#harsh(0.1))
			json.enabled = false;
		const skus = r.weighed({ none: this.mild ? 0.3 : 1, connect: 5, 'remote-assist': 3, both: 1 });
		const held = { none: [], both: ['connect', 'remote-assist'] }[skus] ?? [skus];
		if (held.length > 0 || r.chance(0.3))
			json.licences = held.map((sku) => r.chance(0.4) ? { sku } : { sku, assigned: r.chance(0.1) ? null : r.time() });
		if (this.has('segments') && r.chance(0.8))
			json.attributes = this.#attributes();
		return json;
	}

	#attributes() {
		const { r } = this;
		const attributes = {};
		if (r.chance(0.8))
			attributes[r.of(['department', 'Department'])] = r.of(DEPARTMENTS);
		if (r.chance(0.4))
			attributes.floor = r.of([1, 2, 2.5, -3, '2']);
		if (r.chance(0.3))
			attributes.remote = r.chance(0.5);
		if (r.chance(0.3))
			attributes.tags = r.some(['Blue', 'green', 2, true, 'Straße'], 3);
		return attributes;
	}

	#controls() {
		const { r } = this;
		const controls = {};
		for (const key of r.some(CONTROLS, 2))
			controls[key] = !this.#harsh(0.6);
		if (r.chance(0.3))
			controls.screen = this.#harsh(0.6) ? 'off' : r.of(['entire', 'app']);
		if (r.chance(0.3))
			controls.reach = this.#harsh(0.9) ? 'named' : 'everyone';
		return controls;
	}

	#tenant(tenant) {
		const { r } = this;
		const json = { id: tenant.id, domains: tenant.domains.map((d) => r.domainSpelt(d)) };
		const mine = this.peopleOf(tenant);
		if (r.chance(0.5))
			json.name = r.of(NAMES);
		if (this.#harsh(0.25))
			json.verified = false;
		if (r.chance(0.3))
			json.disclose = r.of(['reason', 'generic']);
		json.licences = ['connect', 'remote-assist'].filter(() => !this.#harsh(0.06)).map((sku) => this.#seats(sku));
		json.external_access = this.externalAccess();
		if (this.has('segments'))
			this.#segments(json);
		if (this.has('guests'))
			json.guest_access = this.guestAccess();
		if (this.has('policies'))
			json.policies = this.policies(mine, json);
		if (this.has('leases'))
			json.leases = this.leases(tenant, mine, json);
		json.accounts = mine.map((p) => this.account(p, mine, json));
		return json;
	}

	#seats(sku) {
		const { r } = this;
		if (this.#harsh(0.4))
			return { sku, seats: r.below(8) };
		return r.chance(0.5) ? { sku } : { sku, seats: r.of([null, 100]) };
	}

	/** A list of domains: of tenants here, of their parents, with and without "*.". */
	#domains() {
		const { r } = this;
		const here = this.tenants.flatMap((t) => t.domains);
		const entries = [...here, ...here.map((d) => `*.${d}`), ...here.filter((d) => d.includes('.')).map((d) => `*.${d.slice(d.indexOf('.') + 1)}`), 'nobody.example'];
		return [...new Set(r.some(entries, 4))].map((entry) => entry.startsWith('*.') ? `*.${r.domainSpelt(entry.slice(2))}` : r.domainSpelt(entry));
	}

	externalAccess() {
		const { r } = this;
		const access = { mode: r.weighed({ open: this.mild ? 12 : 4, allow: 2, block: 2, off: this.mild ? 0.5 : 1 }) };
		for (const key of ['allow', 'block', 'unverified_exceptions', 'directory_cards'])
			if (r.chance(0.5))
				access[key] = this.#domains();
		if (r.chance(0.3))
			access.unverified_tenants = r.of(['block', 'allow']);
		if (this.has('blocked') && r.chance(0.4))
			access.blocked_people = this.#anyone(3).map((address) => r.chance(0.5) ? { address } : { address, until: r.chance(0.1) ? null : r.time() });
		if (r.chance(0.4))
			access.off_actions = r.some(['presence', 'file', 'screen', 'video', 'annotate'], 3);
		if (this.has('contacts') && r.chance(0.3))
			access.first_contact = r.of(['ask', 'ask', 'open']);
		if (this.has('guests') && this.#harsh(0.25))
			access.outbound_guests = false;
		if (this.#harsh(0.5))
			access.max_organisations = r.of([null, 1, 2, 3]);
		return access;
	}

	/** Different addresses of anybody, and of people who do not exist. */
	#anyone(most) {
		const { r } = this;
		const all = [...new Set([...this.people.map((p) => p.address), ...this.people.filter((p) => p.home).map((p) => p.home), 'nobody@nobody.example'])];
		return r.some(all, most).map((a) => r.addressSpelt(a));
	}

	guestAccess() {
		const { r } = this;
		const access = {};
		if (this.#harsh(0.1))
			access.enabled = false;
		if (r.chance(0.7))
			access.directory = r.weighed({ full: 4, exact: 2, none: 1 });
		if (r.chance(0.3))
			access.controls = this.#controls();
		if (r.chance(0.4)) {
			const domains = r.some([...this.tenants.flatMap((t) => t.domains), ...ELSEWHERE], 3);
			access.by_domain = Object.fromEntries(domains.map((d) => [r.domainSpelt(d), this.#controls()]));
		}
		if (r.chance(0.2))
			access.invite = { who: r.of(['members', 'admins', 'nobody']), mode: r.of(['open', 'allow', 'block']), allow: this.#domains(), block: [] };
		return access;
	}

	#segments(json) {
		const { r } = this;
		json.segments = Array.from({ length: r.below(5) }, (_, i) => ({ name: `s${i}`, filter: this.#filter(0) }));
		json.barriers = this.barriers(json);
	}

	barriers(json) {
		const { r } = this;
		const rules = json.segments.filter(() => this.#harsh(0.6)).map(({ name }) => ({
			segment: name, [r.of(['allow', 'block'])]: r.some(json.segments.map((s) => s.name), 3),
		}));
		return { ...(r.chance(0.5) ? { unsegmented: r.of(['visible', 'hidden']) } : {}), ...(rules.length > 0 || r.chance(0.2) ? { rules } : {}) };
	}

	#filter(depth) {
		const { r } = this;
		const spelt = (word) => r.chance(0.2) ? word.toUpperCase() : word;
		if (depth < 3 && r.chance(0.35))
			return `${this.#filter(depth + 1)} ${spelt(r.of(['and', 'or']))} ${this.#filter(depth + 1)}`;
		if (depth < 3 && r.chance(0.25))
			return `${r.chance(0.6) ? `${spelt('not')} ` : ''}(${this.#filter(depth + 1)})`;
		const key = r.of(['department', 'Department', 'floor', 'tags', 'remote', 'kind', 'name', 'title', 'enabled', 'address', 'absent']);
		if (r.chance(0.15))
			return `${key} ${spelt('pr')}`;
		const text = JSON.stringify(r.of([...DEPARTMENTS, 'blue', 'guest', 'internal', 'Ann Lee', 's', 'contoso1', 'ｘ', '𐐀']));
		const any = r.of([text, text, text, '2', '2.5', 'true', 'false', 'null']);
		const operator = r.weighed({ eq: 4, ne: 2, ordered: 2, textual: 2 });
		if (operator === 'textual')
			return `${key} ${spelt(r.of(['co', 'sw', 'ew']))} ${text}`;
		if (operator === 'ordered')
			return `${key} ${spelt(r.of(['gt', 'ge', 'lt', 'le']))} ${r.of([text, '2', '-1e0'])}`;
		return `${key} ${spelt(operator)} ${any}`;
	}

	/** "segment:NAME" and addresses of the tenant's own accounts. */
	#members(mine, json, most) {
		const { r } = this;
		return r.some([...(json.segments ?? []).map((s) => `segment:${s.name}`), ...mine.map((p) => r.addressSpelt(p.address))], most);
	}

	policies(mine, json) {
		return Array.from({ length: this.r.below(4) }, (_, i) => this.#policy(`p${i}`, mine, json));
	}

	#policy(name, mine, json) {
		const { r } = this;
		const policy = { name, accounts: r.some(mine.map((p) => r.addressSpelt(p.address)), 3), segments: r.some((json.segments ?? []).map((s) => s.name), 2) };
		if (r.chance(0.3))
			policy.external = !this.#harsh(0.8);
		if (r.chance(0.7))
			policy.mode = r.weighed({ inherit: 2, open: 3, allow: 1, block: 1, none: this.mild ? 0.1 : 1 });
		return { ...policy, allow: this.#domains(), block: this.#domains() };
	}

	leases(tenant, mine, json) {
		const { r } = this;
		const terms = new Map();	// address → terms taken: those of one account may not overlap
		const before = (a, b) => a === null || b === null || instantOrder(a, b) < 0;
		const leases = [];
		for (let n = 1 + r.below(5); n > 0; n--) {
			const lease = this.#term();
			const starts = lease.starts ? instantOf(lease.starts) : null, ends = lease.ends ? instantOf(lease.ends) : null;
			if (starts && ends && instantOrder(starts, ends) >= 0)
				continue;
			const services = mine.filter((p) => p.kind === 'service').map((p) => p.address);
			const loaned = r.some(services.filter((a) => (terms.get(a) ?? []).every((t) => !(before(t.starts, ends) && before(starts, t.ends)))), 4);
			loaned.forEach((a) => terms.set(a, [...(terms.get(a) ?? []), { starts, ends }]));
			leases.push({ id: `L-${n}`, accounts: loaned.map((a) => r.addressSpelt(a)), ...lease, ...this.#scope(tenant, mine, json) });
		}
		return leases;
	}

	#term() {
		const { r } = this;
		const term = {};
		const bound = this.loans ? 0.15 : 0.5;
		if (r.chance(bound))
			term.starts = r.chance(0.1) ? null : r.time();
		if (r.chance(bound))
			term.ends = r.chance(0.1) ? null : r.time();
		return term;
	}

	#scope(tenant, mine, json) {
		const { r } = this;
		const holders = r.some(this.people.filter((p) => p.tenant !== tenant || r.chance(0.1)), this.loans ? 12 : 6).map((p) => p.address);
		this.holds.push(...holders.map((address) => ({ address, tenant })));
		const scope = { holders: holders.map((a) => r.addressSpelt(a)), reach: r.chance(0.5) ? 'everyone' : this.#members(mine, json, 6) };
		if (this.#harsh(0.2))
			scope.suspended = true;
		if (r.chance(0.3))
			scope.actions = r.chance(0.2) ? null : r.some(ACTIONS, 8);
		if (r.chance(0.4))
			scope.peers = r.chance(0.6);
		if (r.chance(0.5))
			scope.federation = r.chance(0.8);
		if (r.chance(0.5))
			scope.lessee = r.of([null, 't0', 'someone']);
		return scope;
	}

	account({ kind, json }, mine, tenant) {
		const { r } = this;
		if (kind === 'guest' && r.chance(0.5))
			json.reach_list = this.#members(mine, tenant, 4);
		if (!this.has('contacts') || !r.chance(0.5))
			return json;
		const state = () => r.weighed({ accepted: 4, pending: 1, blocked: this.mild ? 0.3 : 1 });
		const contacts = this.#anyone(4).map((a) => ({ address: a, state: state() }));
		return { ...json, contacts };
	}
}

/** A pair that another route than federation is about: a guest or a holder, and who stands in the host; either way round. */
function relatedPair(r, maker) {
	const homes = maker.people.map((p) => p.address);
	const guests = maker.people.filter((p) => p.kind === 'guest' && (homes.includes(p.home) || r.chance(0.1)));
	const visits = [...guests.map((g) => ({ address: r.chance(0.8) ? g.home : g.address, tenant: g.tenant })), ...maker.holds];
	if (visits.length === 0)
		return null;
	const visit = r.of(visits);
	const pair = [visit.address, r.of(maker.people.filter((p) => p.tenant === visit.tenant)).address];
	return r.chance(0.7) ? pair : pair.reverse();
}

function askOf(r, maker) {
	const known = maker.people.map((p) => p.address);
	const odd = [`ghost@${r.of(maker.tenants).domains[0]}`, 'ann@nowhere.example', ...maker.people.filter((p) => p.home).map((p) => p.home),
		...maker.people.filter((p) => p.home).map((p) => guestAddress(p.home, p.tenant.domains.at(-1))), `ann@sub.${domainPart(known[0])}`];
	const [from, to] = (r.chance(0.5) ? relatedPair(r, maker) : null) ?? [r.chance(0.97) ? r.of(known) : r.of(odd), r.chance(0.97) ? r.of(known) : r.of(odd)];
	const action = r.of(ACTIONS);
	const ask = { from: r.addressSpelt(from), to: r.addressSpelt(to), action, at: r.time() };
	if (action === 'find' && r.chance(0.8))
		ask.query = r.of([null, r.of(QUERIES), r.of(QUERIES), unicodeForm(to), r.addressSpelt(to), ` ${to} `, localPart(to), r.addressSpelt(r.of(known))]);
	return ask;
}

/** { world, asks, maker } of a seed. */
export function worldAndAsks(seed, count, features = FEATURES) {
	const maker = new WorldMaker(seed, features);
	const world = maker.make();
	return { world, asks: Array.from({ length: count }, () => askOf(maker.r, maker)), maker };
}
