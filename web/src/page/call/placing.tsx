/** Before there is a call: the ready check the first time, then the call is placed; or the reason why it can't be. */
import { lazy, useLocation } from 'preact-iso';
import { useEffect, useState } from 'preact/hooks';
import { callPlace, callRelease } from '../../call/running';
import { readyPassed } from '../../call/devices';
import { callNow } from '../../state/calls';
import { personOf } from '../../state/people';
import { me } from '../../state/session';
import { t } from '../../text/text';
import { peopleGet } from '../../wire/api';
import type { Person } from '../../wire/objects';
import { problemOf, type Problem } from '../../wire/problem';
import { usePage } from '../../view/page';
import { Dialling } from './ringing';

const RefusedView = lazy(() => import('./ended').then((module) => module.RefusedView));

/* Before the first call only. */
const ReadyCheck = lazy(() => import('./ready').then((module) => module.ReadyCheck));

const placeholder = (address: string): Person => ({
	address,
	name: address,
	title: '',
	kind: 'internal',
	tenant: { id: '', name: address.split('@')[1] ?? '', domain: address.split('@')[1] ?? '' },
	technician: false, lookalike: null,
});

/** Whom the address names: somebody we know, or whom the server will tell us about. */
function usePerson(address: string): Person | null {
	const [found, setFound] = useState<Person | null>(null);
	const known = personOf(address);

	useEffect(() => {
		if (!known)
			void peopleGet(address).then((directory) => setFound(directory.asked?.person ?? null), () => undefined);
	}, [address]);
	return known ?? found;
}

export function Placing({ to, video }: { to: string; video: boolean }) {
	const { route } = useLocation();
	/* In a video call the technician's camera is the point; an expert's is on only when they switch it on. */
	const camera = video && me.value?.person.technician === true;
	const [ready, setReady] = useState(readyPassed);
	const [withCamera, setWithCamera] = useState(camera);
	const [problem, setProblem] = useState<Problem | null>(null);
	const [attempt, setAttempt] = useState(1);
	const found = usePerson(to);
	const person = found ?? placeholder(to);

	usePage(t('call.with', { name: person.name }));
	useEffect(() => {
		let left = false;

		if (!ready || callNow.peek())
			return;
		setProblem(null);
		callPlace(to, withCamera).then(
			(call) => (left ? callRelease() : route(`/call/${encodeURIComponent(call.id)}`, true)),
			(error: unknown) => left || setProblem(problemOf(error)),
		);
		return () => void (left = callNow.peek() === null);
	}, [ready, attempt]);

	if (problem)
		return <RefusedView person={person} known={found !== null} problem={problem} onAgain={() => setAttempt(attempt + 1)} />;
	if (ready)
		return <Dialling person={person} onCancel={() => route('/')} />;
	return (
		<ReadyCheck
			person={person}
			wantCamera={camera}
			go={t('ready.call', { name: person.name })}
			onReady={(on) => { setWithCamera(on); setReady(true); }}
			onCancel={() => route('/')}
		/>
	);
}
