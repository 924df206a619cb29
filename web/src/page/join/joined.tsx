/** Let in: calls the host at once, and is nowhere but in this call. Before that, the check of the devices. */
import { signal } from '@preact/signals';
import { Phone, PhoneOff } from 'lucide-preact';
import { useEffect, useState } from 'preact/hooks';
import { callForget, callNow, calls, callsStart, carrying } from '../../state/calls';
import { endedSentence, reasonSentence } from '../../state/gate';
import { hearHello, lineFollowSession } from '../../state/line';
import { t } from '../../text/text';
import { Avatar } from '../../view/avatar';
import { usePage } from '../../view/page';
import { partiesOf } from '../../view/person';
import type { Call, Me, Person } from '../../wire/objects';
import { problemOf, type Problem } from '../../wire/problem';
import type { Host } from '../../wire/joins';

/* All of a call, from the module of its page: imported by a static line, the two pages would share it in pieces. */
const { callAnswer, callDecline, callHangUp, callPlace, callResume, cameraKeep, cameraWasOn, Dialling, InCall, ReadyCheck, Ringing } = await import('../call/call');

/** The line has said whether there is a call: a page that was loaded anew takes it up. */
const known = signal(false);

callsStart();
hearHello(() => void (known.value = true));
lineFollowSession();

export default function Joined({ joined: { host } }: { joined: NonNullable<Me['joined']> }) {
	const { now, over } = calls.value;
	const [problem, setProblem] = useState<Problem | null>(null);
	const parties = partiesOf(host, host.address);
	const again = () => {
		setProblem(null);
		callForget();
	};

	if (now && carrying.value === now.id)
		return now.state === 'talking' ? <InCall call={now} /> : <Ringing call={now} onCancel={() => void callHangUp()} />;
	if (now)
		return now.state === 'ringing' && now.direction === 'in' ? <Rung call={now} /> : <Resuming call={now} />;
	if (problem)
		return <Over host={host} text={reasonSentence(problem.reason, problem.answer, parties, problem.title)} onAgain={again} />;
	if (over)
		return <Over host={host} text={endedSentence(reasonOf(over), over.ended?.answer ?? null, parties, over.ended?.tenant ?? null)} onAgain={again} />;
	return known.value ? <Placing host={host} onProblem={setProblem} /> : <Dialling person={host} onCancel={() => void callHangUp()} />;
}

/** Before one asks to be let in. */
export function Check({ host, onReady, onCancel }: { host: Host; onReady(): void; onCancel(): void }) {
	return (
		<ReadyCheck person={host} wantCamera go={t('join.ask')} onReady={(camera) => { cameraKeep(camera); onReady(); }} onCancel={onCancel} />
	);
}

function reasonOf(over: Call): string {
	const reason = over.ended?.reason ?? 'call.hangup';

	return reason === 'call.hangup' && over.ended?.by ? `call.hangup_${over.ended.by}` : reason;
}

function Placing({ host, onProblem }: { host: Person; onProblem(problem: Problem): void }) {
	useEffect(() => {
		let left = false;

		if (!callNow.peek())
			callPlace(host.address, cameraWasOn()).catch((error: unknown) => left || onProblem(problemOf(error)));
		return () => void (left = true);
	}, []);
	return <Dialling person={host} onCancel={() => void callHangUp()} />;
}

function Resuming({ call }: { call: Call }) {
	useEffect(() => void (call.here && void callResume(call).catch(() => undefined)), [call.id]);
	return <Ringing call={call} onCancel={() => void callHangUp()} />;
}

/** The host calls back. */
function Rung({ call }: { call: Call }) {
	const [busy, setBusy] = useState(false);

	usePage(t('join.calls', { name: call.with.name }));
	return (
		<main id="main" class="call ended" data-theme="dark" tabIndex={-1}>
			<Avatar person={call.with} size={112} />
			<h1>{t('join.calls', { name: call.with.name })}</h1>
			<div class="acts">
				<button class="btn sec" onClick={() => void callDecline(call)}><PhoneOff aria-hidden />{t('incoming.decline')}</button>
				<button class="btn pri" disabled={busy} onClick={() => { setBusy(true); void callAnswer(call, cameraWasOn()).catch(() => setBusy(false)); }}>
					<Phone aria-hidden />{t('ready.answer')}
				</button>
			</div>
		</main>
	);
}

function Over({ host, text, onAgain }: { host: Person; text: string; onAgain(): void }) {
	usePage(t('ended.title'));
	useEffect(() => document.getElementById('main')?.focus(), []);
	return (
		<main id="main" class="call ended" data-theme="dark" tabIndex={-1}>
			<Avatar person={host} size={88} />
			<h1>{t('ended.title')}</h1>
			<p class="why" role="status">{text}</p>
			<div class="acts"><button class="btn pri" onClick={onAgain}><Phone aria-hidden />{t('ended.again')}</button></div>
		</main>
	);
}
