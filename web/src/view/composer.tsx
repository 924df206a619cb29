/** Where a message is written, or one of one's own changed. What was begun is kept on this device. */
import { Check, Send, X } from 'lucide-preact';
import { lazy } from 'preact-iso';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { draftKeep, draftOf } from '../state/draft';
import { editing, type Editing } from '../state/editing';
import { toast } from '../state/notice';
import { me } from '../state/session';
import { messageEdit, messageSend, threadOf } from '../state/threads';
import { typingEnd, typingSay } from '../state/typing';
import { t } from '../text/text';
import type { Conversation } from '../wire/objects';
import { problemOf } from '../wire/problem';

const Attach = lazy(() => import('./attach'));

/** The server's limit, in bytes. */
const TEXT_MOST = 16384;
const bytes = (text: string) => new TextEncoder().encode(text).length;
const GROW_PX = 160;

export function Composer({ conversation }: { conversation: Conversation }) {
	const { id } = conversation;
	const [text, setText] = useState(() => draftOf(id));
	/* What the box holds: it changes with the text, so that no key ever goes to the one under the name of the other. */
	const [edited, setEdited] = useState<Editing | null>(null);
	const box = useRef<HTMLTextAreaElement>(null);
	const wanted = editing.value?.conversation === id ? editing.value : null;
	const long = bytes(text.trim()) > TEXT_MOST;

	useEffect(() => {
		setEdited(wanted);
		setText(wanted ? wanted.text : draftOf(id));
		if (wanted)
			box.current?.focus();
	}, [wanted]);
	useLayoutEffect(() => {
		if (!box.current)
			return;
		box.current.style.height = 'auto';
		box.current.style.height = `${Math.min(box.current.scrollHeight, GROW_PX)}px`;
	}, [text]);

	const send = () => {
		const words = text.trim();

		if (!words || long)
			return;
		if (edited) {
			void messageEdit(id, edited.seq, words).catch((error: unknown) => toast(problemOf(error).title, true));
			editing.value = null;
		} else {
			messageSend(id, words);
			draftKeep(id, '');
			setText('');
		}
		typingEnd(id);
		box.current?.focus();
	};
	const write = (words: string) => {
		setText(words);
		if (!edited)
			draftKeep(id, words);
		if (words)
			typingSay(id);
		else
			typingEnd(id);
	};
	/* Arrow up in an empty box takes the last of one's own words up again. */
	const lastOwn = () => {
		const last = threadOf(id).messages.filter((message) => message.from === me.peek()?.person.address && !message.deleted).at(-1);

		if (last)
			editing.value = { conversation: id, seq: last.seq, text: last.text };
	};
	const key = (event: KeyboardEvent) => {
		if (event.key === 'ArrowUp' && !text && !edited) {
			event.preventDefault();
			lastOwn();
		} else if (event.key === 'Escape' && edited) {
			editing.value = null;
		} else if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
			event.preventDefault();
			send();
		}
	};
	const label = edited ? t('thread.editing') : t('thread.write', { name: conversation.with.name });

	return (
		<form class="composer" onSubmit={(event) => { event.preventDefault(); send(); }}>
			{long && <p class="bad" role="alert">{t('thread.long')}</p>}
			{edited && <button class="btn gho ico" type="button" aria-label={t('thread.edit_cancel')} onClick={() => (editing.value = null)}><X aria-hidden /></button>}
			{!edited && <Attach conversation={conversation} />}
			<textarea
				ref={box}
				rows={1}
				aria-label={label}
				placeholder={label}
				value={text}
				onInput={(event) => write(event.currentTarget.value)}
				onKeyDown={key}
			/>
			<button class="btn pri ico" type="submit" aria-label={t(edited ? 'thread.save' : 'thread.send')} disabled={!text.trim() || long}>
				{edited ? <Check aria-hidden /> : <Send aria-hidden />}
			</button>
		</form>
	);
}
