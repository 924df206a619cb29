/** The messages of a conversation and the way to write one. Used by Chats and by the panel of a call. */
import { CircleAlert, Clock, Send } from 'lucide-preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { conversationRead } from '../state/chats';
import { gateDrawing, reasonSentence } from '../state/gate';
import { isAdmin, me } from '../state/session';
import { threadBubbles, type Bubble } from '../state/thread';
import { messageResend, messageSend, sendProblem, threadEarlier, threadOf, threadOpen } from '../state/threads';
import { clockText, dayText, t } from '../text/text';
import type { Conversation } from '../wire/objects';
import { lazy } from 'preact-iso';
import { GateLine } from './gate_line';
import './thread.css';
import { firstName, partiesOf } from './person';

/* Few threads need it. */
const FirstContact = lazy(() => import('./first_contact'));

export function Thread({ conversation }: { conversation: Conversation }) {
	const { id } = conversation;
	const thread = threadOf(id);
	const mine = me.value?.person.address ?? '';
	const bubbles = threadBubbles(thread, mine);
	const scroller = useRef<HTMLDivElement>(null);
	const [fault, setFault] = useState(false);
	const lastSeq = thread.messages.at(-1)?.seq ?? 0;
	const newest = bubbles.at(-1)?.id;

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
	}, [newest, conversation.closed === null]);

	return (
		<>
			<div class="thread" ref={scroller} tabIndex={0} role="log" aria-label={t('thread.label')}>
				{thread.known && thread.more && <button class="btn sec earlier" onClick={() => void threadEarlier(id).catch(() => setFault(true))}>{t('thread.earlier')}</button>}
				{fault && <p class="empty" role="alert">{t('thread.fault')}</p>}
				{thread.known && bubbles.length === 0 && <p class="empty">{t('thread.empty', { name: conversation.with.name })}</p>}
				<ol>{bubbles.map((bubble) => <BubbleRow key={bubble.id} bubble={bubble} conversation={conversation} last={bubble.id === newest} />)}</ol>
			</div>
			<Foot conversation={conversation} />
		</>
	);
}

function Foot({ conversation }: { conversation: Conversation }) {
	if (conversation.closed)
		return <Closed conversation={conversation} />;
	if (conversation.waits_for === 'me' || conversation.contact === 'blocked')
		return <FirstContact conversation={conversation} />;
	return (
		<>
			{conversation.waits_for === 'them' && <p class="waits" role="status">{t('request.waits', { name: firstName(conversation.with) })}</p>}
			<Composer conversation={conversation} />
		</>
	);
}

function BubbleRow({ bubble, conversation, last }: { bubble: Bubble; conversation: Conversation; last: boolean }) {
	const told = sendProblem.value[conversation.id];
	const by = bubble.mine ? t('thread.you') : conversation.with.name;

	return (
		<>
			{bubble.newDay && <li class="day"><span>{dayText(bubble.at)}</span></li>}
			<li class={`bubble ${bubble.mine ? 'mine' : 'theirs'} ${bubble.state}${bubble.first ? ' first' : ''}`}>
				<span class="vh">{by}</span>
				<p dir="auto">{bubble.text}</p>
				{bubble.state === 'waiting' && <small><Clock aria-hidden />{t('thread.sending')}</small>}
				{bubble.state === 'stored' && bubble.last && <small class="num">{bubble.mine && last ? t('thread.sent', { time: clockText(bubble.at) }) : clockText(bubble.at)}</small>}
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

/** Protocol limit of a frame, with room for the rest of it. */
const TEXT_MAX = 8000;

function Composer({ conversation }: { conversation: Conversation }) {
	const [text, setText] = useState('');
	const box = useRef<HTMLTextAreaElement>(null);
	const send = () => {
		if (!text.trim())
			return;
		messageSend(conversation.id, text.trim());
		setText('');
		box.current?.focus();
	};

	useLayoutEffect(() => {
		if (!box.current)
			return;
		box.current.style.height = 'auto';
		box.current.style.height = `${Math.min(box.current.scrollHeight, 160)}px`;
	}, [text]);

	return (
		<form class="composer" onSubmit={(event) => { event.preventDefault(); send(); }}>
			<textarea
				ref={box}
				rows={1}
				maxLength={TEXT_MAX}
				aria-label={t('thread.write', { name: conversation.with.name })}
				placeholder={t('thread.write', { name: conversation.with.name })}
				value={text}
				onInput={(event) => setText(event.currentTarget.value)}
				onKeyDown={(event) => {
					if (event.key !== 'Enter' || event.shiftKey || event.isComposing)
						return;
					event.preventDefault();
					send();
				}}
			/>
			<button class="btn pri ico" type="submit" aria-label={t('thread.send')} disabled={!text.trim()}><Send aria-hidden /></button>
		</form>
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
