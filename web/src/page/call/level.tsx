/** How loud the microphone is. */
import { useEffect, useState } from 'preact/hooks';
import { levelWatch } from '../../call/devices';
import { t } from '../../text/text';
import './level.css';

export function Level({ track }: { track: MediaStreamTrack }) {
	const [level, setLevel] = useState(0);

	useEffect(() => levelWatch(track, setLevel), [track]);
	return <meter class="level" min={0} max={1} value={level} aria-label={t('ready.level')} />;
}
