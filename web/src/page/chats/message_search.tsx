/** Search in one's own messages, in the place of the list while something is typed. */
import { Search } from 'lucide-preact';
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { conversationFind, conversations } from '../../state/chats';
import { me } from '../../state/session';
import { clockText, dayKey, shortDayText, t } from '../../text/text';
import { Avatar } from '../../view/avatar';
import { messagesFind } from '../../wire/api';
import type { Message } from '../../wire/objects';

const SETTLE_MS = 200;

interface Found {
	messages: Message[];
	/** For the next page; null on the last. */
	before: number | null;
}

function useFound(query: string): [Found | 'fault' | null, () => void] {
	const [found, setFound] = useState<Found | 'fault' | null>(null);

	useEffect(() => {
		const abort = new AbortController();

		if (!query) {
			setFound(null);
			return;
		}

		const timer = setTimeout(() => {
			messagesFind(query, null, abort.signal).then(setFound, () => abort.signal.aborted || setFound('fault'));
		}, SETTLE_MS);

		return () => {
			clearTimeout(timer);
			abort.abort();
		};
	}, [query]);

	const more = () => {
		if (!found || found === 'fault' || found.before === null)
			return;
		messagesFind(query, found.before).then(
			(page) => setFound({ messages: [...found.messages, ...page.messages], before: page.before }),
			() => setFound('fault'),
		);
	};

	return [found, more];
}

export function MessageSearch({ children }: { children: ComponentChildren }) {
	const [text, setText] = useState('');
	const query = text.trim();
	const [found, more] = useFound(query);

	return (
		<>
			<label class="field find">
				<Search aria-hidden />
				<span class="vh">{t('chats.search')}</span>
				<input
					type="search"
					placeholder={t('chats.search')}
					maxLength={60}
					value={text}
					autocomplete="off"
					onInput={(event) => setText(event.currentTarget.value)}
					onKeyDown={(event) => event.key === 'Escape' && setText('')}
				/>
			</label>
			{query ? <Results found={found} query={query} onMore={more} /> : children}
		</>
	);
}

function Results({ found, query, onMore }: { found: Found | 'fault' | null; query: string; onMore(): void }) {
	if (found === null)
		return null;
	if (found === 'fault')
		return <p class="empty" role="alert">{t('search.fault')}</p>;
	return (
		<>
			<p class="vh" role="status">{t('chats.found', { n: found.messages.length })}</p>
			{found.messages.length === 0 && <p class="empty">{t('chats.nothing_found')}</p>}
			<ul>{found.messages.map((message) => <Result key={message.pos} message={message} query={query} />)}</ul>
			{found.before !== null && <button class="btn sec more" onClick={onMore}>{t('chats.found_more')}</button>}
		</>
	);
}

function Result({ message, query }: { message: Message; query: string }) {
	const conversation = conversations.value.find((one) => one.id === message.conversation);
	const today = dayKey(message.at) === dayKey(new Date().toISOString());

	useEffect(() => {
		if (!conversation)
			void conversationFind(message.conversation);
	}, [message.conversation, !conversation]);
	if (!conversation)
		return null;
	return (
		<li>
			<a class="entry" href={`/chats/${encodeURIComponent(message.conversation)}?at=${message.seq}`}>
				<Avatar person={conversation.with} size={44} />
				<span class="grow">
					<b>{conversation.with.name}</b>
					<small class="line">{message.from === me.value?.person.address && `${t('thread.you')}: `}<Snippet text={message.text} query={query} /></small>
				</span>
				<span class="side"><small class="num">{today ? clockText(message.at) : shortDayText(message.at)}</small></span>
			</a>
		</li>
	);
}

const AROUND = 24;

/** The words around the first one that was looked for. */
function Snippet({ text, query }: { text: string; query: string }) {
	const flat = text.replace(/\s+/g, ' ');
	const word = query.split(/\s+/).find((one) => flat.toLowerCase().includes(one.toLowerCase()));
	const at = word ? flat.toLowerCase().indexOf(word.toLowerCase()) : -1;

	if (!word || at < 0)
		return <>{flat}</>;

	const from = Math.max(0, at - AROUND);

	return <>{from > 0 && '…'}{flat.slice(from, at)}<mark>{flat.slice(at, at + word.length)}</mark>{flat.slice(at + word.length)}</>;
}
