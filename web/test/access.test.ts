import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accessChanges, accessMode, accessRebase, accessToggle, accessWith, borderOf, coveringEntry, domainCovers, domainWish } from '../src/state/access';
import { access as accessShape, type Access } from '../src/wire/objects';

const access = (more: Partial<Access> = {}): Access => ({ mode: 'block', allow: [], block: [], first_contact: 'open', ...more }) as Access;

test('a star takes in subdomains, not the domain itself, and nothing that only looks alike', () => {
	assert.ok(domainCovers('*.contoso.example', 'a.contoso.example'));
	assert.ok(domainCovers('*.contoso.example', 'a.b.contoso.example'));
	assert.ok(!domainCovers('*.contoso.example', 'contoso.example'));
	assert.ok(!domainCovers('contoso.example', 'notcontoso.example'));
	assert.ok(!domainCovers('*.contoso.example', 'notcontoso.example'));
});

test('only the list of the mode in force counts', () => {
	const lists = { allow: ['a.example'], block: ['b.example'] };

	assert.equal(borderOf(access({ mode: 'open', ...lists }), 'b.example'), 'open');
	assert.equal(borderOf(access({ mode: 'block', ...lists }), 'b.example'), 'blocked');
	assert.equal(borderOf(access({ mode: 'block', ...lists }), 'x.example'), 'open');
	assert.equal(borderOf(access({ mode: 'allow', ...lists }), 'a.example'), 'listed');
	assert.equal(borderOf(access({ mode: 'allow', ...lists }), 'b.example'), 'not_listed');
	assert.equal(borderOf(access({ mode: 'off', ...lists }), 'a.example'), 'off');
});

test('the switch works on the list in force and goes both ways', () => {
	const shut = accessToggle(access(), 'd.example');

	assert.deepEqual(shut.block, ['d.example']);
	assert.deepEqual(accessToggle(shut, 'd.example').block, []);
	assert.deepEqual(accessToggle(access({ mode: 'allow' }), 'd.example').allow, ['d.example']);
	assert.deepEqual(accessToggle(access({ mode: 'open' }), 'd.example'), access({ mode: 'open' }));
	assert.equal(coveringEntry(access({ block: ['*.d.example'] }), 'x.d.example'), '*.d.example');
});

test('changes name what was added, taken away and chosen', () => {
	const saved = access({ block: ['a.example'] });
	const draft = accessMode(accessWith(accessToggle(saved, 'a.example'), 'allow', 'c.example'), 'allow');

	assert.deepEqual(accessChanges(saved, draft), [
		{ kind: 'mode', before: 'block', after: 'allow' },
		{ kind: 'added', list: 'allow', domain: 'c.example' },
		{ kind: 'removed', list: 'block', domain: 'a.example' },
	]);
	assert.deepEqual(accessChanges(saved, saved), []);
});

test('our changes go on top of somebody else\'s, and keep theirs', () => {
	const base = access({ block: ['a.example'] });
	const ours = accessToggle(accessToggle(base, 'b.example'), 'a.example');
	const theirs = { ...accessToggle(base, 'z.example'), first_contact: 'ask' };

	assert.deepEqual(accessRebase(base, ours, theirs as Access), { ...theirs, block: ['b.example', 'z.example'] });
});

test('what we do not edit is sent back as it came', () => {
	const read = accessShape({ mode: 'open', allow: [], block: [], off_actions: ['file'], max_organisations: 3 }, '');

	assert.deepEqual(accessMode(read, 'off'), { mode: 'off', allow: [], block: [], off_actions: ['file'], max_organisations: 3 });
});

test('a wish for a domain is looked at before it is added', () => {
	const own = ['aldous.example'];

	assert.equal(domainWish(access(), 'block', 'delmar.example', own), null);
	assert.equal(domainWish(access(), 'block', '*.delmar.example', own), null);
	assert.equal(domainWish(access(), 'block', 'büro.example', own), null);
	assert.equal(domainWish(access(), 'block', '', own), 'empty');
	assert.equal(domainWish(access(), 'block', 'two words', own), 'shape');
	assert.equal(domainWish(access(), 'block', 'a.*.example', own), 'shape');
	assert.equal(domainWish(access(), 'block', '-a.example', own), 'shape');
	assert.equal(domainWish(access(), 'block', 'aldous.example', own), 'own');
	assert.equal(domainWish(access({ block: ['d.example'] }), 'block', 'd.example', own), 'listed');
});
