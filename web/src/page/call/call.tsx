/** One address for all that a call is: getting ready, ringing, talking, over. */
import { lazy, useLocation } from 'preact-iso';
import { useEffect, useState } from 'preact/hooks';
import { callAnswer, callDecline, callHangUp, callResume, callTake } from '../../call/running';
import { devicesGranted, readyPassed } from '../../call/devices';
import { answering, callFind, calls, carrying, switching } from '../../state/calls';
import { conversationsKnown } from '../../state/chats';
import { toast } from '../../state/notice';
import { t } from '../../text/text';
import type { Call } from '../../wire/objects';
import { problemOf } from '../../wire/problem';
import { Notice } from './notice';
import { SwitchButton } from './switch';
import './call.css';
import { InCall } from './in_call';
import { Placing } from './placing';
import { Ringing } from './ringing';

/* Before the first call only, and behind its end. */
const EndedView = lazy(() => import('./ended').then((module) => module.EndedView));
const ReadyCheck = lazy(() => import('./ready').then((module) => module.ReadyCheck));

/* For who came by a link, and has no other page. */
export { callAnswer, callHangUp, callDecline, callPlace, callResume } from '../../call/running';
export { cameraKeep, cameraWasOn } from '../../call/devices';
export { InCall, ReadyCheck, Ringing };
export { Dialling } from './ringing';

export default function CallPage({ id = '' }: { id?: string }) {
	const { query, route } = useLocation();
	const { over } = calls.value;
	const now = callFind(calls.value, id);
	const carried = carrying.value === id;

	/* The answer is given: who is asked in again is asked again. */
	useEffect(() => {
		if (carried && query['answer'])
			route(`/call/${encodeURIComponent(id)}`, true);
	}, [carried]);
	if (id === 'new')
		return <Placing to={query['to'] ?? ''} video={query['camera'] === '1'} />;
	if (over?.id === id)
		return <EndedView call={over} />;
	if (!now)
		return conversationsKnown.value ? <Notice text={t('call.unknown')} /> : null;
	if (carried)
		return now.state === 'talking' ? <InCall key={now.id} call={now} /> : <Ringing call={now} onCancel={() => void callHangUp()} />;
	/* Between the answer and our first word about it the call talks already, but nothing is there to be taken up yet. */
	if (switching.value === id)
		return <Ringing call={now} onCancel={null} />;
	if (answering.value === id)
		return <Answering call={now} camera={query['answer'] !== 'audio'} />;
	if (now.state === 'ringing')
		return now.direction === 'in' ? <Answering call={now} camera={query['answer'] !== 'audio'} /> : <Notice text={t('strip.elsewhere')} />;
	if (now.held && carrying.value)
		return <Notice text={t('call.held')}><SwitchButton call={now} /></Notice>;
	return now.here ? <Resuming call={now} /> : <Elsewhere call={now} />;
}

/** From the tap on Answer to the call: with the ready check before, if this browser has not been asked yet. */
function Answering({ call, camera }: { call: Call; camera: boolean }) {
	const { query } = useLocation();
	const [step, setStep] = useState<'ask' | 'check' | 'go'>('ask');
	const answer = (withCamera: boolean) => {
		setStep('go');
		callAnswer(call, withCamera).catch((error: unknown) => {
			answering.value = null;
			toast(problemOf(error).title, true);
		});
	};

	useEffect(() => {
		/* Opened by its address, without a tap on Answer: the overlay asks. */
		if (!query['answer'])
			return;
		answering.value = call.id;
		void devicesGranted().then((granted) => (granted || readyPassed() ? answer(camera) : setStep('check')));
		return () => void (answering.value = null);
	}, [query['answer']]);

	if (step === 'check')
		return <ReadyCheck person={call.with} wantCamera={camera} go={t('ready.answer')} onReady={answer} onCancel={() => void callDecline(call)} />;
	return <Ringing call={call} onCancel={null} />;
}

/** Another device of one's own carries it. */
function Elsewhere({ call }: { call: Call }) {
	const take = () => void callTake(call).catch((error: unknown) => toast(problemOf(error).title, true));

	return <Notice text={t('strip.elsewhere')}><button class="btn pri" onClick={take}>{t('strip.take')}</button></Notice>;
}

/** The page was loaded anew in the middle of the call. */
function Resuming({ call }: { call: Call }) {
	useEffect(() => {
		if (callFind(calls.peek(), call.id))
			void callResume(call).catch((error: unknown) => toast(problemOf(error).title, true));
	}, []);
	return <Ringing call={call} onCancel={null} />;
}
