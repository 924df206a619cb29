/** The last message above the tools while the chat is closed: its words, or its picture, which opens with a tap. */
import { lazy } from 'preact-iso';
import { useState } from 'preact/hooks';
import { conversationRead, unreadCount } from '../../state/chats';
import { t } from '../../text/text';
import type { Conversation, Message } from '../../wire/objects';
import { fileUrl } from '../../wire/file';
import { Avatar } from '../../view/avatar';
import { firstName } from '../../view/person';
import './peek.css';

const PictureDialog = lazy(() => import('../../view/picture'));

/** A message that came while the chat was closed. What lay there before the call is not news. */
export function Peek({ conversation, onOpen }: { conversation: Conversation; onOpen(): void }) {
	const [from] = useState(conversation.last?.seq ?? 0);
	const last = conversation.last;

	if (!last || last.seq <= from || unreadCount(conversation) === 0)
		return null;
	if (last.file?.width)
		return <PicturePeek conversation={conversation} message={last} />;
	return (
		<button class="peek" onClick={onOpen}>
			<Avatar person={conversation.with} size={28} />
			<span><b>{firstName(conversation.with)}</b> {last.text || last.file?.name}</span>
		</button>
	);
}

function PicturePeek({ conversation, message }: { conversation: Conversation; message: Message }) {
	const [open, setOpen] = useState(false);

	if (!message.file)
		return null;
	return (
		<>
			<button class="peek" aria-haspopup="dialog" onClick={() => setOpen(true)}>
				<img src={fileUrl(message.file.id)} alt="" />
				<span><b>{t('still.shows', { name: firstName(conversation.with) })}</b> {message.text}</span>
			</button>
			{open && <PictureDialog message={message} onClose={() => conversationRead(conversation.id, message.seq)} />}
		</>
	);
}
