// Section 6: who may join a group. Slow and obvious.
import { leasesOf, termOf } from './gates.mjs';
import { decide } from './oracle.mjs';
import { domainPart, instantOf } from './text.mjs';

/** For which organisation somebody takes part, and the tenants whose caps come with him. */
function belonging(world, address, at) {
	const account = world.account(address);
	const tenant = world.tenantOfAddress(address);
	if (account?.home) {
		const home = world.tenantOfAddress(account.home);
		return { organisation: home?.id ?? domainPart(account.home), tenants: [tenant, home] };
	}
	const lessee = account && leasesOf(account).find((lease) => termOf(lease, at) === 'now')?.lessee;
	return { organisation: lessee ?? tenant?.id ?? domainPart(address), tenants: [tenant, lessee && world.tenant(lessee)] };
}

/** May `joining` join the members? { allowed, reason } and, on a refusal, the closed pair, or whose cap it is. */
export function join(world, { members, joining, action, at }) {
	for (const member of members) {
		for (const [from, to] of [[joining, member], [member, joining]]) {
			const { allowed, reason } = decide(world, { from, to, action, at });
			if (!allowed)
				return { allowed, reason, from, to };
		}
	}
	const present = [...members, joining].map((address) => belonging(world, address, instantOf(at)));
	const cappers = present.flatMap((p) => p.tenants).filter(Boolean);
	const cap = Math.min(...cappers.map((tenant) => tenant.external.maxOrganisations));
	if (new Set(present.map((p) => p.organisation)).size <= cap)
		return { allowed: true, reason: 'ok' };
	return { allowed: false, reason: 'group.too_many_organisations', from: joining, to: '', cappers: cappers.filter((t) => t.external.maxOrganisations === cap).map((t) => t.id) };
}
