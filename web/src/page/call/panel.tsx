/** The chat of the two, beside the picture; on a phone a sheet. */
import { X } from 'lucide-preact';
import { t } from '../../text/text';
import type { Conversation } from '../../wire/objects';
import { Thread } from '../../view/thread';
import './panel.css';

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
