/** Whoever got a link: whose it is, one's name, camera and microphone, the door; then the call. There is no account and no other page. */
import { lazy } from 'preact-iso';
import { useEffect, useRef, useState } from 'preact/hooks';
import { me, phase, sessionProbe } from '../../state/session';
import { t } from '../../text/text';
import { Logo } from '../../view/logo';
import { usePage } from '../../view/page';
import * as joins from '../../wire/joins';
import { Refusal } from '../../wire/problem';
import { Ask } from './ask';
import './join.css';
import { Waiting } from './waiting';

const Joined = lazy(() => import('./joined'));
const Check = lazy(() => import('./joined').then((module) => module.Check));

type State =
	| { at: 'asking' | 'gone' | 'closed' | 'fault' | 'left' }
	| { at: 'name' | 'ready' | 'refused'; host: joins.Host }
	| { at: 'waiting'; host: joins.Host; ticket: string };

/* Kept beyond a reload of the page, but not in its address: a look over a shoulder or a history must not be enough. */
const KEPT = 'farhand.join';

function tokenTake(): string {
	const token = location.hash.slice(1);

	if (!token)
		return sessionStorage.getItem(KEPT) ?? '';
	sessionStorage.setItem(KEPT, token);
	history.replaceState(null, '', location.pathname);
	return token;
}

export default function Join() {
	const own = me.value;
	const was = useRef(false);

	if (own?.joined) {
		was.current = true;
		return <Joined joined={own.joined} />;
	}
	if (was.current)
		return <Said title={t('join.over')} lead={t('join.over_lead')} />;
	if (own)
		return <Said title={t('join.signed_in', { name: own.person.name })} lead={t('join.signed_in_lead')} home />;
	return phase.value === 'unknown' ? null : <Door />;
}

function Door() {
	const [token] = useState(tokenTake);
	const [name, setName] = useState('');
	const [state, setState] = useState<State>({ at: 'asking' });
	const [trouble, setTrouble] = useState('');
	const check = () => {
		setState({ at: 'asking' });
		joins.joinCheck(token).then(
			({ host, taken }) => {
				setTrouble(taken ? t('join.taken') : '');
				setState({ at: 'name', host });
			},
			(error: unknown) => setState({ at: overOf(error) ?? 'fault' }),
		);
	};
	/* What is in the way now is said where the name is asked for; what ends it, on a page of its own. */
	const enter = (host: joins.Host) => joins.joinEnter(token, name.trim()).then(
		(ticket) => setState({ at: 'waiting', host, ticket }),
		(error: unknown) => {
			const over = overOf(error);

			setTrouble(troubleOf(error));
			setState(over ? { at: over } : { at: 'name', host });
		},
	);

	usePage(t('join.title'));
	useEffect(check, [token]);
	switch (state.at) {
	case 'asking':
		return null;
	case 'name':
		return <Ask host={state.host} name={name} trouble={trouble} onName={setName} onNext={() => setState({ at: 'ready', host: state.host })} />;
	case 'ready':
		return <Check host={state.host} onReady={() => void enter(state.host)} onCancel={() => setState({ at: 'name', host: state.host })} />;
	case 'waiting':
		return (
			<Waiting
				{...state}
				name={name.trim()}
				onIn={() => { sessionStorage.removeItem(KEPT); void sessionProbe(); }}
				onRefused={() => setState({ at: 'refused', host: state.host })}
				onLeft={() => setState({ at: 'left' })}
			/>
		);
	case 'left':
		return <Said title={t('join.left')} lead="" go={t('join.again')} onGo={check} />;
	case 'fault':
		return <Said title={t('signin.fault')} lead="" go={t('banner.now')} onGo={check} />;
	case 'refused':
		return <Said title={t('join.refused', { name: state.host.name })} lead={t('join.refused_lead')} />;
	default:
		return <Said title={t(`join.${state.at}`)} lead={t(`join.${state.at}_lead`)} />;
	}
}

/** What ends it for good. */
function overOf(error: unknown): 'gone' | 'closed' | null {
	if (!(error instanceof Refusal))
		return null;
	if (error.problem.reason === 'link.gone' || error.problem.status === 400)
		return error.problem.field === '/name' ? null : 'gone';
	return error.problem.status === 403 ? 'closed' : null;
}

function troubleOf(error: unknown): string {
	if (!(error instanceof Refusal))
		return t('signin.fault');
	if (error.problem.reason === 'join.taken')
		return t('join.taken');
	return error.retryAfter ? t('join.throttled', { n: error.retryAfter }) : error.problem.title;
}

function Said({ title, lead, go = '', onGo, home = false }: { title: string; lead: string; go?: string; onGo?(): void; home?: boolean }) {
	usePage(title);
	return (
		<main class="joinp" id="main">
			<div class="brand"><Logo />Farhand</div>
			<h1>{title}</h1>
			{lead && <p class="muted" role="status">{lead}</p>}
			{onGo && <button class="btn pri" onClick={onGo}>{go}</button>}
			{home && <a class="btn pri" href="/">{t('missing.home')}</a>}
		</main>
	);
}
