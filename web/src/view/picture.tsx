/** A picture from a chat, as large as the window lets it be. */
import { Download, Maximize, Minimize, X } from 'lucide-preact';
import { useState } from 'preact/hooks';
import { t } from '../text/text';
import { fileUrl } from '../wire/file';
import type { Message } from '../wire/objects';
import { Dialog } from './dialog';
import './picture.css';

export default function PictureDialog({ message, onClose }: { message: Message; onClose(): void }) {
	const [whole, setWhole] = useState(true);
	const { file, text } = message;

	if (!file)
		return null;
	return (
		<Dialog label={text || file.name} class="picture-dialog" onClose={onClose}>
			<div class={whole ? 'look whole' : 'look'} tabIndex={0} role="group" aria-label={t('picture.area')}>
				<img src={fileUrl(file.id)} alt={text || file.name} width={file.width ?? undefined} height={file.height ?? undefined} />
			</div>
			<div class="bar">
				<p dir="auto">{text || file.name}</p>
				<button class="fb" onClick={() => setWhole(!whole)}>{whole ? <Maximize aria-hidden /> : <Minimize aria-hidden />}{t(whole ? 'picture.actual' : 'picture.whole')}</button>
				<a class="fb" href={fileUrl(file.id)} download={file.name}><Download aria-hidden />{t('file.keep')}</a>
				<button class="fb go" onClick={onClose}><X aria-hidden />{t('picture.close')}</button>
			</div>
		</Dialog>
	);
}
