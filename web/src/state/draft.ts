/** What was begun and not sent, by conversation: on this device only. */
import { me, sessionLost } from './session';
import { keep, recall } from './store';

const DRAFTS_MOST = 100;

type Drafts = Record<string, string>;

const key = (address: string) => `drafts:${address}`;
const mine = () => key(me.peek()?.person.address ?? '');

export const draftOf = (conversation: string): string => recall<Drafts>(mine())?.[conversation] ?? '';

export function draftKeep(conversation: string, text: string): void {
	const { [conversation]: old, ...others } = recall<Drafts>(mine()) ?? {};

	if (text === (old ?? ''))
		return;
	/* The one written last stands last; the oldest go. */
	keep(mine(), Object.fromEntries(Object.entries(text ? { ...others, [conversation]: text } : others).slice(-DRAFTS_MOST)));
}

/** Who signs out leaves nothing behind; a session that ended by itself is taken up again. */
export function draftsStart(): void {
	let last = '';

	me.subscribe((now) => {
		if (!now && last && !sessionLost.peek())
			keep(key(last), {});
		last = now?.person.address ?? '';
	});
}
