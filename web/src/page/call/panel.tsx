/** The chat of the two, beside the picture; on a phone a sheet, and the last message above the tools. */
import { X } from 'lucide-preact';
import { lazy } from 'preact-iso';
import { useState } from 'preact/hooks';
import { unreadCount } from '../../state/chats';
import { t } from '../../text/text';
import type { Conversation } from '../../wire/objects';
import { Avatar } from '../../view/avatar';
import { firstName } from '../../view/person';
import './panel.css';

/* The picture comes first. */
const Thread = lazy(() => import('../../view/thread').then((module) => module.Thread));

export function ChatPanel({ conversation, onClose }: { conversation: Conversation; onClose(): void }) {
	return (
		<aside class="panel" aria-label={t('call.chat')}>
			<div class="ph">
				<h2>{t('call.chat')}</h2>
				<button class="ib" aria-label={t('call.chat_close')} onClick={onClose}><X aria-hidden /></button>
			</div>
			<Thread conversation={conversation} />
		</aside>
	);
}

/** A message that came while the chat was closed. What lay there before the call is not news. */
export function Peek({ conversation, onOpen }: { conversation: Conversation; onOpen(): void }) {
	const [from] = useState(conversation.last?.seq ?? 0);
	const last = conversation.last;

	if (!last || last.seq <= from || unreadCount(conversation) === 0)
		return null;
	return (
		<button class="peek" onClick={onOpen}>
			<Avatar person={conversation.with} size={28} />
			<span><b>{firstName(conversation.with)}</b> {last.text || last.file?.name}</span>
		</button>
	);
}
