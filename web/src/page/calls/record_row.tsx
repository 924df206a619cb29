/** One call that is over. */
import { MessageCircle, PhoneIncoming, PhoneMissed, PhoneOff, PhoneOutgoing, Video, type LucideIcon } from 'lucide-preact';
import { recordSentence } from '../../state/gate';
import { me } from '../../state/session';
import { clockText, durationText, t, type TextKey } from '../../text/text';
import type { CallRecord } from '../../wire/record';
import { Avatar } from '../../view/avatar';
import { useIntents } from '../../view/intent';

type Kind = 'out' | 'in' | 'missed' | 'refused';

const ICONS: Record<Kind, LucideIcon> = { out: PhoneOutgoing, in: PhoneIncoming, missed: PhoneMissed, refused: PhoneOff };
const MISSED = ['call.no_answer', 'call.cancelled'];

function kindOf(record: CallRecord): Kind {
	if (!record.call)
		return 'refused';
	return record.direction === 'in' && !record.answered && MISSED.includes(record.reason) ? 'missed' : record.direction;
}

function whyOf(record: CallRecord, name: string): string | null {
	const own = me.value?.tenant;
	/* The duration says that it went as calls go. */
	if (record.answered && record.reason === 'call.hangup')
		return null;
	return recordSentence(record.call !== null, record.reason, record.tenant, {
		ownTenant: own?.id ?? '',
		ownName: own?.name ?? '',
		otherName: record.with.organisation ?? record.with.address.split('@')[1] ?? '',
		person: name.split(/\s+/)[0] || name,
	});
}

export function RecordRow({ record }: { record: CallRecord }) {
	const intents = useIntents();
	const kind = kindOf(record);
	const Icon = ICONS[kind];
	const { address, organisation } = record.with;
	const name = record.with.name ?? address;
	const why = whyOf(record, name);

	return (
		<li class={kind}>
			<Avatar person={{ name, address }} size={44} />
			<div class="grow">
				<b>{name}</b>
				<small>
					{organisation && record.door !== 'internal' && <span>{organisation}</span>}
					{record.door && <span class="chip">{t(`door.${record.door}` as TextKey)}</span>}
				</small>
				<small class="what">
					<Icon aria-hidden />
					<time class="num" dateTime={record.placed}>{clockText(record.placed)}</time>
					<span>{t(`calls.${kind}` as TextKey)}</span>
					{record.answered && <span class="num" aria-label={t('calls.lasted', { time: durationText(record.seconds) })}>{durationText(record.seconds)}</span>}
					{why && <span class="why">{why}</span>}
					{record.answered && <a class="sum" href={`/calls/${record.call}`} aria-label={t('summary.of', { name })}>{t('summary.title')}</a>}
				</small>
			</div>
			<button class="btn gho ico" aria-label={t('act.message', { name })} onClick={() => void intents.chat(address, null)}><MessageCircle aria-hidden /></button>
			<button class="btn gho ico" aria-label={t('act.video', { name })} onClick={() => intents.call(address, true)}><Video aria-hidden /></button>
		</li>
	);
}
