/** Conversations, newest first, and what is unread in them: the server counts, so that all devices agree. */
import { computed, signal } from '@preact/signals';
import * as api from '../wire/api';
import type { Conversation, Message } from '../wire/objects';
import { hearEvents, hearHello } from './line';
import { receiptForget, receiptSay, receiptStart } from './receipt';
import { me } from './session';

export const conversations = signal<Conversation[]>([]);
export const conversationsKnown = signal(false);
/** Those from here on are as the server has them; older ones are not known, or as they once were. Null: there are none. */
export const conversationsBefore = signal<number | null>(null);

/** Newest last message first; conversations without one come last, in their order. */
export function conversationsSorted(list: Conversation[]): Conversation[] {
	return [...list].sort((a, b) => (b.last?.pos ?? 0) - (a.last?.pos ?? 0));
}

/** Put in or replace one conversation. */
export function conversationPut(list: Conversation[], fresh: Conversation): Conversation[] {
	return conversationsSorted([fresh, ...list.filter((old) => old.id !== fresh.id)]);
}

/** Put in or replace many; one that was heard of meanwhile stays as it was told. */
export function conversationsJoin(list: Conversation[], fresh: Conversation[]): Conversation[] {
	const all = new Map(list.map((c) => [c.id, c]));

	for (const one of fresh)
		if ((all.get(one.id)?.last?.pos ?? 0) <= (one.last?.pos ?? 0))
			all.set(one.id, one);
	return conversationsSorted([...all.values()]);
}

/** A message becomes its conversation's last, unless a newer one is known. Writing counts as having read. */
export function conversationMessage(list: Conversation[], message: Message, mine: string): Conversation[] {
	const read = message.from === mine ? message.seq : 0;

	return conversationsSorted(
		list.map((c) => (c.id === message.conversation && (c.last?.seq ?? 0) <= message.seq ? { ...c, last: message, read: Math.max(c.read, read) } : c)),
	);
}

/** A message was edited or deleted. */
export function conversationChanged(list: Conversation[], message: Message): Conversation[] {
	return list.map((c) => (c.id === message.conversation && c.last?.seq === message.seq ? { ...c, last: message } : c));
}

/** Somebody received or read more: the other one, or oneself elsewhere. */
export function conversationReceipt(list: Conversation[], told: { conversation: string; by: string; delivered: number; read: number }, mine: string): Conversation[] {
	return list.map((c) => {
		if (c.id !== told.conversation)
			return c;
		if (told.by === mine)
			return { ...c, read: Math.max(c.read, told.read) };
		return { ...c, theirs: { delivered: told.delivered, read: told.read } };
	});
}

/** How many messages wait in a conversation. */
export const unreadCount = (conversation: Conversation): number => Math.max(0, (conversation.last?.seq ?? 0) - conversation.read);

export const unread = computed(() => conversations.value.reduce((sum, c) => sum + unreadCount(c), 0));

const mine = () => me.peek()?.person.address ?? '';

/** It was read up to here, on this device. */
export function conversationRead(id: string, seq: number): void {
	const known = conversations.peek().find((c) => c.id === id);

	if (!known || known.read >= seq)
		return;
	conversations.value = conversations.peek().map((c) => (c.id === id ? { ...c, read: seq } : c));
	receiptSay(id, seq, true);
}

export function conversationHeard(message: Message): void {
	conversations.value = conversationMessage(conversations.peek(), message, mine());
}

/** Find or open the conversation with somebody. Throws Refusal when they may not chat. */
export async function conversationWith(address: string): Promise<Conversation> {
	const known = conversations.peek().find((c) => c.with.address === address);

	if (known)
		return known;

	const fresh = await api.conversationOpen(address);

	conversations.value = conversationPut(conversations.peek(), fresh);
	return fresh;
}

/** Fetch one that the snapshot left out: it is old, or nothing was said in it yet. False when there is no such one. */
export async function conversationFind(id: string): Promise<boolean> {
	try {
		const found = await api.conversationGet(id);

		conversations.value = conversationPut(conversations.peek(), found);
		return true;
	} catch {
		return false;
	}
}

export function chatsStart(): void {
	receiptStart();
	hearHello((snapshot) => {
		/* Older ones stay in the list, and are asked for again when somebody looks at them. */
		const before = snapshot.reset ? null : snapshot.conversations_before;
		const older = conversations.peek().filter((c) => c.last && c.last.pos < (before ?? 0));

		conversations.value = conversationsJoin(older, snapshot.conversations);
		conversationsBefore.value = snapshot.conversations_before;
		conversationsKnown.value = true;
		for (const { id, last, read } of snapshot.conversations)
			if (last && last.seq > read)
				receiptSay(id, last.seq, false);
	});
	hearEvents((event) => {
		if (event.ev === 'conversation')
			conversations.value = conversationPut(conversations.peek(), event.conversation);
		if (event.ev === 'changed')
			conversations.value = conversationChanged(conversations.peek(), event.message);
		if (event.ev === 'receipt')
			conversations.value = conversationReceipt(conversations.peek(), event, mine());
		if (event.ev !== 'message')
			return;
		conversationHeard(event.message);
		if (event.message.from !== mine())
			receiptSay(event.message.conversation, event.message.seq, false);
	});
	me.subscribe((now) => {
		if (!now) {
			conversations.value = [];
			conversationsKnown.value = false;
			receiptForget();
		}
	});
}
