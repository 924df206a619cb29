/** What the browser remembers for us. Storage may be switched off or full: then nothing is remembered, and nothing breaks. */

function storage(session: boolean): Storage | null {
	try {
		return session ? sessionStorage : localStorage;
	} catch {
		return null;
	}
}

/** False where storage is switched off: what is not found there then means nothing. */
export const canKeep = (): boolean => storage(false) !== null;

export function keep(key: string, value: unknown, session = false): void {
	try {
		storage(session)?.setItem(key, JSON.stringify(value));
	} catch {
		/* Full: the next visit starts without it. */
	}
}

export function recall<T>(key: string, session = false): T | null {
	try {
		return JSON.parse(storage(session)?.getItem(key) ?? 'null') as T | null;
	} catch {
		return null;
	}
}
