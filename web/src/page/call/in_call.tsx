/** The call itself: the technician's picture on the stage, whoever looks at it. */
import { useEffect, useState } from 'preact/hooks';
import { markDelete, markRedo, markUndo, selected } from '../../call/marking';
import { callHangUp, cameraSet, muteToggle, soundBlocked, soundPlay } from '../../call/running';
import { cameraOn } from '../../state/calls';
import { conversations, conversationWith } from '../../state/chats';
import { me } from '../../state/session';
import { t } from '../../text/text';
import type { Call, Conversation } from '../../wire/objects';
import { Banner } from '../../view/banner';
import { Dialog } from '../../view/dialog';
import { typing, usePage } from '../../view/page';
import { byLink } from '../../view/person';
import { CallBar } from './bar';
import { selectNext } from './hand';
import { ChatPanel, Peek } from './panel';
import { Pip, Stage } from './stage';
import { StepList } from './steps';
import { NoTools, ToolRail, type Tool } from './tools';
import { CallTop } from './top';

/** Wide enough for the chat beside the picture. */
const PANEL_WIDTH = 1180;

export function InCall({ call }: { call: Call }) {
	const [tool, setTool] = useState<Tool>('point');
	const [panel, setPanel] = useState(innerWidth > PANEL_WIDTH);
	const [stage, setStage] = useState(call.technician);
	const [asking, setAsking] = useState(false);
	const conversation = useConversation(call);
	const chat = conversation !== null && panel;
	const toggleChat = () => setPanel(!panel);
	const next = (by: 1 | -1) => {
		setTool('select');
		selectNext(stage === 'me' ? (me.peek()?.person.address ?? '') : call.with.address, by);
	};

	const drawing = {
		p: () => setTool('point'),
		a: () => setTool('arrow'),
		d: () => setTool('ink'),
		o: () => setTool('circle'),
		n: () => setTool('step'),
		v: () => setTool('select'),
		'[': () => next(-1),
		']': () => next(1),
		delete: () => void markDelete(),
	};

	usePage(t('call.with', { name: call.with.name }));
	useEffect(() => document.getElementById('main')?.focus(), []);
	useKeys({
		...(call.annotate && drawing),
		m: muteToggle,
		e: () => void (call.video && cameraSet(!cameraOn.peek())),
		c: toggleChat,
		h: () => setAsking(true),
	});

	return (
		<main id="main" tabIndex={-1} class={chat ? 'call withp' : 'call'} data-theme="dark">
			<h1 class="vh">{t('call.heading', { name: call.with.name, org: call.with.tenant.name })}</h1>
			<Banner />
			<CallTop call={call} />
			<Stage call={call} whose={stage} tool={call.annotate ? tool : null} />
			{call.annotate ? <ToolRail tool={tool} onPick={setTool} /> : <NoTools call={call} />}
			<StepList canDraw={call.annotate} />
			<Pip call={call} whose={stage === 'me' ? 'them' : 'me'} onSwap={() => { selected.value = null; setStage(stage === 'me' ? 'them' : 'me'); }} />
			{soundBlocked.value && <button class="fb go sound" onClick={soundPlay}>{t('call.sound')}</button>}
			<CallBar call={call} chatOpen={chat} hasChat={conversation !== null} onChat={toggleChat} />
			{conversation && !panel && <Peek conversation={conversation} onOpen={toggleChat} />}
			{conversation && panel && <ChatPanel conversation={conversation} onClose={toggleChat} />}
			{asking && <LeaveDialog onClose={() => setAsking(false)} />}
		</main>
	);
}

/** The chat with the same person, found or opened. Chat may be refused where a call is not: then there is none. */
function useConversation(call: Call): Conversation | null {
	const [opened, setOpened] = useState<Conversation | null>(null);

	useEffect(() => {
		/* Who came by a link has no chat, on either side. */
		if (!byLink(call.with) && !me.peek()?.joined)
			void conversationWith(call.with.address).then(setOpened, () => setOpened(null));
	}, [call.with.address]);
	return conversations.value.find((one) => one.id === opened?.id) ?? opened;
}

function useKeys(keys: Record<string, () => void>): void {
	useEffect(() => {
		const press = (event: KeyboardEvent) => {
			if (typing(event) || document.querySelector('dialog[open]'))
				return;
			if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'z') {
				event.preventDefault();
				void (event.shiftKey ? markRedo() : markUndo());
			} else if (!event.ctrlKey && !event.metaKey && !event.altKey) {
				keys[event.key.toLowerCase()]?.();
			}
		};

		addEventListener('keydown', press);
		return () => removeEventListener('keydown', press);
	});
}

function LeaveDialog({ onClose }: { onClose(): void }) {
	return (
		<Dialog label={t('leave.title')} class="ask" onClose={onClose}>
			<h2>{t('leave.title')}</h2>
			<div class="acts">
				<button class="btn sec" onClick={onClose}>{t('leave.stay')}</button>
				<button class="btn dan" onClick={() => void callHangUp()}>{t('call.leave')}</button>
			</div>
		</Dialog>
	);
}
