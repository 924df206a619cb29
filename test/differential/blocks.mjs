// Entries that block: each is added to a world, and may close things and never open any.

const tenantOf = (r, world) => r.of(world.tenants);
const listOf = (object, key) => (object[key] ??= []);
const someDomain = (r, world) => r.of(['*.example', ...world.tenants.flatMap((t) => t.domains)]);
const someAddress = (r, world) => r.of(world.tenants.flatMap((t) => t.accounts).map((a) => a.address ?? a.home));

/** One more domain in the lists of all that let in what they do not block; being open is blocking nobody. */
function blockedIn(r, world, places) {
	const blocking = places.filter((place) => ['open', 'block'].includes(place.mode));
	for (const place of blocking) {
		place.mode = 'block';
		listOf(place, 'block').push(someDomain(r, world));
	}
	return blocking.length > 0;
}


/** name → (r, world) → whether an entry could be added. The world is changed. */
export const BLOCKS = {
	'a blocked domain': (r, world) => blockedIn(r, world, world.tenants.map((t) => t.external_access)),
	'a domain that a policy blocks': (r, world) => blockedIn(r, world, world.tenants.flatMap((t) => t.policies)),
	'a blocked person': (r, world) => {
		world.tenants.forEach((t) => listOf(t.external_access, 'blocked_people').push(...[1, 2, 3].map(() => ({ address: someAddress(r, world) }))));
		return true;
	},
	'an action switched off': (r, world) => {
		const access = tenantOf(r, world).external_access;
		access.off_actions = [...access.off_actions ?? ['file'], r.of(['presence', 'screen', 'video', 'annotate'])];
		return true;
	},
	'a blocked contact': (r, world) => {
		const account = r.of(world.tenants.flatMap((t) => t.accounts));
		const state = 'blocked';
		if (account.contacts?.length > 0)
			r.of(account.contacts).state = state;
		else
			account.contacts = [{ address: someAddress(r, world), state }];
		return true;
	},
	'a segment that a barrier blocks': (r, world) => {
		const tenants = world.tenants.filter((t) => t.segments.length > 0);
		if (tenants.length === 0)
			return false;
		const { segments, barriers } = r.of(tenants);
		const rules = listOf(barriers, 'rules');
		const { name } = r.of(segments);
		const rule = rules.find((each) => each.segment === name);
		if (rule && !rule.block)
			return false;
		(rule ?? rules[rules.push({ segment: name, block: [] }) - 1]).block.push(r.of(segments).name);
		return true;
	},
};
