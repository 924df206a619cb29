/** One's own note about a call. */
import { useRef, useState } from 'preact/hooks';
import { t } from '../../text/text';
import { notePut } from '../../wire/summary';

const MOST_BYTES = 16384;

export function Note({ call, kept }: { call: string; kept: string }) {
	const [text, setText] = useState(kept);
	const [state, setState] = useState<'' | 'saving' | 'saved' | 'fault'>('');
	const saved = useRef(kept);
	const long = new TextEncoder().encode(text).length > MOST_BYTES;
	const save = async () => {
		if (long || text === saved.current)
			return;
		setState('saving');
		try {
			/* Blank is none. */
			await notePut(call, text.trim() ? text : '');
			saved.current = text;
			setState('saved');
		} catch {
			setState('fault');
		}
	};

	return (
		<section class="card note" aria-labelledby="note">
			<h2 id="note">{t('summary.note')}</h2>
			<p class="muted sm noprint" id="note_lead">{t('summary.note_lead')}</p>
			<textarea class="input" rows={5} aria-labelledby="note" aria-describedby="note_lead note_state" value={text}
				onInput={(event) => (setText(event.currentTarget.value), setState(''))} onBlur={() => void save()} />
			{/* A text field prints what fits into it: on paper the words stand alone. */}
			<p class="onpaper">{text}</p>
			<div class="acts noprint">
				<span id="note_state" role="status" class="muted sm">{long ? t('summary.note_long') : state && t(`summary.note_${state}`)}</span>
				<button class="btn pri" disabled={long || state === 'saving' || text === saved.current} onClick={() => void save()}>{t('summary.save')}</button>
			</div>
		</section>
	);
}
