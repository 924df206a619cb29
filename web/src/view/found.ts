/** Looking people up while somebody types. */
import { useEffect, useState } from 'preact/hooks';
import { peopleGet } from '../wire/api';
import type { Directory } from '../wire/objects';

const SETTLE_MS = 160;

/** What the server finds, a moment after the last key. */
export function useFound(query: string): Directory | 'fault' | null {
	const [found, setFound] = useState<Directory | 'fault' | null>(null);

	useEffect(() => {
		const abort = new AbortController();

		if (!query) {
			setFound(null);
			return;
		}

		const timer = setTimeout(() => {
			peopleGet(query, abort.signal).then(setFound, () => abort.signal.aborted || setFound('fault'));
		}, SETTLE_MS);

		return () => {
			clearTimeout(timer);
			abort.abort();
		};
	}, [query]);
	return found;
}
