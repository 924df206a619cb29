/** The open threads, kept fresh by the line; sending with a client-made id, so that a resend is harmless. */
import { signal } from '@preact/signals';
import * as api from '../wire/api';
import { message, type Message } from '../wire/objects';
import { Refusal, type Problem } from '../wire/problem';
import { object } from '../wire/shape';
import { conversationChanged, conversationHeard, conversations } from './chats';
import { hearEvents, hearHello, line } from './line';
import { me } from './session';
import { THREAD_EMPTY, threadChanged, threadDraft, threadFailed, threadMessages, threadPage, type Thread } from './thread';

const stored = object<{ message: Message }>({ message });

export const threads = signal<Record<string, Thread>>({});
/** Why the last send was refused, by conversation. */
export const sendProblem = signal<Record<string, Problem>>({});

/** Sends without an answer yet. */
const onTheWay = new Set<string>();

export const threadOf = (id: string): Thread => threads.value[id] ?? THREAD_EMPTY;

function change(id: string, step: (thread: Thread) => Thread): void {
	threads.value = { ...threads.peek(), [id]: step(threads.peek()[id] ?? THREAD_EMPTY) };
}

export async function threadOpen(id: string): Promise<void> {
	if (threads.peek()[id]?.known)
		return;

	const page = await api.messagesGet(id, null);

	change(id, (thread) => threadPage(thread, page.messages, page.more));
}

export async function threadEarlier(id: string, limit = 50): Promise<void> {
	const first = threads.peek()[id]?.messages[0];
	const page = await api.messagesGet(id, first?.seq ?? null, limit);

	change(id, (thread) => threadPage(thread, page.messages, page.more));
}

const REACH_PAGES = 20;

/** Load back to a message, so that it can be shown. False when it lies too far back. */
export async function threadReach(id: string, seq: number): Promise<boolean> {
	await threadOpen(id);
	for (let i = 0; i < REACH_PAGES; i++) {
		const thread = threads.peek()[id];

		if (!thread || (thread.messages[0]?.seq ?? 0) <= seq)
			return true;
		if (!thread.more)
			return false;
		await threadEarlier(id, 100);
	}
	return false;
}

function messageChanged(fresh: Message): void {
	change(fresh.conversation, (thread) => threadChanged(thread, fresh));
	conversations.value = conversationChanged(conversations.peek(), fresh);
}

/** Change one's own words; throws Refusal. */
export async function messageEdit(conversation: string, seq: number, text: string): Promise<void> {
	messageChanged((await line.request('edit', { conversation, seq, text }, stored)).message);
}

export async function messageDelete(conversation: string, seq: number): Promise<void> {
	messageChanged((await line.request('delete', { conversation, seq }, stored)).message);
}

export function messageSend(conversation: string, text: string): void {
	void send(conversation, crypto.randomUUID(), text);
}

/** A file that is up, as a message of its own; throws Refusal, or when the line fell. */
export async function fileSend(conversation: string, id: string, text: string, file: string): Promise<void> {
	const reply = await line.request('send', { conversation, client_id: id, text, file }, stored);

	change(conversation, (thread) => threadMessages(thread, [reply.message]));
	conversationHeard(reply.message);
}

/** Try a failed message again, under the same id. */
export function messageResend(conversation: string, id: string): void {
	const draft = threads.peek()[conversation]?.drafts.find((d) => d.id === id);

	if (draft)
		void send(conversation, id, draft.text);
}

async function send(conversation: string, id: string, text: string): Promise<void> {
	change(conversation, (thread) => threadDraft(thread, { id, text, at: new Date().toISOString(), state: 'waiting' }));
	onTheWay.add(id);
	try {
		const reply = await line.request('send', { conversation, client_id: id, text }, stored);

		change(conversation, (thread) => threadMessages(thread, [reply.message]));
		conversationHeard(reply.message);
	} catch (error) {
		/* Not refused: the line fell, and hello sends it again. */
		if (!(error instanceof Refusal))
			return;
		change(conversation, (thread) => threadFailed(thread, id));
		sendProblem.value = { ...sendProblem.peek(), [conversation]: error.problem };
	} finally {
		onTheWay.delete(id);
	}
}

function resendAll(): void {
	for (const [conversation, thread] of Object.entries(threads.peek()))
		for (const draft of thread.drafts)
			if (draft.state === 'waiting' && !onTheWay.has(draft.id))
				messageResend(conversation, draft.id);
}

export function threadsStart(): void {
	hearHello((snapshot) => {
		/* Too much was missed to be told one by one: what we hold has holes. */
		if (snapshot.reset)
			for (const id of Object.keys(threads.peek()))
				change(id, (thread) => ({ ...THREAD_EMPTY, drafts: thread.drafts }));
		resendAll();
	});
	hearEvents((event) => {
		if (event.ev === 'message')
			change(event.message.conversation, (thread) => threadMessages(thread, [event.message]));
		if (event.ev === 'changed')
			messageChanged(event.message);
	});
	me.subscribe((now) => {
		if (!now)
			threads.value = {};
	});
}
