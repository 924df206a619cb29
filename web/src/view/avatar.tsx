/** People as circles, organisations as tiles. Colours come from the address or domain; white on each is at least 4.5 : 1. */
import { presences } from '../state/presence';
import { me } from '../state/session';
import { t } from '../text/text';
import type { Person, PresenceState } from '../wire/objects';

const COLOURS = [
	'#2f6b4f', '#1f6fb2', '#a33c6b', '#5f6b12', '#6a4bb8', '#8c4a1f',
	'#0e6f8a', '#a13d7c', '#b0471a', '#3d5a80', '#7a4a8c', '#42635c',
];

function colourOf(text: string): string {
	let hash = 7;

	for (const char of text)
		hash = (hash * 31 + char.codePointAt(0)!) >>> 0;
	return COLOURS[hash % COLOURS.length]!;
}

function initials(name: string): string {
	const words = name.split(/\s+/).filter(Boolean);

	return words.slice(0, 2).map((word) => [...word][0]).join('').toUpperCase();
}

interface AvatarProps {
	person: Pick<Person, 'name' | 'address'>;
	size?: number;
	/** Show whether they are there. */
	presence?: boolean;
	/** … or this. */
	state?: PresenceState;
}

const DOT: Record<NonNullable<PresenceState>, string> = { available: 'dot', busy: 'dot busy', away: 'dot away', in_call: 'dot call', offline: 'dot off' };

export function Avatar({ person, size = 36, presence = false, state: given = null }: AvatarProps) {
	const state = presence ? (presences.value[person.address] ?? null) : given;
	const label = state ? t(`presence.${state}`, { name: person.name }) : person.name;

	return (
		<span class="av" style={{ '--z': `${size}px`, '--c': colourOf(person.address) }} data-initials={initials(person.name || person.address)} role="img" aria-label={label}>
			{state && <i class={DOT[state]} />}
		</span>
	);
}

/** One's own organisation always has the colour of the house. */
const HOUSE = '#0b6b5d';

export function OrgTile({ name, domain, size = 36 }: { name: string; domain: string; size?: number }) {
	const own = me.value?.tenant.domains.includes(domain);

	return (
		<span class="org" style={{ '--z': `${size}px`, '--c': own ? HOUSE : colourOf(domain) }} data-initials={initials(name)} aria-hidden="true" />
	);
}
