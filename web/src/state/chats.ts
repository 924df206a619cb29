/** Conversations, newest first, and what is unread in them. */
import { computed, signal } from '@preact/signals';
import * as api from '../wire/api';
import type { Conversation, Message } from '../wire/objects';
import { hearEvents, hearHello } from './line';
import { me } from './session';
import { keep, recall } from './store';

export type Seen = Record<string, number>;

export const conversations = signal<Conversation[]>([]);
export const conversationsKnown = signal(false);
/** The highest sequence number read, by conversation. */
export const seen = signal<Seen>({});

/** Newest last message first; conversations without one come last, in their order. */
export function conversationsSorted(list: Conversation[]): Conversation[] {
	return [...list].sort((a, b) => (b.last?.pos ?? 0) - (a.last?.pos ?? 0));
}

/** Put in or replace one conversation. */
export function conversationPut(list: Conversation[], fresh: Conversation): Conversation[] {
	return conversationsSorted([fresh, ...list.filter((old) => old.id !== fresh.id)]);
}

/** A message becomes its conversation's last, unless a newer one is known. */
export function conversationMessage(list: Conversation[], message: Message): Conversation[] {
	return conversationsSorted(
		list.map((c) => (c.id === message.conversation && (c.last?.seq ?? 0) <= message.seq ? { ...c, last: message } : c)),
	);
}

/** How many messages of others wait in a conversation. Writing counts as having read. */
export function unreadCount(conversation: Conversation, read: Seen, mine: string): number {
	const last = conversation.last;

	if (!last || last.from === mine)
		return 0;
	return Math.max(0, last.seq - (read[conversation.id] ?? 0));
}

export const unread = computed(() => {
	const mine = me.value?.person.address ?? '';

	return conversations.value.reduce((sum, c) => sum + unreadCount(c, seen.value, mine), 0);
});

const seenKey = () => `seen:${me.peek()?.person.address ?? ''}`;

export function conversationRead(id: string, seq: number): void {
	if ((seen.peek()[id] ?? 0) >= seq)
		return;
	seen.value = { ...seen.peek(), [id]: seq };
	keep(seenKey(), seen.peek());
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
	hearHello((snapshot) => {
		const stored = recall<Seen>(seenKey());

		/* A browser that is new here has no record: what lies there already counts as read. */
		seen.value = stored ?? Object.fromEntries(snapshot.conversations.map((c) => [c.id, c.last?.seq ?? 0]));
		if (!stored)
			keep(seenKey(), seen.peek());
		conversations.value = conversationsSorted(snapshot.conversations);
		conversationsKnown.value = true;
	});
	hearEvents((event) => {
		if (event.ev === 'conversation')
			conversations.value = conversationPut(conversations.peek(), event.conversation);
		if (event.ev === 'message')
			conversations.value = conversationMessage(conversations.peek(), event.message);
	});
	me.subscribe((now) => {
		if (!now) {
			conversations.value = [];
			conversationsKnown.value = false;
		}
	});
}
