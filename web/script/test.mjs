/** Builds every test with esbuild and runs them with node's own test runner. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = new URL('..', import.meta.url).pathname;
const out = join(root, 'node_modules/.cache/test');
const names = readdirSync(join(root, 'test')).filter((name) => name.endsWith('.test.ts'));

await build({
	entryPoints: names.map((name) => join(root, 'test', name)),
	outdir: out,
	outExtension: { '.js': '.mjs' },
	bundle: true,
	platform: 'node',
	format: 'esm',
	target: 'node18',
	sourcemap: 'inline',
	logLevel: 'warning',
});

const files = names.map((name) => join(out, name.replace(/\.ts$/, '.mjs')));

process.exit(spawnSync(process.execPath, ['--enable-source-maps', '--test', ...files], { stdio: 'inherit' }).status ?? 1);
