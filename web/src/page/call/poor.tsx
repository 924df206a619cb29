/** The line does not carry our picture well enough to help: what does it carry? Asked when that lasts, and not again until it was better. */
import { Camera, VideoOff } from 'lucide-preact';
import { useEffect, useState } from 'preact/hooks';
import { cameraSet } from '../../call/running';
import { stillTake } from '../../call/still';
import { me } from '../../state/session';
import { t } from '../../text/text';
import type { Call } from '../../wire/objects';
import './poor.css';

/** Shorter is a bad moment, not a bad line. */
const LASTS_MS = 8000;

export function Poor({ call }: { call: Call }) {
	const [asked, setAsked] = useState<'not yet' | 'now' | 'before'>('not yet');
	const done = () => setAsked('before');

	useEffect(() => {
		const timer = setTimeout(() => setAsked('now'), LASTS_MS);

		return () => clearTimeout(timer);
	}, []);
	if (asked !== 'now')
		return null;
	return (
		<div class="poor" role="alertdialog" aria-label={t('poor.title')}>
			<p>{t('poor.title')}</p>
			<button class="fb go" onClick={() => { done(); void stillTake(call, me.peek()?.person.address ?? '', null); }}><Camera aria-hidden />{t('poor.photo')}</button>
			<button class="fb" onClick={() => { done(); void cameraSet(false); }}><VideoOff aria-hidden />{t('poor.audio')}</button>
			<button class="fb" onClick={done}>{t('poor.keep')}</button>
		</div>
	);
}
