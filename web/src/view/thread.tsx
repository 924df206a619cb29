/** The messages of a conversation and the way to write one. Used by Chats and by the panel of a call. */
import { CircleAlert, Clock } from 'lucide-preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { threadRows } from '../state/called';
import { conversationRead } from '../state/chats';
import { gateDrawing, reasonSentence } from '../state/gate';
import { isAdmin, me } from '../state/session';
import { threadBubbles, type Bubble, type Thread as ThreadState } from '../state/thread';
import { messageResend, sendProblem, threadEarlier, threadOf, threadOpen, threadReach } from '../state/threads';
import { clockText, dayText, t } from '../text/text';
import type { Conversation } from '../wire/objects';
import { ErrorBoundary, lazy, useLocation } from 'preact-iso';
import { CallCard, useCalled } from './call_card';
import { Composer } from './composer';
import { GateLine } from './gate_line';
import { useLongList, type RowAttributes } from './long_list';
import { OwnMessage } from './own_message';
import './thread.css';
import { firstName, partiesOf } from './person';
import { Words } from './words';

/* Few threads need it. */
const FirstContact = lazy(() => import('./first_contact'));
const FileCard = lazy(() => import('./file_card'));
const PictureDialog = lazy(() => import('./picture'));

export function Thread({ conversation }: { conversation: Conversation }) {
	const { id } = conversation;
	const thread = threadOf(id);
	const mine = me.value?.person.address ?? '';
	const called = useCalled();
	const bubbles = useMemo(() => threadBubbles(thread, mine), [thread, mine]);
	const rows = useMemo(() => threadRows(bubbles, called, conversation.with.address, thread.more), [bubbles, called, conversation.with.address, thread.more]);
	const keys = useMemo(() => rows.map((row) => row.key), [rows]);
	const [fault, setFault] = useState(false);
	const lastSeq = thread.messages.at(-1)?.seq ?? 0;
	const newest = bubbles.at(-1)?.id;
	const sought = useSought(id);
	const earlier = useEarlier(id, thread, setFault);
	const long = useLongList({ keys, guess: ROW_PX, open: thread.more, ends: true, onRest: (first) => first >= 0 && first < AHEAD && earlier() });

	useEffect(() => {
		if (!thread.known)
			threadOpen(id).then(() => setFault(false), () => setFault(true));
	}, [id, thread.known]);
	useEffect(() => {
		if (lastSeq && document.visibilityState === 'visible')
			conversationRead(id, lastSeq);
	}, [id, lastSeq]);
	useLayoutEffect(() => {
		/* Who writes wants to see it; who reads further up is left there. */
		if (bubbles.at(-1)?.mine)
			long.end();
	}, [newest]);
	useLayoutEffect(() => {
		if (sought !== null)
			long.show(keys.indexOf(`${sought}`));
	}, [sought]);

	return (
		<>
			<div class="thread" ref={long.scroller} tabIndex={0} role="log" aria-label={t('thread.label')}>
				{thread.known && thread.more && <button class="btn sec earlier" onClick={earlier}>{t('thread.earlier')}</button>}
				{fault && <p class="empty" role="alert">{t('thread.fault')}</p>}
				{thread.known && rows.length === 0 && <p class="empty">{t('thread.empty', { name: conversation.with.name })}</p>}
				<ol class="long" ref={long.list} {...long.bind}>
					{long.places.map((place) => {
						const { key, bubble, call, day } = rows[place]!;
						const row = long.row(place);

						if (call)
							return <CallCard key={key} call={call} name={conversation.with.name} row={row} />;
						return bubble
							? <BubbleRow key={key} row={row} bubble={bubble} conversation={conversation} last={bubble.id === newest} sought={bubble.message?.seq === sought} />
							: <li key={key} class="day" {...row}><span>{dayText(day)}</span></li>;
					})}
				</ol>
			</div>
			<Foot conversation={conversation} />
		</>
	);
}

/** A bubble of one line; so many rows before the first one the page before it is asked for. */
const ROW_PX = 48;
const AHEAD = 10;
const PAGE = 100;

/** Loads what lies before, one page at a time. */
function useEarlier(id: string, { known, more }: ThreadState, onFault: (fault: boolean) => void): () => void {
	const asking = useRef(false);

	return () => {
		if (!known || !more || asking.current)
			return;
		asking.current = true;
		threadEarlier(id, PAGE).then(() => onFault(false), () => onFault(true)).finally(() => void (asking.current = false));
	};
}

/** The message that the address names, once it is loaded. */
function useSought(id: string): number | null {
	const wanted = Number(useLocation().query['at'] ?? 0);
	const [there, setThere] = useState<number | null>(null);

	useEffect(() => {
		setThere(null);
		if (wanted > 0)
			void threadReach(id, wanted).then((reached) => reached && setThere(wanted), () => {});
	}, [id, wanted]);
	return there;
}

function Foot({ conversation }: { conversation: Conversation }) {
	if (conversation.closed)
		return <Closed conversation={conversation} />;
	if (conversation.waits_for === 'me' || conversation.contact === 'blocked')
		return <FirstContact conversation={conversation} />;
	return (
		<>
			{conversation.waits_for === 'them' && <p class="waits" role="status">{t('request.waits', { name: firstName(conversation.with) })}</p>}
			<Composer key={conversation.id} conversation={conversation} />
		</>
	);
}

/** What became of the newest message of one's own. */
function sentText(bubble: Bubble, { theirs }: Conversation): string {
	const seq = bubble.message?.seq ?? 0;
	const time = clockText(bubble.at);

	if (seq <= theirs.read)
		return t('thread.read', { time });
	return seq <= theirs.delivered ? t('thread.delivered', { time }) : t('thread.sent', { time });
}

interface RowProps {
	row: RowAttributes;
	bubble: Bubble;
	conversation: Conversation;
	last: boolean;
	/** The one that was looked for. */
	sought: boolean;
}

function BubbleRow({ row, bubble, conversation, last, sought }: RowProps) {
	const told = sendProblem.value[conversation.id];
	const by = bubble.mine ? t('thread.you') : conversation.with.name;
	const { message } = bubble;
	const [open, setOpen] = useState(false);
	const changeable = bubble.mine && message && !message.deleted && !conversation.closed;

	return (
		<li {...row} class={`bubble ${bubble.mine ? 'mine' : 'theirs'} ${bubble.state}${bubble.first ? ' first' : ''}${sought ? ' sought' : ''}`}>
			<span class="vh">{by}</span>
			<span class={message?.file ? 'words files' : 'words'}>
				{changeable && <OwnMessage message={message} />}
				{message?.deleted
					? <p class="gone">{t('thread.deleted')}</p>
					: bubble.text && <p dir="auto">{conversation.waits_for === 'me' ? bubble.text : <Words text={bubble.text} />}</p>}
				{message?.file && <FileCard file={message.file} onOpen={() => setOpen(true)} />}
			</span>
			<ErrorBoundary>{open && message && <PictureDialog message={message} onClose={() => setOpen(false)} />}</ErrorBoundary>
			{bubble.state === 'waiting' && <small><Clock aria-hidden />{t('thread.sending')}</small>}
			{bubble.state === 'stored' && (bubble.last || message?.edited) && !message?.deleted && (
				<small class="num">
					{message?.edited && <span title={clockText(message.edited)}>{t('thread.edited')}</span>}
					{bubble.last && (bubble.mine && last ? sentText(bubble, conversation) : clockText(bubble.at))}
				</small>
			)}
			{bubble.state === 'failed' && (
				<small class="bad">
					<CircleAlert aria-hidden />
					{t('thread.failed')} {told ? reasonSentence(told.reason, told.answer, partiesOf(conversation.with, conversation.with.address), told.title) : ''}
					<button onClick={() => messageResend(conversation.id, bubble.id)}>{t('thread.again')}</button>
				</small>
			)}
		</li>
	);
}

/** Closed by a rule: why, and that it may open again. Comes and goes with the rule, without a reload. */
function Closed({ conversation }: { conversation: Conversation }) {
	const answer = conversation.closed;
	const parties = partiesOf(conversation.with, conversation.with.address);

	return (
		<div class="closed" role="status">
			<GateLine {...gateDrawing(answer, parties.ownTenant)} us={parties.ownName} them={parties.otherName} />
			<p>
				<b>{reasonSentence(answer?.reason ?? '', answer, parties)}</b>{' '}
				{t(isAdmin.value ? 'thread.closed_admin' : 'thread.closed_ask')}
			</p>
		</div>
	);
}
