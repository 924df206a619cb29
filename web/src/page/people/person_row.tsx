/** One of the people, and how to reach him. */
import { KeyRound, MessageCircle, UserPlus, Video } from 'lucide-preact';
import { t } from '../../text/text';
import type { Person } from '../../wire/objects';
import { Avatar } from '../../view/avatar';
import { useIntents } from '../../view/intent';
import type { RowAttributes } from '../../view/long_list';
import { Lookalike } from '../../view/lookalike';
import { roleLine } from '../../view/person';

export function PersonRow({ person, row = {} }: { person: Person; row?: Partial<RowAttributes> }) {
	const intents = useIntents();

	return (
		<li {...row}>
			<Avatar person={person} size={44} presence />
			<div class="grow">
				<b>{person.name}</b> <Lookalike person={person} />
				<small>
					{person.kind === 'service' && <KeyRound aria-hidden />}
					{person.kind === 'guest' && <UserPlus aria-hidden />}
					<span>{roleLine(person)}</span>
				</small>
			</div>
			<button class="btn gho ico" aria-label={t('act.message', { name: person.name })} onClick={() => void intents.chat(person.address, person)}><MessageCircle aria-hidden /></button>
			<button class="btn gho ico" aria-label={t('act.video', { name: person.name })} onClick={() => intents.call(person.address, true)}><Video aria-hidden /></button>
		</li>
	);
}
