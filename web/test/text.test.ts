import assert from 'node:assert/strict';
import { test } from 'node:test';
import catalogue from '../src/text/en.json';
import { endedSentence, gateDrawing, reasonSentence, recordSentence } from '../src/state/gate';
import { durationText, t, textLoad } from '../src/text/text';
import type { Answer } from '../src/wire/objects';

textLoad(catalogue);

const answer = (more: Partial<Answer>): Answer => ({ allowed: false, route: 'federation', reason: 'external.blocked', side: 'to', tenant: 'eastmoor', rule: null, until: null, ...more });
const parties = { ownTenant: 'aldous', ownName: 'Aldous Pumps', otherName: 'Eastmoor Rail', person: 'Hanna' };

test('a sentence counts in the right form', () => {
	assert.equal(t('effect.cut_one', { orgs: 'Delmar Paper', n: 14 }), 'Delmar Paper is cut off, 14 people lose contact.');
	assert.equal(t('effect.cut_one', { orgs: 'Delmar Paper', n: 1 }), 'Delmar Paper is cut off, 1 person loses contact.');
	assert.equal(t('effect.calls', { n: 1 }), '1 call ends.');
	assert.equal(t('external.contacts', { n: 1234 }), '1,234 people in contact');
});

test('no sentence has a slot without a name', () => {
	for (const sentence of Object.values(catalogue).flatMap((one) => (typeof one === 'string' ? [one] : Object.values(one))))
		assert.doesNotMatch(sentence.replace(/\{\w+\}/g, ''), /[{}]/);
});

test('durations', () => {
	assert.equal(durationText(0), '0:00');
	assert.equal(durationText(743), '12:23');
	assert.equal(durationText(3723), '1:02:03');
	assert.equal(durationText(-5), '0:00');
});

test('the shut gate is the one whose owner decided', () => {
	assert.deepEqual(gateDrawing(answer({}), 'aldous'), { ours: 'open', theirs: 'shut' });
	assert.deepEqual(gateDrawing(answer({ tenant: 'aldous' }), 'aldous'), { ours: 'shut', theirs: 'unknown' });
	assert.deepEqual(gateDrawing(answer({ reason: 'unreachable', tenant: null }), 'aldous'), { ours: 'open', theirs: 'unknown' });
	assert.deepEqual(gateDrawing(answer({ allowed: true }), 'aldous'), { ours: 'open', theirs: 'open' });
});

test('sentences name the organisation that decides', () => {
	assert.equal(reasonSentence('', answer({ reason: 'external.not_allowed' }), parties), 'Eastmoor Rail does not list Aldous Pumps.');
	assert.equal(reasonSentence('', answer({ tenant: 'aldous' }), parties), 'Aldous Pumps blocks Eastmoor Rail.');
	assert.equal(endedSentence('external.off', answer({ reason: 'external.off', tenant: 'aldous' }), parties), 'External access was closed by Aldous Pumps.');
	assert.equal(endedSentence('call.ended_by_admin', null, parties, parties.ownTenant), `An administrator of ${parties.ownName} ended the call.`);
	assert.equal(endedSentence('call.ended_by_admin', null, parties), 'An administrator ended the call.');
	assert.equal(endedSentence('call.hangup_them', null, parties), 'Hanna left the call.');
});

test('a record says how it ended, or why it did not begin', () => {
	assert.equal(recordSentence(true, 'external.off', 'aldous', parties), 'External access was closed by Aldous Pumps.');
	assert.equal(recordSentence(false, 'external.off', 'eastmoor', parties), 'Eastmoor Rail has switched external access off.');
	assert.equal(recordSentence(false, 'call.offline', null, parties), 'Hanna is not signed in on any device.');
	assert.equal(recordSentence(true, 'brand.new', null, parties), 'The call has ended.');
});

test('a code that the catalogue does not have falls back to the server\'s own words', () => {
	assert.equal(reasonSentence('brand.new', null, parties, 'Something new.'), 'Something new.');
	assert.equal(endedSentence('brand.new', null, parties), 'The call has ended.');
});
