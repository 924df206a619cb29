/** The call is over, or never came to be: what happened, by whose rule, and what one can do now. */
import { MessageCircle, Phone } from 'lucide-preact';
import { useLocation } from 'preact-iso';
import { useEffect } from 'preact/hooks';
import { callForget, calls } from '../../state/calls';
import { endedByRule, endedSentence, gateDrawing, reasonSentence, type LineDrawing } from '../../state/gate';
import { t } from '../../text/text';
import type { Call, Person } from '../../wire/objects';
import type { Problem } from '../../wire/problem';
import { Avatar } from '../../view/avatar';
import { GateLine } from '../../view/gate_line';
import { useIntents } from '../../view/intent';
import { usePage } from '../../view/page';
import { byLink, partiesOf } from '../../view/person';
import { SwitchButton } from './switch';

interface Props {
	person: Person;
	title: string;
	sentence: string;
	drawing: LineDrawing | null;
	/** The call, when it has a summary. */
	summary?: string | null;
	onAgain(): void;
}

function Closing({ person, title, sentence, drawing, summary = null, onAgain }: Props) {
	const intents = useIntents();
	const parties = partiesOf(person, person.address);

	usePage(title);
	useEffect(() => document.getElementById('main')?.focus(), []);
	return (
		<main id="main" class="call ended" data-theme="dark" tabIndex={-1}>
			<Avatar person={person} size={88} />
			<h1>{title}</h1>
			{drawing && <GateLine {...drawing} us={parties.ownName} them={parties.otherName} />}
			<p class="why" role="status">{sentence}</p>
			<div class="acts">
				{/* Whoever came by a link has no chat. */}
				{!byLink(person) && <button class="btn sec" onClick={() => void intents.chat(person.address, person)}><MessageCircle aria-hidden />{t('ended.chat')}</button>}
				<button class="btn pri" onClick={onAgain}><Phone aria-hidden />{t('ended.again')}</button>
			</div>
			{calls.value.now?.held && <SwitchButton call={calls.value.now} />}
			{summary && <a href={`/calls/${summary}`}>{t('summary.title')}</a>}
			<a href="/">{t('missing.home')}</a>
		</main>
	);
}

export function EndedView({ call }: { call: Call }) {
	const { route } = useLocation();
	const reason = call.ended?.reason ?? 'call.hangup';
	const answer = call.ended?.answer ?? null;
	const parties = partiesOf(call.with, call.with.address);
	const known = reason === 'call.hangup' && call.ended?.by ? `call.hangup_${call.ended.by}` : reason;

	return (
		<Closing
			person={call.with}
			title={t('ended.title')}
			sentence={endedSentence(known, answer, parties, call.ended?.tenant ?? null)}
			drawing={endedByRule(reason) ? gateDrawing(answer, parties.ownTenant) : null}
			summary={call.since && call.id}
			onAgain={() => {
				callForget();
				route(`/call/new?to=${encodeURIComponent(call.with.address)}&camera=1`);
			}}
		/>
	);
}

export function RefusedView({ person, known, problem, onAgain }: { person: Person; known: boolean; problem: Problem; onAgain(): void }) {
	const parties = partiesOf(known ? person : null, person.address, problem.tenant ?? problem.answer?.tenant ?? null);

	return (
		<Closing
			person={person}
			title={t('ended.refused', { name: person.name })}
			sentence={reasonSentence(problem.reason, problem.answer, parties, problem.title)}
			drawing={endedByRule(problem.reason) && problem.status === 403 ? gateDrawing(problem.answer, parties.ownTenant) : null}
			onAgain={onAgain}
		/>
	);
}
