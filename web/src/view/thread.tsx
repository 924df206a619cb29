/** The messages of a conversation and the way to write one. Used by Chats and by the panel of a call. */
import { CircleAlert, Clock } from 'lucide-preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { threadRows } from '../state/called';
import { conversationRead } from '../state/chats';
import { gateDrawing, reasonSentence } from '../state/gate';
import { isAdmin, me } from '../state/session';
import { threadBubbles, type Bubble } from '../state/thread';
import { messageResend, sendProblem, threadEarlier, threadOf, threadOpen, threadReach } from '../state/threads';
import { clockText, dayText, t } from '../text/text';
import type { Conversation } from '../wire/objects';
import { lazy, useLocation } from 'preact-iso';
import { CallCard, useCalled } from './call_card';
import { Composer } from './composer';
import { GateLine } from './gate_line';
import { OwnMessage } from './own_message';
import './thread.css';
import { firstName, partiesOf } from './person';
import { Words } from './words';

/* Few threads need it. */
const FirstContact = lazy(() => import('./first_contact'));
const FileCard = lazy(() => import('./file_card'));

export function Thread({ conversation }: { conversation: Conversation }) {
	const { id } = conversation;
	const thread = threadOf(id);
	const mine = me.value?.person.address ?? '';
	const bubbles = threadBubbles(thread, mine);
	const scroller = useRef<HTMLDivElement>(null);
	const [fault, setFault] = useState(false);
	const lastSeq = thread.messages.at(-1)?.seq ?? 0;
	const newest = bubbles.at(-1)?.id;
	const rows = threadRows(bubbles, useCalled(), conversation.with.address, thread.more);
	const lastCall = rows.at(-1)?.call?.pos;
	const sought = useSought(id);

	useEffect(() => {
		if (!thread.known)
			threadOpen(id).then(() => setFault(false), () => setFault(true));
	}, [id, thread.known]);
	useEffect(() => {
		if (lastSeq && document.visibilityState === 'visible')
			conversationRead(id, lastSeq);
	}, [id, lastSeq]);
	useLayoutEffect(() => {
		const box = scroller.current;

		if (box)
			box.scrollTop = box.scrollHeight;
	}, [newest, lastCall, conversation.closed === null]);


	return (
		<>
			<div class="thread" ref={scroller} tabIndex={0} role="log" aria-label={t('thread.label')}>
				{thread.known && thread.more && <button class="btn sec earlier" onClick={() => void threadEarlier(id).catch(() => setFault(true))}>{t('thread.earlier')}</button>}
				{fault && <p class="empty" role="alert">{t('thread.fault')}</p>}
				{thread.known && rows.length === 0 && <p class="empty">{t('thread.empty', { name: conversation.with.name })}</p>}
				<ol>
					{rows.map(({ bubble, call }) => (call
						? <CallCard key={`call ${call.pos}`} call={call} name={conversation.with.name} />
						: <BubbleRow key={bubble.id} bubble={bubble} conversation={conversation} last={bubble.id === newest} sought={bubble.message?.seq === sought} />))}
				</ol>
			</div>
			<Foot conversation={conversation} />
		</>
	);
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
	bubble: Bubble;
	conversation: Conversation;
	last: boolean;
	/** The one that was looked for. */
	sought: boolean;
}

function BubbleRow({ bubble, conversation, last, sought }: RowProps) {
	const told = sendProblem.value[conversation.id];
	const by = bubble.mine ? t('thread.you') : conversation.with.name;
	const { message } = bubble;
	const row = useRef<HTMLLIElement>(null);
	const changeable = bubble.mine && message && !message.deleted && !conversation.closed;

	useEffect(() => {
		const box = row.current?.closest('.thread');

		/* The thread alone: the page around it stays. */
		if (sought && box && row.current)
			box.scrollTop = row.current.offsetTop - (box.clientHeight - row.current.clientHeight) / 2;
	}, [sought]);
	return (
		<>
			{bubble.newDay && <li class="day"><span>{dayText(bubble.at)}</span></li>}
			<li ref={row} class={`bubble ${bubble.mine ? 'mine' : 'theirs'} ${bubble.state}${bubble.first ? ' first' : ''}${sought ? ' sought' : ''}`}>
				<span class="vh">{by}</span>
				<span class={message?.file ? 'words files' : 'words'}>
					{changeable && <OwnMessage message={message} />}
					{message?.deleted
						? <p class="gone">{t('thread.deleted')}</p>
						: bubble.text && <p dir="auto">{conversation.waits_for === 'me' ? bubble.text : <Words text={bubble.text} />}</p>}
					{message?.file && <FileCard file={message.file} />}
				</span>
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
		</>
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
