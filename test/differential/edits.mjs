// Edits of a world that the engine makes in place, by patching: each changes the document and says by which command the engine does
// the same. A patched world has to be the world that is built from the changed document.

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
};

const rulesOf = (tenant) => ['rules', { tenant: tenant.id, to: tenantAlone(tenant) }];
