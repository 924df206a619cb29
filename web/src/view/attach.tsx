/** Files into a conversation: by the button, dropped on it, or pasted; and how far those are that go up. */
import { CircleAlert, Paperclip, X } from 'lucide-preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { reasonSentence } from '../state/gate';
import { filesSend, uploadAgain, uploadCancel, uploads, type Sending } from '../state/uploads';
import { t } from '../text/text';
import { reachAsk } from '../wire/api';
import type { Answer, Conversation } from '../wire/objects';
import './attach.css';
import { sizeText } from './file_card';
import { partiesOf } from './person';

/** What the rules say of files to this person; null: not asked yet, or allowed. */
function useRefusal(conversation: Conversation): Answer | null {
	const [refusal, setRefusal] = useState<Answer | null>(null);
	const { address } = conversation.with;

	/* The conversation is told anew when a rule changes. */
	useEffect(() => {
		let gone = false;

		reachAsk(address, 'file').then((answer) => !gone && setRefusal(answer.allowed ? null : answer), () => {});
		return () => { gone = true; };
	}, [conversation, address]);
	return refusal;
}

/** Pasted pictures have no name of their own. */
function pastedFiles(data: DataTransfer | null): File[] {
	return [...data?.files ?? []].map((file) => (file.name ? file : new File([file], t('file.pasted'), { type: file.type })));
}

export default function Attach({ conversation }: { conversation: Conversation }) {
	const input = useRef<HTMLInputElement>(null);
	const [told, setTold] = useState(false);
	const refusal = useRefusal(conversation);
	const parties = partiesOf(conversation.with, conversation.with.address);
	const { id } = conversation;
	const send = (files: Iterable<File>) => {
		setTold(!!refusal);
		if (!refusal)
			filesSend(id, files);
	};
	const mine = uploads.value.filter((one) => one.conversation === id);

	useDropAndPaste(input, send);
	return (
		<>
			<button class="btn gho ico" type="button" aria-label={t('file.attach')} aria-disabled={!!refusal} onClick={() => (refusal ? setTold(!told) : input.current?.click())}>
				<Paperclip aria-hidden />
			</button>
			<input ref={input} type="file" multiple hidden aria-label={t('file.attach')} onChange={(event) => {
				send(event.currentTarget.files ?? []);
				event.currentTarget.value = '';
			}} />
			{(mine.length > 0 || (told && refusal)) && (
				<div class="sendings">
					{told && refusal && <p class="bad" role="status"><CircleAlert aria-hidden />{t('file.closed')} {reasonSentence(refusal.reason ?? '', refusal, parties)}</p>}
					<ul aria-label={t('file.sendings')}>
						{mine.map((one) => <Row key={one.id} one={one} conversation={conversation} />)}
					</ul>
				</div>
			)}
		</>
	);
}

/** Over the whole of the conversation, not only the box. */
function useDropAndPaste(input: { current: HTMLInputElement | null }, send: (files: Iterable<File>) => void): void {
	const last = useRef(send);

	last.current = send;
	useEffect(() => {
		const host = input.current?.closest('form')?.parentElement;

		if (!host)
			return;

		const has = (event: DragEvent) => [...event.dataTransfer?.types ?? []].includes('Files');
		const over = (event: DragEvent) => {
			if (!has(event))
				return;
			event.preventDefault();
			host.classList.add('dropping');
		};
		const out = () => host.classList.remove('dropping');
		const drop = (event: DragEvent) => {
			out();
			if (!has(event))
				return;
			event.preventDefault();
			last.current(event.dataTransfer?.files ?? []);
		};
		const paste = (event: ClipboardEvent) => {
			const files = pastedFiles(event.clipboardData);

			if (files.length === 0)
				return;
			event.preventDefault();
			last.current(files);
		};

		host.addEventListener('dragover', over);
		host.addEventListener('dragleave', out);
		host.addEventListener('drop', drop);
		host.addEventListener('paste', paste);
		return () => {
			host.removeEventListener('dragover', over);
			host.removeEventListener('dragleave', out);
			host.removeEventListener('drop', drop);
			host.removeEventListener('paste', paste);
		};
	}, []);
}

function stateText(one: Sending, conversation: Conversation): string {
	const { problem } = one;

	if (one.state === 'held')
		return t('file.held');
	if (one.state === 'going')
		return t('file.going', { done: sizeText(one.offset), size: sizeText(one.size) });
	return problem ? reasonSentence(problem.reason, problem.answer, partiesOf(conversation.with, conversation.with.address), problem.title) : t('thread.failed');
}

function Row({ one, conversation }: { one: Sending; conversation: Conversation }) {
	return (
		<li class={one.state}>
			<b dir="auto">{one.name}</b>
			<progress max={one.size} value={one.offset} aria-label={t('file.progress', { name: one.name })} />
			<small class={one.state === 'failed' ? 'bad' : 'muted'} role={one.state === 'going' ? undefined : 'status'}>{stateText(one, conversation)}</small>
			{one.state === 'failed' && <button class="btn sec" type="button" onClick={() => uploadAgain(one.id)}>{t('thread.again')}</button>}
			<button class="btn gho ico" type="button" aria-label={t('file.cancel', { name: one.name })} onClick={() => uploadCancel(one.id)}><X aria-hidden /></button>
		</li>
	);
}
