/** Many people of one organisation, in a window of their own, so that what lies below them stays in reach. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import { presenceWatch } from '../../state/presence';
import type { Person } from '../../wire/objects';
import { useLongList } from '../../view/long_list';
import { PersonRow } from './person_row';

const ROW_PX = 66;
/** So many rows before the last known one the next page is asked for. */
const AHEAD = 30;

export default function LongRows({ people, onMore }: { people: Person[]; onMore: (() => void) | null }) {
	const keys = useMemo(() => people.map((person) => person.address), [people]);
	const [watched, setWatched] = useState('');
	const see = (first: number, last: number) => {
		setWatched(keys.slice(Math.max(0, first), last + 1).join());
		if (last + AHEAD >= keys.length)
			onMore?.();
	};
	const long = useLongList({ keys, guess: ROW_PX, open: onMore !== null, onRest: see });

	useEffect(() => (watched ? presenceWatch(watched.split(',')) : undefined), [watched]);
	return (
		<div class="many" ref={long.scroller}>
			<ul class="long" ref={long.list} {...long.bind}>
				{long.places.map((place) => <PersonRow key={keys[place]} person={people[place]!} row={long.row(place)} />)}
			</ul>
		</div>
	);
}
