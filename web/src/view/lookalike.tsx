/** A warning beside a name that is not what it seems. */
import { TriangleAlert } from 'lucide-preact';
import { t } from '../text/text';
import type { Person } from '../wire/objects';

export function Lookalike({ person }: { person: Pick<Person, 'lookalike'> }) {
	if (!person.lookalike)
		return null;
	return <span class="chip warn" title={t(`lookalike.${person.lookalike}_means`)}><TriangleAlert aria-hidden />{t(`lookalike.${person.lookalike}`)}</span>;
}
