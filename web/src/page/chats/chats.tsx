/** Two panes on a desk; on a phone the list, then the thread. */
import type { RefObject } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { conversationFind, conversations, conversationsBefore, conversationsKnown, unreadCount } from '../../state/chats';
import { toast } from '../../state/notice';
import { olderSee } from '../../state/older';
import { presenceWatch } from '../../state/presence';
import { me } from '../../state/session';
import { typingIn } from '../../state/typing';
import { clockText, dayKey, shortDayText, t } from '../../text/text';
import type { Conversation } from '../../wire/objects';
import { Avatar, OrgTile } from '../../view/avatar';
import { useLongList, type RowAttributes } from '../../view/long_list';
import { usePage } from '../../view/page';
import { firstName } from '../../view/person';
import './chats.css';
import { MessageSearch } from './message_search';
import { ThreadPane } from './thread_pane';

export default function Chats({ id }: { id?: string }) {
	const list = conversations.value;
	const chosen = list.find((conversation) => conversation.id === id);
	const gone = useGone(id, conversationsKnown.value && !chosen);
	const box = useRef<HTMLElement>(null);

	usePage(chosen ? t('chats.with', { name: chosen.with.name }) : t('nav.chats'));
	useEffect(() => (chosen ? presenceWatch([chosen.with.address]) : undefined), [chosen?.with.address]);

	return (
		<div class={id ? 'chats open' : 'chats'}>
			<h1 class="vh">{chosen ? t('chats.with', { name: chosen.with.name }) : t('nav.chats')}</h1>
			<section class="list" ref={box} aria-label={t('chats.list')}>
				<h2>{t('nav.chats')}</h2>
				<MessageSearch>
					{conversationsKnown.value && list.length === 0 && <p class="empty">{t('chats.empty')}</p>}
					<Entries box={box} here={id} />
				</MessageSearch>
			</section>
			{chosen && <ThreadPane key={chosen.id} conversation={chosen} />}
			{!chosen && conversationsKnown.value && (gone || !id) && <p class="none empty">{t(id ? 'chats.gone' : 'chats.choose')}</p>}
		</div>
	);
}

const ROW_PX = 66;

function Entries({ box, here }: { box: RefObject<HTMLElement>; here: string | undefined }) {
	const list = conversations.value;
	const keys = useMemo(() => list.map((conversation) => conversation.id), [list]);
	const [watched, setWatched] = useState('');
	const before = conversationsBefore.value;
	const see = (first: number, last: number) => {
		setWatched(list.slice(Math.max(0, first), last + 1).map((conversation) => conversation.with.address).join());
		void olderSee(last).catch(() => toast(t('chats.older_fault'), true));
	};
	const long = useLongList({ keys, guess: ROW_PX, open: before !== null, within: box, onRest: see });

	useEffect(() => (watched ? presenceWatch(watched.split(',')) : undefined), [watched]);
	return (
		<ul class="long" ref={long.list} {...long.bind}>
			{long.places.map((place) => <Entry key={keys[place]} conversation={list[place]!} here={keys[place] === here} row={long.row(place)} />)}
		</ul>
	);
}

/** Looks for a conversation that the list lacks; true when the server has none either. */
function useGone(id: string | undefined, lacking: boolean): boolean {
	const [gone, setGone] = useState<string | null>(null);

	useEffect(() => {
		if (id && lacking)
			void conversationFind(id).then((found) => setGone(found ? null : id));
	}, [id, lacking]);
	return gone === id;
}

function whenText(at: string): string {
	return dayKey(at) === dayKey(new Date().toISOString()) ? clockText(at) : shortDayText(at);
}

/** What matters more than the last word. */
function stateLine({ closed, contact, waits_for, with: person }: Conversation): string | null {
	if (closed)
		return t('chats.closed');
	if (contact === 'blocked')
		return t('chats.blocked');
	return waits_for === 'me' ? t('chats.request', { org: person.tenant.name }) : null;
}

function Entry({ conversation, here, row }: { conversation: Conversation; here: boolean; row: RowAttributes }) {
	const mine = me.value?.person.address ?? '';
	const { last } = conversation;
	const person = conversation.with;
	const typing = typingIn.value.has(conversation.id);
	const waiting = unreadCount(conversation);
	const words = last?.deleted ? t('thread.deleted') : (last?.text || (last?.file?.name ?? ''));
	const line = last ? (last.from === mine ? t('chats.you_said', { text: words }) : words) : t('chats.nothing');

	return (
		<li {...row}>
			<a class={waiting ? 'entry new' : 'entry'} href={`/chats/${encodeURIComponent(conversation.id)}`} aria-current={here ? 'page' : undefined}>
				<Avatar person={person} size={44} presence />
				<span class="grow">
					<b>{person.name}</b>
					<small class={typing ? 'line typing' : 'line'}>{stateLine(conversation) ?? (typing ? t('thread.typing', { name: firstName(person) }) : line)}</small>
				</span>
				<span class="side">
					<small class="num">{last ? whenText(last.at) : ''}</small>
					{waiting > 0
						? <span class="count num" aria-label={t('nav.unread', { n: waiting })}>{waiting}</span>
						: person.tenant.id !== me.value?.tenant.id && <OrgTile name={person.tenant.name} domain={person.tenant.domain} size={22} />}
				</span>
			</a>
		</li>
	);
}
