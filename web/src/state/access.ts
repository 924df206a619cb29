/** The draft of External access: gates by list, the difference to what is saved, and merging with somebody else's save. Pure. */
import type { Access, Border, Effect, Mode, Row } from '../wire/objects';

/** `*.x` takes in every subdomain of x, but not x itself. */
export function domainCovers(entry: string, domain: string): boolean {
	return entry.startsWith('*.') ? domain.endsWith(entry.slice(1)) && domain.length > entry.length - 1 : entry === domain;
}

export const listCovers = (list: string[], domain: string): boolean => list.some((entry) => domainCovers(entry, domain));

/** Our border towards a domain as the lists alone decide it. Whether the other has proved its domain only the server knows. */
export function borderOf(access: Access, domain: string): Border {
	switch (access.mode) {
	case 'off':
		return 'off';
	case 'allow':
		return listCovers(access.allow, domain) ? 'listed' : 'not_listed';
	case 'block':
		return listCovers(access.block, domain) ? 'blocked' : 'open';
	case 'open':
		return 'open';
	}
}

export const borderOpen = (border: Border): boolean => border === 'open' || border === 'listed';

/** The list that counts in a mode. */
export const listInForce = (mode: Mode): 'allow' | 'block' | null => (mode === 'allow' || mode === 'block' ? mode : null);

/** The entry other than the domain itself that decides about it: no switch of ours can change that. */
export function coveringEntry(access: Access, domain: string): string | null {
	const list = listInForce(access.mode);

	return (list && access[list].find((entry) => entry !== domain && domainCovers(entry, domain))) || null;
}

export function accessMode(access: Access, mode: Mode): Access {
	return { ...access, mode };
}

export function accessWith(access: Access, list: 'allow' | 'block', domain: string): Access {
	return access[list].includes(domain) ? access : { ...access, [list]: [...access[list], domain].sort() };
}

export function accessWithout(access: Access, list: 'allow' | 'block', domain: string): Access {
	return { ...access, [list]: access[list].filter((entry) => entry !== domain) };
}

/** Open or shut our gate to a domain by the list in force. */
export function accessToggle(access: Access, domain: string): Access {
	const list = listInForce(access.mode);

	if (!list)
		return access;
	return access[list].includes(domain) ? accessWithout(access, list, domain) : accessWith(access, list, domain);
}

export type Change =
	| { kind: 'mode'; before: Mode; after: Mode }
	| { kind: 'added' | 'removed'; list: 'allow' | 'block'; domain: string };

export function accessChanges(saved: Access, draft: Access): Change[] {
	const changes: Change[] = saved.mode === draft.mode ? [] : [{ kind: 'mode', before: saved.mode, after: draft.mode }];

	for (const list of ['allow', 'block'] as const) {
		for (const domain of draft[list])
			if (!saved[list].includes(domain))
				changes.push({ kind: 'added', list, domain });
		for (const domain of saved[list])
			if (!draft[list].includes(domain))
				changes.push({ kind: 'removed', list, domain });
	}
	return changes;
}

/** Somebody saved meanwhile: put our changes on top of theirs. */
export function accessRebase(base: Access, draft: Access, fresh: Access): Access {
	let merged = fresh;

	for (const change of accessChanges(base, draft)) {
		if (change.kind === 'mode')
			merged = accessMode(merged, change.after);
		else if (change.kind === 'added')
			merged = accessWith(merged, change.list, change.domain);
		else
			merged = accessWithout(merged, change.list, change.domain);
	}
	return merged;
}

export type DomainWish = 'empty' | 'shape' | 'own' | 'listed' | null;

/** What is wrong with a domain that somebody wants to add; null when nothing is. The server has the last word. */
export function domainWish(access: Access, list: 'allow' | 'block', domain: string, own: string[]): DomainWish {
	if (!domain)
		return 'empty';
	if (!/^(\*\.)?[\p{L}\p{N}]([\p{L}\p{N}-]*[\p{L}\p{N}])?(\.[\p{L}\p{N}]([\p{L}\p{N}-]*[\p{L}\p{N}])?)*$/u.test(domain))
		return 'shape';
	if (own.some((mine) => domainCovers(domain, mine)))
		return 'own';
	return access[list].includes(domain) ? 'listed' : null;
}

export const rowName = (row: Row): string => row.tenant?.name ?? row.domain;

/** The rows that the draft opens and cuts. */
export function effectRows(effect: Effect): { cut: Row[]; opened: Row[] } {
	return {
		cut: effect.organisations.filter((row) => row.was_open && !row.open),
		opened: effect.organisations.filter((row) => !row.was_open && row.open),
	};
}
