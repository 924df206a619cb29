/** What one can do with a message of one's own. */
import { EllipsisVertical, Pencil, Trash2 } from 'lucide-preact';
import { useState } from 'preact/hooks';
import { editing } from '../state/editing';
import { toast } from '../state/notice';
import { messageDelete } from '../state/threads';
import { t } from '../text/text';
import type { Message } from '../wire/objects';
import { problemOf } from '../wire/problem';
import { Dialog } from './dialog';
import { Menu } from './menu';

export function OwnMessage({ message }: { message: Message }) {
	const [asking, setAsking] = useState(false);
	const { conversation, seq, text } = message;
	const remove = () => {
		setAsking(false);
		void messageDelete(conversation, seq).catch((error: unknown) => toast(problemOf(error).title, true));
	};

	return (
		<>
			<Menu label={t('thread.more')} face={<EllipsisVertical aria-hidden />}>
				<button type="button" class="btn gho" onClick={() => (editing.value = { conversation, seq, text })}><Pencil aria-hidden />{t('thread.edit')}</button>
				<button type="button" class="btn gho" onClick={() => setAsking(true)}><Trash2 aria-hidden />{t('thread.delete')}</button>
			</Menu>
			{asking && (
				<Dialog label={t('thread.delete_title')} class="ask" onClose={() => setAsking(false)}>
					<h2>{t('thread.delete_title')}</h2>
					<p class="muted">{t('thread.delete_means')}</p>
					<div class="acts">
						<button class="btn sec" onClick={() => setAsking(false)}>{t('cancel')}</button>
						<button class="btn dan" onClick={remove}>{t('thread.delete')}</button>
					</div>
				</Dialog>
			)}
		</>
	);
}
