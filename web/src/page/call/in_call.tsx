/** The call itself: the technician's picture on the stage, whoever looks at it. */
import { lazy } from 'preact-iso';
import { useEffect, useState } from 'preact/hooks';
import { markDelete, markRedo, marks, markUndo, nameOf, selected, sheet } from '../../call/marking';
import { cameraSet, muteToggle, quality, soundBlocked, soundPlay } from '../../call/running';
import { calls, cameraOn, partyOf, stageOf } from '../../state/calls';
import { announce, toast } from '../../state/notice';
import { sheetNew } from '../../state/sheet';
import { conversations, conversationWith } from '../../state/chats';
import { me } from '../../state/session';
import { t } from '../../text/text';
import type { Call, Conversation } from '../../wire/objects';
import { Banner } from '../../view/banner';
import { typing, usePage } from '../../view/page';
import { byLink, firstName, orgLine } from '../../view/person';
import { CallBar } from './bar';
import { selectNext } from './hand';
import type { Still } from './frozen';
import { Pip, pictureOf, Stage, stageVideo } from './stage';
import { ToolRail, type Tool } from './tools';
import { CallTop, namesOf } from './top';

/* Not part of what every call waits for. */
const Frozen = lazy(() => import('./frozen').then((module) => module.Frozen));
const ChatPanel = lazy(() => import('./panel').then((module) => module.ChatPanel));
const Peek = lazy(() => import('./peek').then((module) => module.Peek));
const PeopleDialog = lazy(() => import('./members').then((module) => module.PeopleDialog));
const LeaveDialog = lazy(() => import('./leave').then((module) => module.LeaveDialog));
const MoreDialog = lazy(() => import('./more').then((module) => module.MoreDialog));
const Held = lazy(() => import('./more').then((module) => module.Held));
const Poor = lazy(() => import('./poor').then((module) => module.Poor));
const StepList = lazy(() => import('./steps').then((module) => module.StepList));
const Beside = lazy(() => import('./more').then((module) => module.Beside));
const NoTools = lazy(() => import('./no_tools').then((module) => module.NoTools));
const Tiles = lazy(() => import('./tiles').then((module) => module.Tiles));

/** Wide enough for the chat beside the picture. */
const PANEL_WIDTH = 1180;

export function InCall({ call }: { call: Call }) {
	const [tool, setTool] = useState<Tool>('point');
	const [panel, setPanel] = useState(innerWidth > PANEL_WIDTH);
	const own = me.value?.person.address ?? '';
	const [pinned, setPinned] = useState(stageOf(call) ?? own);
	const [over, setOver] = useState<'people' | 'more' | 'leave' | null>(null);
	const shut = () => setOver(null);
	const met = call.parties.filter((one) => one.closed === null).map((one) => one.person.address);
	/* Who was pinned may have left. */
	const stage = pinned === own || met.includes(pinned) ? pinned : (met[0] ?? call.with.address);
	const shown = partyOf(call, stage);
	const annotate = shown ? shown.annotate : call.annotate;
	const group = call.parties.length > 1;
	const conversation = useConversation(call);
	const chat = conversation !== null && panel;
	const toggleChat = () => setPanel(!panel);
	const { still, asking, freeze, thaw, back, stay } = useStill(stage, annotate && stage !== own);
	const canFreeze = annotate && stage !== own && (still !== null || pictureOf(call, stage)?.shows === true);
	const freezeOrBack = () => {
		if (still)
			back();
		else if (canFreeze && freeze())
			setTool(tool === 'point' || tool === 'select' ? 'ink' : tool);
	};
	const snapshot = () => void (stageVideo.current && import('../../call/still').then(({ stillTake }) => stillTake(call, stage, stageVideo.current!)));
	const seen = !still && pictureOf(call, stage)?.shows;
	const next = (by: 1 | -1) => {
		setTool('select');
		selectNext(stage, by);
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
		f: freezeOrBack,
	};

	const pin = (address: string) => {
		selected.value = null;
		setPinned(address);
	};

	usePage(t('call.with', { name: namesOf(call) }));
	useLeaving(call);
	useEffect(() => {
		document.getElementById('main')?.focus();
		/* It may end because the server is gone. */
		void import('./ended');
		void import('../../call/measure');
	}, []);
	useKeys({
		...(annotate && drawing),
		m: muteToggle,
		s: () => seen && snapshot(),
		e: () => void (call.video && cameraSet(!cameraOn.peek())),
		c: toggleChat,
		g: () => setOver(me.peek()?.joined ? null : 'people'),
		h: () => setOver('leave'),
	});

	return (
		<main id="main" tabIndex={-1} class={chat ? 'call withp' : 'call'} data-theme="dark">
			<h1 class="vh">{group ? t('call.with', { name: namesOf(call) }) : t('call.heading', { name: call.with.name, org: orgLine(call.with) })}</h1>
			<Banner />
			<CallTop call={call} />
			<Stage call={call} whose={stage} tool={annotate && !still ? tool : null} />
			{annotate ? <ToolRail tool={tool} frozen={still !== null} onPick={setTool} onFreeze={canFreeze ? freezeOrBack : null} /> : <NoTools person={shown?.person ?? call.with} />}
			{marks.value.list.some((mark) => mark.kind === 'step') && <StepList canDraw={annotate} />}
			{call.parties.filter((one) => one.frozen || one.state === 'held').map(({ person, state }) => (
				<p key={person.address} class="again drawing" role="status">{t(state === 'held' ? 'call.on_hold' : 'frozen.theirs', { name: firstName(person) })}</p>
			))}
			{still && <Frozen call={call} still={still} tool={tool} asking={asking} onBack={back} onStay={stay} onThaw={thaw} />}
			{!still && (group
				? <Tiles call={call} stage={stage} onPin={pin} />
				: <Pip call={call} whose={stage === own ? (met[0] ?? call.with.address) : own} onSwap={() => pin(stage === own ? (met[0] ?? call.with.address) : own)} />)}
			{cameraOn.value && quality.value?.word === 'poor' && <Poor call={call} />}
			{soundBlocked.value && <button class="fb go sound" onClick={soundPlay}>{t('call.sound')}</button>}
			<CallBar call={call} chatOpen={chat} hasChat={conversation !== null} onSnapshot={seen ? snapshot : null} onChat={toggleChat} onPeople={() => setOver('people')} onMore={() => setOver('more')} />
			{conversation && !panel && <Peek conversation={conversation} onOpen={toggleChat} />}
			{conversation && panel && <ChatPanel conversation={conversation} onClose={toggleChat} />}
			{call.held && <Held call={call} />}
			{calls.value.beside.some((one) => one.held) && <Beside />}
			{over === 'people' && <PeopleDialog call={call} onClose={shut} />}
			{over === 'more' && <MoreDialog call={call} onClose={shut} />}
			{over === 'leave' && <LeaveDialog onClose={shut} />}
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

/** The picture that stands while one draws on it; gone with another picture on the stage, or when drawing is not allowed any more. */
function useStill(stage: string, may: boolean) {
	const [still, setStill] = useState<Still | null>(null);
	const [asking, setAsking] = useState(false);
	const thaw = () => {
		sheet.value = null;
		setAsking(false);
		setStill(null);
	};
	const freeze = () => {
		const video = stageVideo.current;

		if (!video?.videoWidth)
			return false;

		const canvas = Object.assign(document.createElement('canvas'), { width: video.videoWidth, height: video.videoHeight });

		canvas.getContext('2d')?.drawImage(video, 0, 0);
		setStill({ of: stage, canvas, drawn: marks.peek().list.filter((mark) => mark.of === stage) });
		sheet.value = sheetNew(marks.peek().list);
		return true;
	};

	useEffect(thaw, [stage, may]);
	return { still, asking, freeze, thaw, back: () => (sheet.peek()?.list.length ? setAsking(true) : thaw()), stay: () => setAsking(false) };
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

/** Who joins and leaves is said. */
function useLeaving(call: Call): void {
	const talking = call.parties.filter((one) => one.state === 'talking').map((one) => one.person.address);
	const [before, setBefore] = useState(talking);
	const joined = talking.filter((address) => !before.includes(address));

	useEffect(() => {
		for (const address of joined)
			announce(t('call.joined', { name: nameOf(address) }));
		setBefore(talking);
	}, [talking.join()]);
	useEffect(() => {
		for (const { address, reason } of call.left)
			toast(t(reason === 'call.declined' || reason === 'call.no_answer' ? 'call.did_not_come' : 'call.has_left', { name: nameOf(address) }));
	}, [call.left.map((one) => one.address).join()]);
}
