// The second opinion has to agree with every case of the spec before it may judge anything else.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { worldOf } from './document.mjs';
import { decide } from './oracle.mjs';

const folder = new URL('../cases/', import.meta.url);

for (const name of readdirSync(folder).filter((f) => f.endsWith('.json')).sort()) {
	const { world, cases } = JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
	test(`${name}: ${cases.length} cases`, () => {
		const facts = worldOf(world);
		for (const { id, ask, expect, why } of cases) {
			const { allowed, route, reason, side } = decide(facts, ask);
			assert.deepEqual({ allowed, route, reason, side }, expect, `${id}: ${why}`);
		}
	});
}
