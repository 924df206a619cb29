/** Words for people and for who is who. */
import type { Parties } from '../state/gate';
import { organisations } from '../state/people';
import { me } from '../state/session';
import { t } from '../text/text';
import type { Person } from '../wire/objects';

/** Who is who in a sentence about reaching somebody. */
export function partiesOf(person: Person | null, address: string, tenant: string | null = null): Parties {
	const own = me.value?.tenant;
	const domain = address.split('@')[1] ?? address;
	const other = person?.tenant.name ?? (tenant && tenant !== own?.id ? organisations.value[tenant] : undefined);

	return { ownTenant: own?.id ?? '', ownName: own?.name ?? '', otherName: other ?? domain, person: person ? firstName(person) : address };
}

/** "Tess" of Tess Walcott. */
export const firstName = (person: Person): string => person.name.split(/\s+/)[0] || person.address;

/** Came by a link, under a name that nobody has verified. */
export const byLink = (person: Person): boolean => person.address.includes('=link.invalid@');

/** Whose they are, as far as anybody vouches for it. */
export const orgLine = (person: Person): string => (byLink(person) ? t('person.by_link') : person.tenant.name);

/** A person's second line: what they do, or that the account is lent or invited. */
export function roleLine(person: Person): string {
	if (person.kind === 'service')
		return t('person.leased', { address: person.address });
	if (byLink(person))
		return orgLine(person);
	if (person.kind === 'guest')
		return t('person.guest', { address: person.address });
	/* Whoever is outside always shows his domain. */
	return person.tenant.id === me.value?.tenant.id ? person.title || person.address : person.address;
}
