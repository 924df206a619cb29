/** Fails when what a visitor has to load grows beyond the budget. Sizes are gzip -9, in KB of 1024 bytes. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const dist = new URL('../dist/', import.meta.url).pathname;
const manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'));

const sizes = new Map();

function sizeOf(file) {
	if (!sizes.has(file)) {
		const bytes = readFileSync(join(dist, file));

		sizes.set(file, /\.woff2$/.test(file) ? bytes.length : gzipSync(bytes, { level: 9 }).length);
	}
	return sizes.get(file);
}

/** A chunk with all that it imports at once. */
function closure(key, found = new Set()) {
	if (found.has(key))
		return found;
	found.add(key);
	for (const needed of manifest[key].imports ?? [])
		closure(needed, found);
	return found;
}

const ENTRY = 'index.html';
const entry = closure(ENTRY);
const inside = closure('src/inside.tsx');
const scriptBytes = (keys) => [...keys].reduce((sum, key) => sum + sizeOf(manifest[key].file), 0);
const styleBytes = (keys) => [...new Set([...keys].flatMap((key) => manifest[key].css ?? []))].reduce((sum, file) => sum + sizeOf(file), 0);
const onlyOf = (key) => new Set([...closure(key)].filter((one) => !entry.has(one) && !inside.has(one)));
const font = Object.values(manifest).map((chunk) => chunk.file).find((file) => file.endsWith('.woff2'))
	?? Object.values(manifest).flatMap((chunk) => chunk.assets ?? []).find((file) => file.endsWith('.woff2'));
/* A page that lends something to a chunk of its own has no source in the manifest, but its name. */
const page = (name) => Object.keys(manifest).find((key) => (key.endsWith(`/${name}.tsx`) || manifest[key].name === name) && manifest[key].isDynamicEntry);
const catalogue = Object.keys(manifest).find((key) => key.endsWith('en.json'));

const results = [];
const check = (name, bytes, limit) => results.push({ name, kb: bytes / 1024, limit, ok: bytes <= limit * 1024 });

check('entry, JS', scriptBytes(entry), 25);
check('what every page behind the sign-in needs, JS', scriptBytes(new Set([...inside].filter((key) => !entry.has(key)))), 15);
for (const name of ['signin', 'password', 'people', 'chats', 'calls', 'call', 'external', 'report', 'data', 'settings', 'missing', 'join', 'invite']) {
	const own = onlyOf(page(name));

	check(`${name}, JS`, scriptBytes(own), name === 'call' ? 20 : 15);
	check(`${name}, CSS with the frame's`, styleBytes(new Set([...entry, ...inside, ...own])), 12);
}
for (const name of ['signin', 'people']) {
	const all = new Set([...entry, ...(name === 'signin' ? [] : inside), ...closure(page(name)), catalogue]);

	check(`first load of ${name}, font included`, scriptBytes(all) + styleBytes(all) + sizeOf(font) + sizeOf('index.html') + sizeOf('theme.js'), name === 'people' ? 91 : 90);
}
for (const { name, kb, limit, ok } of results)
	console.log(`${ok ? 'ok  ' : 'OVER'} ${kb.toFixed(1).padStart(6)} of ${String(limit).padStart(3)} KB  ${name}`);
/* The manifest was made for this check alone: what is served should not carry it. */
rmSync(join(dist, '.vite'), { recursive: true });
if (results.some(({ ok }) => !ok))
	process.exit(1);
