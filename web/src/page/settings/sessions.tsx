/** Where one is signed in, and the end of it. */
import { Monitor, Smartphone } from 'lucide-preact';
import { useEffect, useState } from 'preact/hooks';
import { toast } from '../../state/notice';
import { signOut } from '../../state/session';
import { clockText, dayKey, shortDayText, t } from '../../text/text';
import * as api from '../../wire/api';
import type { Session } from '../../wire/objects';
import { Refusal } from '../../wire/problem';
import { sessions, sessionsFault, sessionsLoad } from './session_list';

const HAND_HELD = ['Android', 'iPhone', 'iPad'];
const NOW_MS = 60000;

function deviceText({ browser, system }: Session): string {
	if (browser && system)
		return t('sessions.on', { browser, system });
	return browser ?? system ?? t('sessions.unknown');
}

const whenText = (at: string): string => (dayKey(at) === dayKey(new Date().toISOString()) ? clockText(at) : shortDayText(at));

function seenText({ made, seen, current }: Session): string {
	if (current)
		return t('sessions.since', { when: whenText(made) });
	if (Date.now() - Date.parse(seen) < NOW_MS)
		return t('sessions.here', { when: whenText(made) });
	return t('sessions.seen', { when: whenText(made), seen: whenText(seen) });
}

export function Sessions() {
	const [busy, setBusy] = useState('');
	const list = sessions.value ?? [];

	useEffect(() => void sessionsLoad(), []);

	const end = async (what: string, run: () => Promise<void>, done: string) => {
		setBusy(what);
		try {
			await run();
			toast(done);
		} catch (error) {
			/* Gone already is what was wanted. */
			if (!(error instanceof Refusal && error.problem.status === 404))
				toast(t('signin.fault'), true);
		}
		await sessionsLoad();
		setBusy('');
	};

	return (
		<section class="card" aria-labelledby="sessions">
			<h2 id="sessions">{t('sessions.title')}</h2>
			{sessionsFault.value && (
				<p role="alert">{t('signin.fault')} <button class="btn gho" onClick={() => void sessionsLoad()}>{t('banner.now')}</button></p>
			)}
			<ul class="sess">
				{list.map((one) => (
					<li key={one.id}>
						{HAND_HELD.includes(one.system ?? '') ? <Smartphone aria-hidden /> : <Monitor aria-hidden />}
						<div class="grow">
							<b>{deviceText(one)}</b> {one.current && <span class="chip ok">{t('sessions.this')}</span>}
							<p class="muted sm num">{seenText(one)}</p>
						</div>
						<button class="btn sec" disabled={busy !== ''} aria-label={one.current ? undefined : t('sessions.end_one', { device: deviceText(one) })}
							onClick={() => void (one.current ? signOut() : end(one.id, () => api.sessionEnd(one.id), t('sessions.ended')))}>
							{t(one.current ? 'sign_out' : 'sessions.end')}
						</button>
					</li>
				))}
			</ul>
			<a class="btn sec" href="/device">{t('device.title')}</a>
			{list.length > 1 && (
				<button class="btn sec" disabled={busy !== ''} onClick={() => void end('all', api.sessionsEndOthers, t('sessions.ended_others'))}>{t('sessions.end_others')}</button>
			)}
		</section>
	);
}
