/** Where the tools are not: the reason. */
import { useEffect, useState } from 'preact/hooks';
import { reasonSentence } from '../../state/gate';
import { t } from '../../text/text';
import { reachAsk } from '../../wire/api';
import type { Answer, Person } from '../../wire/objects';
import { partiesOf } from '../../view/person';

export function NoTools({ person }: { person: Person }) {
	const [answer, setAnswer] = useState<Answer | null>(null);
	const parties = partiesOf(person, person.address);

	useEffect(() => void reachAsk(person.address, 'annotate').then(setAnswer, () => undefined), [person.address]);
	return (
		<p class="notools">
			{t('tools.none')} {answer && !answer.allowed && reasonSentence(answer.reason, answer, parties)}
		</p>
	);
}
