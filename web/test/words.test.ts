import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wordsSplit } from '../src/view/words';

const links = (text: string) => wordsSplit(text).filter((part) => part.link).map((part) => part.text);

test('addresses of pages become links, without what only ends the sentence', () => {
	assert.deepEqual(links('See https://a.example/pump?x=1#y, and http://b.example.'), ['https://a.example/pump?x=1#y', 'http://b.example']);
	assert.deepEqual(links('(https://a.example/b)'), ['https://a.example/b']);
	assert.deepEqual(links('https://a.example/b_(c)'), ['https://a.example/b_(c)']);
	assert.deepEqual(links('<https://a.example/>"https://b.example"'), ['https://a.example/', 'https://b.example']);
});

test('nothing else is one', () => {
	for (const text of ['javascript:alert(1)', 'data:text/html,x', 'ftp://a.example', 'a.example', 'https://', 'https://bank.example@evil.example/', 'http://[::1', 'mailto:a@b.example'])
		assert.deepEqual(links(text), [], text);
});

test('every letter is kept, once', () => {
	for (const text of ['', 'plain', 'https://a.example.', 'x https://a.example y\nhttps://b.example) z', 'https://a.example@b.example/ https://c.example'])
		assert.equal(wordsSplit(text).map((part) => part.text).join(''), text);
});
