/** Conversations behind those that the line tells, page by page, as far as somebody looks. */
import { ask } from '../wire/api';
import { conversation, type Conversation } from '../wire/objects';
import { list, nullable, object, whole } from '../wire/shape';
import { conversations, conversationsBefore, conversationsJoin } from './chats';

/** So many rows before the last known one the next page is asked for. */
const AHEAD = 30;

const pageShape = object<{ conversations: Conversation[]; before: number | null }>({ conversations: list(conversation), before: nullable(whole) });

let seen = 0;
let asking = false;

/** What is in sight is not known, or not as it is now. */
function lacking(): boolean {
	const known = conversations.peek();
	const before = conversationsBefore.peek();

	return before !== null && (seen + AHEAD >= known.length || (known[seen]?.last?.pos ?? 0) < before);
}

/** The list is looked at as far as this row. Throws when the server can't be asked. */
export async function olderSee(place: number): Promise<void> {
	seen = place;
	if (asking)
		return;
	asking = true;
	try {
		while (lacking()) {
			const before = conversationsBefore.peek();
			const page = (await ask('GET', `/conversations?before=${before}`, pageShape)).value;

			/* Said hello meanwhile: what is known begins anew. */
			if (conversationsBefore.peek() !== before)
				continue;
			conversations.value = conversationsJoin(conversations.peek(), page.conversations);
			conversationsBefore.value = page.before;
		}
	} finally {
		asking = false;
	}
}
