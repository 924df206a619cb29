/** Somebody calls. Three big buttons; it rings until one is pressed, the caller gives up, or 45 seconds are over. */
import { Phone, PhoneOff, Video } from 'lucide-preact';
import { useLocation } from 'preact-iso';
import { useEffect, useRef, useState } from 'preact/hooks';
import { alertShow } from '../call/alert';
import { ringStart } from '../call/ring';
import { answering, callNow } from '../state/calls';
import { conversationWith } from '../state/chats';
import { toast } from '../state/notice';
import { me } from '../state/session';
import { messageSend } from '../state/threads';
import { t } from '../text/text';
import type { Call } from '../wire/objects';
import { problemOf } from '../wire/problem';
import { Avatar } from './avatar';
import './incoming.css';
import { pageTitle } from './page';
import { byLink, orgLine } from './person';

const FLASH_MS = 1000;
/** Beside a call it rings once, and not over what is said. */
const RING_ONCE_MS = 2000;
/** Declining with a word. */
const REPLIES = ['later', 'busy', 'write'] as const;

export default function Incoming({ call }: { call: Call }) {
	const { route } = useLocation();
	const box = useRef<HTMLDialogElement>(null);
	const outside = call.with.tenant.id !== me.value?.tenant.id;

	/* What one is in already goes on under it. */
	const [running] = useState(() => (callNow.peek()?.id !== call.id && !callNow.peek()?.held ? callNow.peek() : null));

	useEffect(() => {
		if (!running) {
			box.current?.showModal();
			return ringStart();
		}
		box.current?.show();

		const quiet = ringStart();
		const timer = setTimeout(quiet, RING_ONCE_MS);

		return () => {
			clearTimeout(timer);
			quiet();
		};
	}, []);
	useEffect(() => alertShow(t('incoming.who', { name: call.with.name }), orgLine(call.with), call.id), []);
	useEffect(() => {
		const title = pageTitle.peek();
		let on = false;
		const timer = setInterval(() => {
			on = !on;
			document.title = on ? t('incoming.title', { name: call.with.name }) : title;
		}, FLASH_MS);

		return () => {
			clearInterval(timer);
			document.title = title;
		};
	}, [call.with.name]);

	const answer = (camera: boolean) => {
		answering.value = call.id;
		route(`/call/${encodeURIComponent(call.id)}?answer=${camera ? 'video' : 'audio'}`);
	};
	/* What runs waits, or is over, before the other one is answered: the server lets nobody talk in two. */
	const answerBeside = async (leave: boolean) => {
		const { callHangUp, callHold } = await import('../call/running');

		try {
			if (running && callNow.peek()?.id === running.id)
				await (leave ? callHangUp() : callHold(running.id, true));
			answer(call.video);
		} catch (error) {
			toast(problemOf(error).title, true);
		}
	};
	const decline = async () => (await import('../call/running')).callDecline(call);
	/* The words go through the chat and its rules, behind the no. */
	const reply = async (text: string) => {
		await decline();
		try {
			messageSend((await conversationWith(call.with.address)).id, text);
		} catch (error) {
			toast(problemOf(error).title, true);
		}
	};

	return (
		<dialog ref={box} class={running ? 'incoming beside-call' : 'incoming'} data-theme="dark" aria-labelledby="incoming-who" onCancel={(event) => event.preventDefault()}>
			<div class="ringing"><Avatar person={call.with} size={running ? 56 : 120} /></div>
			<h2 id="incoming-who">{t('incoming.who', { name: call.with.name })}</h2>
			<p class="from">{orgLine(call.with)}</p>
			{outside && <span class="chip info">{t('incoming.outside')}</span>}
			{running && (
				<div class="answers">
					{running.state === 'talking' && <button class="btn pri" onClick={() => void answerBeside(false)}>{t('incoming.hold')}</button>}
					<button class="btn sec" onClick={() => void answerBeside(true)}>{t('incoming.leave')}</button>
					<button class="btn dan" onClick={() => void decline()}><PhoneOff aria-hidden />{t('incoming.decline')}</button>
				</div>
			)}
			{!running && <div class="answers">
				{call.video && <button class="big yes" onClick={() => answer(true)}><Video aria-hidden />{t('incoming.video')}</button>}
				<button class="big yes" onClick={() => answer(false)}><Phone aria-hidden />{t('incoming.audio')}</button>
				<button class="big no" onClick={() => void decline()}><PhoneOff aria-hidden />{t('incoming.decline')}</button>
			</div>}
			{!byLink(call.with) && (
				<div class="replies" role="group" aria-label={t('incoming.reply')}>
					{REPLIES.map((one) => <button key={one} class="btn sec" onClick={() => void reply(t(`incoming.${one}`))}>{t(`incoming.${one}`)}</button>)}
				</div>
			)}
		</dialog>
	);
}
