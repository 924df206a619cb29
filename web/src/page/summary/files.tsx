/** What was sent in the call: pictures to be looked at, the rest to be saved. */
import { useState } from 'preact/hooks';
import { clockText, t } from '../../text/text';
import type { Message } from '../../wire/objects';
import { fileUrl } from '../../wire/file';
import FileCard from '../../view/file_card';
import PictureDialog from '../../view/picture';

export function Pictures({ messages, nameOf }: { messages: Message[]; nameOf(address: string): string }) {
	const [open, setOpen] = useState<Message | null>(null);
	const pictures = messages.filter((message) => message.file?.width);

	if (pictures.length === 0)
		return null;
	return (
		<section class="card" aria-labelledby="pictures">
			<h2 id="pictures">{t('summary.pictures')}</h2>
			<ul class="shots">
				{pictures.map((message) => (
					<li key={message.pos}>
						<button aria-haspopup="dialog" onClick={() => setOpen(message)}>
							<img src={fileUrl(message.file!.id)} alt={message.text || message.file!.name} loading="lazy" />
							<small class="num">{nameOf(message.from)}, {clockText(message.at)}</small>
						</button>
					</li>
				))}
			</ul>
			{open && <PictureDialog message={open} onClose={() => setOpen(null)} />}
		</section>
	);
}

export function Files({ messages }: { messages: Message[] }) {
	const files = messages.filter((message) => message.file && !message.file.width);

	if (files.length === 0)
		return null;
	return (
		<section class="card" aria-labelledby="files">
			<h2 id="files">{t('summary.files')}</h2>
			<ul class="files">{files.map((message) => <li key={message.pos}><FileCard file={message.file!} /></li>)}</ul>
		</section>
	);
}
