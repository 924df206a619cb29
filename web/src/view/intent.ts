/** What people want from several pages: to chat with, or to call somebody. */
import { useLocation } from 'preact-iso';
import { conversationWith } from '../state/chats';
import { callNow } from '../state/calls';
import { reasonSentence } from '../state/gate';
import { toast } from '../state/notice';
import { t } from '../text/text';
import type { Person } from '../wire/objects';
import { problemOf } from '../wire/problem';
import { partiesOf } from './person';

export interface Intents {
	chat(address: string, person: Person | null): Promise<void>;
	call(address: string, withCamera: boolean): void;
}

export function useIntents(): Intents {
	const { route } = useLocation();

	return {
		async chat(address, person) {
			try {
				route(`/chats/${encodeURIComponent((await conversationWith(address)).id)}`);
			} catch (error) {
				const told = problemOf(error);

				toast(reasonSentence(told.reason, told.answer, partiesOf(person, address, told.tenant), told.title), true);
			}
		},
		call(address, withCamera) {
			if (callNow.value)
				toast(t('call.one_at_a_time'), true);
			else
				route(`/call/new?to=${encodeURIComponent(address)}&camera=${withCamera ? 1 : 0}`);
		},
	};
}
