// Edits of a world that the engine makes in place, by patching: each changes the document and says by which command the engine does
// the same. A patched world has to be the world that is built from the changed document.

import { addressOf, domainOf, guestAddress } from './text.mjs';

const tenantAlone = ({ accounts, ...tenant }) => tenant;

/** name → (maker, world, tenant's index) → [command, value], or null when there is nothing to edit. The world is changed. */
export const EDITS = {
	'external access replaced': (maker, world, i) => {
		const tenant = world.tenants[i];
		tenant.external_access = maker.externalAccess();
		return ['access', { tenant: tenant.id, to: tenant.external_access }];
	},
	'guest access replaced': (maker, world, i) => {
		world.tenants[i].guest_access = maker.guestAccess();
		return rulesOf(world.tenants[i]);
	},
	'barriers replaced': (maker, world, i) => {
		world.tenants[i].barriers = maker.barriers(world.tenants[i]);
		return rulesOf(world.tenants[i]);
	},
	'policies replaced': (maker, world, i) => {
		world.tenants[i].policies = maker.policies(maker.peopleOf(maker.tenants[i]), world.tenants[i]);
		return rulesOf(world.tenants[i]);
	},
	'leases replaced': (maker, world, i) => {
		world.tenants[i].leases = maker.leases(maker.tenants[i], maker.peopleOf(maker.tenants[i]), world.tenants[i]);
		return rulesOf(world.tenants[i]);
	},
	'all leases ended': (maker, world, i) => {
		if (world.tenants[i].leases.length === 0)
			return null;
		world.tenants[i].leases = [];
		return rulesOf(world.tenants[i]);
	},
	'an account replaced': (maker, world, i) => {
		const person = maker.r.of(maker.peopleOf(maker.tenants[i]));
		return person ? replaced(maker, world.tenants[i], person, person.address) : null;
	},
	'an account renamed': (maker, world, i) => {
		const person = maker.r.of(maker.peopleOf(maker.tenants[i]).filter((p) => p.kind === 'internal'));
		const was = person?.address, address = newAddress(maker, maker.tenants[i]);
		return person && address ? replaced(maker, world.tenants[i], Object.assign(person, { address }), was) : null;
	},
	'an account added': (maker, world, i) => {
		const address = newAddress(maker, maker.tenants[i]);
		return address ? added(maker, world.tenants[i], { tenant: maker.tenants[i], kind: maker.r.of(['internal', 'internal', 'service']), address }) : null;
	},
	'a guest added': (maker, world, i) => {
		const tenant = maker.tenants[i], all = maker.people.map((p) => p.address);
		const homes = maker.people.filter((p) => p.kind === 'internal' && p.tenant !== tenant).map((p) => p.address);
		const home = maker.r.of([...homes, 'zed@outside.example'].filter((h) => !all.includes(guestAddress(h, tenant.domains[0]))));
		return home ? added(maker, world.tenants[i], { tenant, kind: 'guest', home, address: guestAddress(home, tenant.domains[0]) }) : null;
	},
	'an account removed': (maker, world, i) => {
		const tenant = world.tenants[i], lent = tenant.leases.flatMap((lease) => lease.accounts.map(addressOf));
		const person = maker.r.of(maker.peopleOf(maker.tenants[i]).filter((p) => !lent.includes(p.address)));
		if (!person)
			return null;
		tenant.accounts.splice(placeOf(tenant, person.address), 1);
		maker.people.splice(maker.people.indexOf(person), 1);
		return ['gone', { account: person.address }];
	},
};

const placeOf = (tenant, address) => tenant.accounts.findIndex((json) => addressOfAccount(json, tenant) === address);

function addressOfAccount(json, tenant) {
	return json.home ? guestAddress(addressOf(json.home), domainOf(tenant.domains[0])) : addressOf(json.address);
}

/** An address of the tenant that nobody has, and nobody's home is. */
function newAddress({ r, people }, tenant) {
	const taken = people.flatMap((p) => [p.address, p.home]);
	return r.of(['neo', 'mia', 'ann', 'bob', 'zoë', '𐐨x'].map((local) => `${local}@${r.of(tenant.domains)}`).filter((address) => !taken.includes(address)));
}

/** A person of the maker's as an account, with everything else about it new. */
function accountAnew(maker, tenant, person) {
	const { r } = maker;
	const guest = () => ({ home: r.addressSpelt(person.home), state: r.of(['accepted', 'accepted', 'pending']), ...(r.chance(0.2) ? { expires: r.time() } : {}) });
	const own = () => ({ address: r.addressSpelt(person.address), ...(person.kind === 'service' && r.chance(0.4) ? { in_house: true } : {}) });
	person.json = { kind: person.kind, ...(person.kind === 'guest' ? guest() : own()), ...maker.person() };
	return maker.account(person, maker.peopleOf(person.tenant), tenant);
}

function replaced(maker, tenant, person, was) {
	const place = placeOf(tenant, was);
	tenant.accounts[place] = accountAnew(maker, tenant, person);
	return ['account', { tenant: tenant.id, was, to: tenant.accounts[place] }];
}

function added(maker, tenant, person) {
	maker.people.push(person);
	tenant.accounts.push(accountAnew(maker, tenant, person));
	return ['account', { tenant: tenant.id, was: null, to: tenant.accounts.at(-1) }];
}

const rulesOf = (tenant) => ['rules', { tenant: tenant.id, to: tenantAlone(tenant) }];
