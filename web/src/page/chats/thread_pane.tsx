/** One conversation: who, the thread, and the composer or why there is none. */
import { ArrowLeft, Ban, EllipsisVertical, Flag, Phone, Video } from 'lucide-preact';
import { lazy } from 'preact-iso';
import { useState } from 'preact/hooks';
import { toast } from '../../state/notice';
import { typingIn } from '../../state/typing';
import { me } from '../../state/session';
import { t } from '../../text/text';
import { contactPut } from '../../wire/api';
import type { Conversation } from '../../wire/objects';
import { problemOf } from '../../wire/problem';
import { Avatar, OrgTile } from '../../view/avatar';
import { useIntents } from '../../view/intent';
import { Lookalike } from '../../view/lookalike';
import { Menu } from '../../view/menu';
import { Thread } from '../../view/thread';
import { firstName, roleLine } from '../../view/person';

const Report = lazy(() => import('../../view/first_contact').then((module) => module.Report));

export function ThreadPane({ conversation }: { conversation: Conversation }) {
	const intents = useIntents();
	const person = conversation.with;
	const own = me.value?.tenant;
	const outside = person.tenant.id !== own?.id;
	const typing = typingIn.value.has(conversation.id);

	return (
		<section class="pane" aria-label={t('chats.with', { name: person.name })}>
			<header>
				<a class="btn gho ico back" href="/chats" aria-label={t('chats.back')}><ArrowLeft aria-hidden /></a>
				<Avatar person={person} size={40} presence />
				<div class="grow">
					<h2>{person.name} <Lookalike person={person} /></h2>
					<small class={typing ? 'typing' : 'muted'}>{typing ? t('thread.typing', { name: firstName(person) }) : roleLine(person)}</small>
				</div>
				{outside && (
					<span class="outside">
						<OrgTile name={person.tenant.name} domain={person.tenant.domain} size={28} />
						<span><b>{person.tenant.name}</b><small>{t('chats.outside', { org: own?.name ?? '' })}</small></span>
					</span>
				)}
				{!conversation.closed && !conversation.waits_for && conversation.contact !== 'blocked' && (
					<>
						<button class="btn gho ico" aria-label={t('act.call', { name: person.name })} onClick={() => intents.call(person.address, false)}><Phone aria-hidden /></button>
						<button class="btn gho ico" aria-label={t('act.video', { name: person.name })} onClick={() => intents.call(person.address, true)}><Video aria-hidden /></button>
					</>
				)}
				{outside && !conversation.waits_for && conversation.contact !== 'blocked' && <More conversation={conversation} />}
			</header>
			<Thread conversation={conversation} />
		</section>
	);
}

/** What one seldom does to somebody outside. */
function More({ conversation }: { conversation: Conversation }) {
	const [reporting, setReporting] = useState(false);
	const person = conversation.with;
	const name = firstName(person);
	const block = () => void contactPut(person.address, 'blocked').catch((error: unknown) => toast(problemOf(error).title, true));

	return (
		<>
			<Menu label={t('chats.more', { name })} face={<EllipsisVertical aria-hidden />}>
				<button class="btn gho" onClick={block}><Ban aria-hidden />{t('act.block', { name })}</button>
				<button class="btn gho" onClick={() => setReporting(true)}><Flag aria-hidden />{t('request.report')}</button>
			</Menu>
			{reporting && <Report conversation={conversation} onClose={() => setReporting(false)} />}
		</>
	);
}
