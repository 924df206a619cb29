/** In a group: everybody who is not on the stage, small; a tap brings them there. */
import { MicOff } from 'lucide-preact';
import { inkOf } from '../../call/marking';
import { muted } from '../../state/calls';
import { me } from '../../state/session';
import { t } from '../../text/text';
import type { Call } from '../../wire/objects';
import { Avatar } from '../../view/avatar';
import { firstName } from '../../view/person';
import { pictureOf, stateText } from './stage';
import './tiles.css';
import { Video } from './video';

export function Tiles({ call, stage, onPin }: { call: Call; stage: string; onPin(address: string): void }) {
	const own = me.value?.person.address;
	const addresses = [...call.parties.map((one) => one.person.address), ...(own ? [own] : [])].filter((address) => address !== stage);

	return (
		<ul class="tiles" aria-label={t('call.people')}>
			{addresses.map((address) => <Tile key={address} call={call} address={address} onPin={() => onPin(address)} />)}
		</ul>
	);
}

function Tile({ call, address, onPin }: { call: Call; address: string; onPin(): void }) {
	const picture = pictureOf(call, address);
	const party = picture?.party;
	const silent = picture?.own ? muted.value : party?.muted;
	/* Between the two of us nothing passes: there is nothing to be pinned. */
	const barred = party?.closed != null;

	if (!picture)
		return null;
	return (
		<li class={inkOf(address)}>
			<button class="tile" disabled={barred} onClick={onPin}>
				{picture.shows ? <Video stream={picture.stream} label={picture.label} /> : <Avatar person={picture.person} size={44} />}
				<span>{silent && <MicOff aria-hidden />}{picture.own ? t('thread.you') : firstName(picture.person)}</span>
				{!picture.shows && <small>{barred ? t('call.barred') : stateText(picture)}</small>}
				{silent && <b class="vh">{t('call.is_muted')}</b>}
				{!barred && <b class="vh">{picture.own ? t('call.swap_own') : t('call.swap_their', { name: firstName(picture.person) })}</b>}
			</button>
		</li>
	);
}
