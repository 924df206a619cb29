/** The directory as the People page shows it, and the search over it. */
import { computed, signal } from '@preact/signals';
import * as api from '../wire/api';
import type { Conversation, Directory, Person } from '../wire/objects';
import { conversations } from './chats';
import { hearEvents } from './line';
import { me } from './session';

export interface Group {
	id: string;
	name: string;
	domain: string;
	own: boolean;
	people: Person[];
}

/**
 * Own organisation first, then the others by name; everybody once, by name. An own one that came in pages stays in their order,
 * that of the addresses: who comes with the next stands behind those who are there.
 */
export function peopleGroups(people: Person[], ownTenant: string, paged = false): Group[] {
	const groups = new Map<string, Group>();
	const seen = new Set<string>();

	for (const person of people) {
		const { id, name, domain } = person.tenant;
		const group = groups.get(id) ?? { id, name, domain, own: id === ownTenant, people: [] };

		if (seen.has(person.address))
			continue;
		seen.add(person.address);
		group.people.push(person);
		groups.set(id, group);
	}
	for (const group of groups.values())
		group.people.sort(group.own && paged ? (a, b) => (a.address < b.address ? -1 : 1) : (a, b) => a.name.localeCompare(b.name));
	return [...groups.values()].sort((a, b) => Number(b.own) - Number(a.own) || a.name.localeCompare(b.name));
}

const directory = signal<Directory | null>(null);

/** The own organisation did not come at once. */
const paged = signal(false);

export const peopleKnown = computed(() => directory.value !== null);

export const groups = computed(() => {
	const own = me.value;
	const listed = directory.value?.people.flatMap((entry) => (entry.person && entry.contact !== 'blocked' ? [entry.person] : [])) ?? [];
	const met = conversations.value.filter((c: Conversation) => c.contact !== 'blocked').map((c) => c.with);

	return own ? peopleGroups([...listed, ...met].filter((p) => p.address !== own.person.address), own.tenant.id, paged.value) : [];
});

/** Names of the organisations that we have met, by tenant id: answers carry only ids. */
export const organisations = computed(() => {
	const names: Record<string, string> = {};

	for (const group of groups.value)
		names[group.id] = group.name;
	if (me.value)
		names[me.value.tenant.id] = me.value.tenant.name;
	return names;
});

export const peopleAfter = computed(() => directory.value?.after ?? null);

/** Whom one has blocked: by name, where one may still know it. */
export const peopleBlocked = computed(() => directory.value?.people.filter((entry) => entry.contact === 'blocked') ?? []);

export async function peopleLoad(): Promise<void> {
	const first = await api.peopleGet(null);

	paged.value = first.after !== null;
	directory.value = first;
}

export async function peopleMore(): Promise<void> {
	const before = directory.peek();

	if (!before?.after)
		return;

	const page = await api.peopleMore(before.after);

	if (directory.peek() === before)
		directory.value = { ...before, people: [...before.people, ...page.people], after: page.after };
}

export async function peopleUnblock(address: string): Promise<void> {
	await api.contactDrop(address);
	await peopleLoad();
}

export function peopleStart(): void {
	hearEvents((event) => {
		/* Told to all devices; the list is fetched by the page that shows it. */
		if (event.ev === 'contact' && directory.peek())
			void peopleLoad().catch(() => {});
	});
	me.subscribe((now) => {
		if (!now)
			directory.value = null;
	});
}

/** Somebody whom we have met or who is a colleague. */
export function personOf(address: string): Person | null {
	return groups.value.flatMap((group) => group.people).find((person) => person.address === address) ?? null;
}
