/** It rings over there, or a connection is being made. */
import { PhoneOff } from 'lucide-preact';
import { localVideo } from '../../call/running';
import { t } from '../../text/text';
import type { Call, Person } from '../../wire/objects';
import { Avatar } from '../../view/avatar';
import { Banner } from '../../view/banner';
import { usePage } from '../../view/page';
import { Video } from './video';

export function Ringing({ call, onCancel }: { call: Call; onCancel: (() => void) | null }) {
	const text = call.state === 'ringing' && call.direction === 'out' ? t('call.ringing') : t('call.connecting');

	usePage(t('call.with', { name: call.with.name }));
	return <Waiting person={call.with} text={text} onCancel={onCancel} />;
}

export function Dialling({ person, onCancel }: { person: Person; onCancel(): void }) {
	return <Waiting person={person} text={t('call.connecting')} onCancel={onCancel} />;
}

function Waiting({ person, text, onCancel }: { person: Person; text: string; onCancel: (() => void) | null }) {
	const own = localVideo.value;

	return (
		<main id="main" class="call waiting" data-theme="dark" tabIndex={-1}>
			<Banner />
			{own && <Video stream={own} label={t('call.own_camera')} class="behind" />}
			<div class="who">
				<Avatar person={person} size={112} />
				<h1>{person.name}</h1>
				<p>{person.tenant.name}</p>
				<p role="status">{text}</p>
			</div>
			{onCancel && (
				<div class="ctl" role="toolbar" aria-label={t('call.bar')}>
					<button class="end" onClick={onCancel}><PhoneOff aria-hidden /><span>{t('call.cancel')}</span></button>
				</div>
			)}
		</main>
	);
}
