/** At the door: asks again and again until the host has decided. */
import { useEffect, useState } from 'preact/hooks';
import { t } from '../../text/text';
import { Logo } from '../../view/logo';
import { usePage } from '../../view/page';
import { joinLeave, joinWait, type Host } from '../../wire/joins';
import { Refusal } from '../../wire/problem';

const ASK_MS = 2000;

interface Props {
	host: Host;
	ticket: string;
	name: string;
	onIn(): void;
	onRefused(): void;
	onLeft(): void;
}

export function Waiting({ host, ticket, name, onIn, onRefused, onLeft }: Props) {
	const [lost, setLost] = useState(false);

	usePage(t('join.waiting', { name: host.name }));
	useEffect(() => {
		let over = false;
		let timer: ReturnType<typeof setTimeout>;
		const later = () => void (over || (timer = setTimeout(askAgain, ASK_MS)));
		const told = (error: unknown) => {
			setLost(!(error instanceof Refusal));
			if (!(error instanceof Refusal) || error.problem.status === 429 || error.problem.status >= 500)
				later();
			else if (error.problem.reason === 'join.refused')
				onRefused();
			else
				onLeft();
		};
		const askAgain = () => void joinWait(ticket).then((yes) => {
			if (over)
				return;
			setLost(false);
			if (yes)
				onIn();
			else
				later();
		}, (error: unknown) => over || told(error));
		const leave = () => joinLeave(ticket);

		askAgain();
		addEventListener('pagehide', leave);
		return () => {
			over = true;
			clearTimeout(timer);
			removeEventListener('pagehide', leave);
		};
	}, [ticket]);
	return (
		<main class="joinp" id="main">
			<div class="brand"><Logo />Farhand</div>
			<div class="pulse" aria-hidden />
			<h1>{t('join.waiting', { name: host.name })}</h1>
			<p class="muted" role="status">{t('join.told', { org: host.tenant.name, name })}</p>
			{lost && <p class="said" role="alert">{t('signin.fault')}</p>}
			<button class="btn sec" onClick={() => { joinLeave(ticket); onLeft(); }}>{t('join.leave')}</button>
		</main>
	);
}
