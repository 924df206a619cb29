// The world document of section 10, read into plain objects: defaults filled in, addresses and domains in their one form.
// It is for documents that are in order; what has to be refused is not looked for.
import { addressOf, domainEntryOf, domainOf, domainPart, guestAddress, instantOf } from './text.mjs';
import { filterMatches } from './filter.mjs';

const maybe = (time) => time == null ? null : instantOf(time);
const member = (text) => text.startsWith('segment:') ? text : addressOf(text);

function accountOf(json, tenant) {
	const kind = json.kind ?? (json.home && !json.address ? 'guest' : 'internal');
	const home = kind === 'guest' ? addressOf(json.home) : null;
	return {
		tenant, kind, home,
		address: kind === 'guest' ? guestAddress(home, tenant.domains[0]) : addressOf(json.address),
		name: json.name ?? '', title: json.title ?? '', enabled: json.enabled ?? true, inHouse: json.in_house ?? false,
		attributes: json.attributes ?? {},
		licences: (json.licences ?? []).map((l) => ({ sku: l.sku, assigned: maybe(l.assigned) })),
		contacts: (json.contacts ?? []).map((c) => ({ address: addressOf(c.address), state: c.state })),
		state: json.state ?? 'pending', expires: maybe(json.expires),
		controls: json.controls ?? {}, reachList: (json.reach_list ?? []).map(member),
	};
}

function externalOf(json) {
	const domains = (key) => (json[key] ?? []).map(domainEntryOf);
	return {
		mode: json.mode ?? 'open', allow: domains('allow'), block: domains('block'),
		unverifiedTenants: json.unverified_tenants ?? 'block', unverifiedExceptions: domains('unverified_exceptions'),
		blockedPeople: (json.blocked_people ?? []).map((b) => ({ address: addressOf(b.address), until: maybe(b.until) })),
		offActions: json.off_actions ?? ['file'], directoryCards: domains('directory_cards'),
		firstContact: json.first_contact ?? 'open', outboundGuests: json.outbound_guests ?? true,
		maxOrganisations: json.max_organisations ?? Infinity,
	};
}

function guestAccessOf(json) {
	const byDomain = Object.entries(json.by_domain ?? {}).map(([domain, controls]) => [domainOf(domain), controls]);
	const { who = 'members', mode = 'open', allow = [], block = [] } = json.invite ?? {};
	const invite = { who, mode, allow: allow.map(domainEntryOf), block: block.map(domainEntryOf) };
	return { enabled: json.enabled ?? true, directory: json.directory ?? 'exact', invite, controls: json.controls ?? {}, byDomain: new Map(byDomain) };
}

function policyOf(json) {
	return {
		name: json.name, external: json.external ?? true, mode: json.mode ?? 'inherit',
		allow: (json.allow ?? []).map(domainEntryOf), block: (json.block ?? []).map(domainEntryOf),
		accounts: (json.accounts ?? []).map(addressOf), segments: json.segments ?? [],
	};
}

function leaseOf(json, tenant) {
	return {
		tenant, id: json.id, lessee: json.lessee || null, accounts: (json.accounts ?? []).map(addressOf), holders: (json.holders ?? []).map(addressOf),
		starts: maybe(json.starts), ends: maybe(json.ends), suspended: json.suspended ?? false,
		reach: json.reach === 'everyone' ? 'everyone' : (json.reach ?? []).map(member),
		actions: json.actions ?? null, peers: json.peers ?? false, federation: json.federation ?? false,
	};
}

function tenantOf(json) {
	const tenant = {
		id: json.id, domains: (json.domains ?? []).map(domainOf), verified: json.verified ?? true, discloses: json.disclose !== 'generic',
		licences: json.licences ?? [], external: externalOf(json.external_access ?? {}), guests: guestAccessOf(json.guest_access ?? {}),
		segments: json.segments ?? [], unsegmented: json.barriers?.unsegmented ?? 'visible', barriers: json.barriers?.rules ?? [],
		policies: (json.policies ?? []).map(policyOf),
	};
	tenant.accounts = (json.accounts ?? []).map((account) => accountOf(account, tenant));
	tenant.leases = (json.leases ?? []).map((lease) => leaseOf(lease, tenant));
	return tenant;
}

/** The names of the segments that an account is in. */
export function segmentsOf(account) {
	if (!account.segments) {
		const values = new Map(Object.entries(account.attributes).map(([key, value]) => [key.toLowerCase(), value]));
		for (const key of ['kind', 'address', 'name', 'title', 'enabled'])
			values.set(key, account[key]);
		account.segments = account.tenant.segments.filter((s) => filterMatches(s.filter, values)).map((s) => s.name);
	}
	return account.segments;
}

/** The world, with its one index: accounts by address. */
export function worldOf(json) {
	const tenants = json.tenants.map(tenantOf);
	const byAddress = new Map(tenants.flatMap((t) => t.accounts).map((a) => [a.address, a]));
	const byDomain = new Map(tenants.flatMap((t) => t.domains.map((d) => [d, t])));
	return {
		tenants,
		tenant: (id) => tenants.find((t) => t.id === id) ?? null,
		account: (address) => byAddress.get(address) ?? null,
		tenantOfAddress: (address) => byDomain.get(domainPart(address)) ?? null,
	};
}
