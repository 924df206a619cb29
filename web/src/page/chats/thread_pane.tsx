/** One conversation: who, the thread, and the composer or why there is none. */
import { ArrowLeft, Phone, Video } from 'lucide-preact';
import { me } from '../../state/session';
import { t } from '../../text/text';
import type { Conversation } from '../../wire/objects';
import { Avatar, OrgTile } from '../../view/avatar';
import { useIntents } from '../../view/intent';
import { Thread } from '../../view/thread';
import { roleLine } from '../../view/person';

export function ThreadPane({ conversation }: { conversation: Conversation }) {
	const intents = useIntents();
	const person = conversation.with;
	const own = me.value?.tenant;
	const outside = person.tenant.id !== own?.id;

	return (
		<section class="pane" aria-label={t('chats.with', { name: person.name })}>
			<header>
				<a class="btn gho ico back" href="/chats" aria-label={t('chats.back')}><ArrowLeft aria-hidden /></a>
				<Avatar person={person} size={40} presence />
				<div class="grow">
					<h2>{person.name}</h2>
					<small class="muted">{roleLine(person)}</small>
				</div>
				{outside && (
					<span class="outside">
						<OrgTile name={person.tenant.name} domain={person.tenant.domain} size={28} />
						<span><b>{person.tenant.name}</b><small>{t('chats.outside', { org: own?.name ?? '' })}</small></span>
					</span>
				)}
				{!conversation.closed && (
					<>
						<button class="btn gho ico" aria-label={t('act.call', { name: person.name })} onClick={() => intents.call(person.address, false)}><Phone aria-hidden /></button>
						<button class="btn gho ico" aria-label={t('act.video', { name: person.name })} onClick={() => intents.call(person.address, true)}><Video aria-hidden /></button>
					</>
				)}
			</header>
			<Thread conversation={conversation} />
		</section>
	);
}
