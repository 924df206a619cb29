/** What a message carries: a picture is shown, everything is to be kept. */
import { FileText } from 'lucide-preact';
import { t } from '../text/text';
import { fileUrl } from '../wire/file';
import type { SentFile } from '../wire/objects';
import './file_card.css';

const KILO = 1000;
const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'];

/** "2.5 MB" */
export function sizeText(bytes: number): string {
	const step = Math.min(UNITS.length - 1, Math.floor(Math.log(Math.max(bytes, 1)) / Math.log(KILO)));
	const unit = UNITS[step]!;

	return new Intl.NumberFormat('en-GB', { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: step > 1 ? 1 : 0 }).format(bytes / KILO ** step);
}

/** "PDF", "ZIP"; of what is not known, the end of its name. */
function kindText(file: SentFile): string {
	const known = file.type === 'application/octet-stream' ? /\.([A-Za-z0-9]{1,6})$/.exec(file.name)?.[1] : file.type.split('/')[1];

	return known ? known.toUpperCase() : t('file.kind');
}

/** `onOpen`: a picture is looked at; it is saved from there. */
export default function FileCard({ file, onOpen }: { file: SentFile; onOpen?: () => void }) {
	const about = <span class="about"><b dir="auto">{file.name}</b> <small>{kindText(file)}, {sizeText(file.size)}</small></span>;

	if (onOpen && file.width && file.height)
		return (
			<button class="file picture" aria-haspopup="dialog" onClick={onOpen}>
				<span class="vh">{t('file.open')} </span>
				<img src={fileUrl(file.id)} alt="" width={file.width} height={file.height} loading="lazy" />
				{about}
			</button>
		);
	return (
		<a class="file plain" href={fileUrl(file.id)} download={file.name}>
			<span class="vh">{t('file.keep')} </span>
			<FileText aria-hidden />
			{about}
		</a>
	);
}
