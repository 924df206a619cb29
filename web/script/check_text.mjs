/** Fails when the code asks for a sentence that the catalogue lacks, or the catalogue has one that nobody asks for. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = new URL('..', import.meta.url).pathname;
const catalogue = JSON.parse(readFileSync(join(root, 'src/text/en.json'), 'utf8'));

function sources(folder) {
	return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
		const path = join(folder, entry.name);

		return entry.isDirectory() ? sources(path) : /\.tsx?$/.test(entry.name) ? [readFileSync(path, 'utf8')] : [];
	});
}

const code = sources(join(root, 'src')).join('\n');
const asked = [...code.matchAll(/\bt\('([^']+)'/g)].map((match) => match[1]);
const literals = new Set([...code.matchAll(/['"]([a-z_]+(?:\.[a-z_0-9]+)*)['"]/g)].map((match) => match[1]));
/* `reason.${code}` stands for every key with that beginning. */
const patterns = [...code.matchAll(/`([a-z_.]+)\$\{/g)].map((match) => match[1]);
/* Codes chosen by the server reach these through textHas. */
patterns.push('reason.', 'ended.');

const missing = [...new Set(asked)].filter((key) => !(key in catalogue));
const unused = Object.keys(catalogue).filter((key) => !literals.has(key) && !patterns.some((start) => key.startsWith(start)));
const slotless = Object.entries(catalogue).filter(([, text]) => typeof text === 'object' && !Object.values(text).every((form) => form.includes('{n}')));

for (const key of missing)
	console.error(`missing in the catalogue: ${key}`);
for (const key of unused)
	console.error(`in the catalogue, but not used: ${key}`);
for (const [key] of slotless)
	console.error(`has plural forms, but no {n}: ${key}`);
if (missing.length + unused.length + slotless.length > 0)
	process.exit(1);
console.log(`catalogue: ${Object.keys(catalogue).length} sentences, none missing, none unused`);
