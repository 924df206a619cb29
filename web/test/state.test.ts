import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callsPut, callsSnapshot, CALLS_NONE } from '../src/state/calls';
import { conversationChanged, conversationMessage, conversationsJoin, conversationPut, conversationReceipt, unreadCount } from '../src/state/chats';
import { MARKS_NONE, markOpen, markPut, marksRemove, pointerMove, pointersExpire } from '../src/state/mark';
import { peopleGroups } from '../src/state/people';
import { THREAD_EMPTY, threadBubbles, threadChanged, threadDraft, threadFailed, threadMessages, threadPage } from '../src/state/thread';
import { visitorsPut } from '../src/state/visitors';
import type { Call, Conversation, Mark, Message, Person, Visitor } from '../src/wire/objects';

const person = (address: string, tenant = 'aldous', name = address): Person => ({
	address, name, title: '', kind: 'internal', tenant: { id: tenant, name: tenant, domain: `${tenant}.example` }, technician: false, lookalike: null,
});
const message = (seq: number, from = 'tess@b', id = `m${seq}`, at = '2026-03-02T10:00:00Z'): Message => ({ pos: seq, conversation: 'c', seq, id, from, text: `text ${seq}`, at, edited: null, deleted: false, file: null });
const conversation = (id: string, last: Message | null): Conversation => ({ id, with: person('tess@b'), last, closed: null, contact: null, waits_for: null, read: 0, theirs: { delivered: 0, read: 0 } });
const call = (more: Partial<Call> = {}): Call => ({
	id: 'k', state: 'ringing', direction: 'in', with: person('tess@b'), video: true, annotate: true, technician: 'them', here: false, since: null, ended: null, seat: 1, host: 0, stage: 0, held: false, parties: [], left: [], marks: null, steps: null, ...more,
});

test('messages are kept once, in order, however they come', () => {
	let thread = threadPage(THREAD_EMPTY, [message(3), message(4)], true);

	thread = threadMessages(thread, [message(5), message(4)]);
	thread = threadPage(thread, [message(1), message(2)], false);
	assert.deepEqual(thread.messages.map((m) => m.seq), [1, 2, 3, 4, 5]);
	assert.equal(thread.more, false);
});

test('a draft goes when its message has arrived, by reply or by event', () => {
	let thread = threadDraft(THREAD_EMPTY, { id: 'm1', text: 'hi', at: '', state: 'waiting' });

	thread = threadMessages(thread, [message(1, 'me@a', 'm1')]);
	assert.deepEqual(thread.drafts, []);
	assert.equal(thread.messages.length, 1);
});

test('a refused draft stays, and trying again makes it wait', () => {
	let thread = threadDraft(THREAD_EMPTY, { id: 'm1', text: 'hi', at: '', state: 'waiting' });

	thread = threadFailed(thread, 'm1');
	assert.equal(thread.drafts[0]!.state, 'failed');
	thread = threadDraft(thread, { ...thread.drafts[0]!, state: 'waiting' });
	assert.equal(thread.drafts.length, 1);
	assert.equal(thread.drafts[0]!.state, 'waiting');
});

test('bubbles are joined into runs and divided by days', () => {
	const thread = threadPage(THREAD_EMPTY, [
		message(1, 'tess@b', 'a', '2026-03-01T12:00:00Z'),
		message(2, 'tess@b', 'b', '2026-03-02T12:00:00Z'),
		message(3, 'tess@b', 'c', '2026-03-02T12:01:00Z'),
		message(4, 'me@a', 'd', '2026-03-02T12:02:00Z'),
	], false);
	const bubbles = threadBubbles(thread, 'me@a');

	assert.deepEqual(bubbles.map((b) => b.newDay), [true, true, false, false]);
	assert.deepEqual(bubbles.map((b) => b.first), [true, true, false, true]);
	assert.deepEqual(bubbles.map((b) => b.last), [true, false, true, true]);
	assert.deepEqual(bubbles.map((b) => b.mine), [false, false, false, true]);
});

test('the conversation with the newest message comes first; an old message does not replace a new one', () => {
	const list = conversationPut([conversation('a', message(7))], conversation('c', message(2)));

	assert.deepEqual(list.map((c) => c.id), ['a', 'c']);
	assert.deepEqual(conversationMessage(list, message(9), 'me@a').map((c) => c.id), ['c', 'a']);
	assert.equal(conversationMessage(list, message(1), 'me@a').find((c) => c.id === 'c')!.last!.seq, 2);
});

test('unread is what came after the last one read, here or elsewhere; writing is reading', () => {
	const read = { ...conversation('c', message(5)), read: 3 };

	assert.equal(unreadCount(read), 2);
	assert.equal(unreadCount(conversation('c', null)), 0);
	assert.equal(unreadCount(conversationMessage([read], message(6, 'me@a'), 'me@a')[0]!), 0);
	assert.equal(unreadCount(conversationMessage([read], message(6), 'me@a')[0]!), 3);
	assert.equal(unreadCount(conversationReceipt([read], { conversation: 'c', by: 'me@a', delivered: 5, read: 4 }, 'me@a')[0]!), 1);
	assert.equal(conversationReceipt([read], { conversation: 'c', by: 'me@a', delivered: 1, read: 1 }, 'me@a')[0]!.read, 3);
	assert.deepEqual(conversationReceipt([read], { conversation: 'c', by: 'tess@b', delivered: 5, read: 4 }, 'me@a')[0]!.theirs, { delivered: 5, read: 4 });
});

test('an edit changes what stands there, and brings nothing in that is not loaded', () => {
	const thread = threadPage(THREAD_EMPTY, [message(3), message(4)], true);
	const edited = { ...message(3), text: 'else', edited: '2026-03-02T10:01:00Z' };

	assert.deepEqual(threadChanged(thread, edited).messages.map((m) => m.text), ['else', 'text 4']);
	assert.deepEqual(threadChanged(thread, { ...edited, seq: 1 }).messages.map((m) => m.seq), [3, 4]);
	assert.equal(conversationChanged([conversation('c', message(3))], edited)[0]!.last!.text, 'else');
	assert.equal(conversationChanged([conversation('c', message(4))], edited)[0]!.last!.text, 'text 4');
});

test('people are grouped: own organisation first, everybody once', () => {
	const groups = peopleGroups([person('z@b', 'brightwater', 'Zoe'), person('b@a', 'aldous', 'Ben'), person('a@a', 'aldous', 'Ann'), person('z@b', 'brightwater', 'Zoe')], 'aldous');

	assert.deepEqual(groups.map((g) => [g.id, g.own, g.people.map((p) => p.name)]), [
		['aldous', true, ['Ann', 'Ben']],
		['brightwater', false, ['Zoe']],
	]);
	/* In pages, whose order is that of the addresses. */
	assert.deepEqual(peopleGroups([person('a@a', 'aldous', 'Zita'), person('b@a', 'aldous', 'Ann')], 'aldous', true)[0]!.people.map((p) => p.name), ['Zita', 'Ann']);
});

test('a call rings, talks, ends, and does not come back', () => {
	let calls = callsPut(CALLS_NONE, call());

	assert.equal(calls.now?.state, 'ringing');
	calls = callsPut(calls, call({ state: 'talking' }));
	calls = callsPut(calls, call({ state: 'ended', ended: { reason: 'call.hangup', by: 'them', tenant: null, answer: null } }));
	assert.equal(calls.now, null);
	assert.equal(calls.over?.ended?.reason, 'call.hangup');
	assert.equal(callsPut(calls, call({ state: 'talking' })).now, null);
});

test('the end of another call does not end ours', () => {
	const calls = callsPut(CALLS_NONE, call({ state: 'talking' }));

	assert.equal(callsPut(calls, call({ id: 'other', state: 'ended' })), calls);
});

test('what rings beside a call waits; on hold the other one counts, and at its end the first comes back', () => {
	let calls = callsPut(callsPut(CALLS_NONE, call({ id: 'a', state: 'talking' })), call({ id: 'b', direction: 'in' }));

	assert.deepEqual([calls.now?.id, calls.beside.map(({ id }) => id)], ['a', ['b']]);
	calls = callsPut(calls, call({ id: 'a', state: 'talking', held: true }));
	assert.equal(calls.now?.id, 'a', 'what only rings does not take its place');
	calls = callsPut(calls, call({ id: 'b', state: 'talking', direction: 'in' }));
	assert.deepEqual([calls.now?.id, calls.beside.map(({ id }) => id)], ['b', ['a']]);
	calls = callsPut(calls, call({ id: 'b', state: 'ended', ended: { reason: 'call.hangup', by: 'me', tenant: null, answer: null } }));
	assert.deepEqual([calls.now?.id, calls.over?.id], ['a', 'b']);
	assert.equal(callsPut(calls, call({ id: 'a', state: 'talking', held: true })).over?.id, 'b', 'its closing screen stays');
});

test('a snapshot that does not name our call means that it was lost', () => {
	const calls = callsSnapshot(callsPut(CALLS_NONE, call({ state: 'talking' })), []);

	assert.equal(calls.now, null);
	assert.equal(calls.over?.ended?.reason, 'call.lost');
	assert.equal(callsSnapshot(CALLS_NONE, []), CALLS_NONE);
});

test('marks are kept by id; each pointer is its owner\'s newest and fades', () => {
	const mark: Mark = { id: 'x', by: 'a', of: 'b', kind: 'arrow', points: [[0, 0], [1, 1]], seq: 2, number: null, text: null };
	let marks = markPut(markPut(MARKS_NONE, mark), mark);

	assert.equal(marks.list.length, 1);
	assert.equal(marksRemove(marks, ['x']).list.length, 0);
	/* What comes back stands where it stood, not on top. */
	assert.deepEqual(markPut(marks, { ...mark, id: 'before', seq: 1 }).list.map(({ id }) => id), ['before', 'x']);
	/* Only the newest of one's own, an arrow in this picture, can still be adjusted. */
	assert.equal(markOpen(marks, 'a', 'b')?.id, 'x');
	assert.equal(markOpen(marks, 'a', 'other'), null);
	assert.equal(markOpen(markPut(marks, { ...mark, id: 'ink', kind: 'ink', seq: 3 }), 'a', 'b'), null);
	assert.equal(markOpen(markPut(marks, { ...mark, id: 'theirs', by: 'b', seq: 3 }), 'a', 'b')?.id, 'x');
	marks = pointerMove(marks, 'a', 'b', [0.1, 0.1], 1000);
	marks = pointerMove(marks, 'a', 'b', [0.2, 0.2], 2000);
	assert.deepEqual(marks.pointers.map((p) => p.at), [[0.2, 0.2]]);
	assert.equal(pointersExpire(marks, 3499).pointers.length, 1);
	assert.equal(pointersExpire(marks, 3500).pointers.length, 0);
	assert.equal(pointerMove(marks, 'a', 'b', null, 2100).pointers.length, 0);
});

test('who waits at the door is listed once, until the host has decided or he has gone', () => {
	const visitor = (id: string, state: Visitor['state'] = 'waiting'): Visitor => ({ id, link: '1', name: id, lookalike: null, state });
	let list = visitorsPut([], visitor('sam'));

	list = visitorsPut(list, visitor('kim'));
	list = visitorsPut(list, visitor('sam'));
	assert.deepEqual(list.map(({ id }) => id), ['kim', 'sam']);
	for (const state of ['admitted', 'refused', 'gone'] as const)
		assert.deepEqual(visitorsPut(list, visitor('sam', state)).map(({ id }) => id), ['kim']);
	assert.deepEqual(visitorsPut([], visitor('sam', 'gone')), []);
});

test('a page of older conversations does not take back what was heard meanwhile', () => {
	const at = (id: string, pos: number) => conversation(id, { ...message(1), pos });
	const joined = conversationsJoin([at('a', 9), at('b', 8)], [at('c', 5), at('b', 4)]);

	assert.deepEqual(joined.map((c) => [c.id, c.last!.pos]), [['a', 9], ['b', 8], ['c', 5]]);
});
