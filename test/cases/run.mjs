// Runs the spec's reach cases through `farhandctl reach`: all of them, each file's world as it is.
//
// usage: node run.mjs FARHANDCTL
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';

const CASES = 366;

const ctl = process.argv[2];
const here = dirname(fileURLToPath(import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'farhand-cases-'));

function run(name, { world, cases }) {
	const file = join(scratch, `${name}.json`);
	writeFileSync(file, JSON.stringify(world));
	const lines = cases.map((c) => JSON.stringify({ ...c.ask, expect: c.expect })).join('\n');
	const ran = spawnSync(ctl, ['reach', '--world', file], { input: lines, encoding: 'utf8', maxBuffer: 1 << 26 });
	const problems = [];
	if (ran.status !== 0 || ran.stderr)
		problems.push(`${name}: exit ${ran.status}\n${ran.stderr.replace(/line (\d+)/g, (_, n) => `${cases[n - 1].id} (${cases[n - 1].why})`)}`);
	const answers = ran.stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line));
	if (answers.length !== cases.length)
		problems.push(`${name}: ${answers.length} of ${cases.length} answered`);
	// What holds of every answer (section 2).
	answers.forEach((answer, i) => {
		const stops = answer.steps.filter((step) => step.result === 'stop');
		if (answer.steps.length !== 8 || stops.length !== (answer.allowed ? 0 : 1) || (answer.allowed && answer.remedies.length))
			problems.push(`${name} ${cases[i].id}: steps do not fit the answer`);
		if (stops.length && (stops[0].reason !== answer.reason || stops[0].side !== answer.side))
			problems.push(`${name} ${cases[i].id}: the stop is not the reason`);
	});
	console.log(`${name}: ${answers.length} of ${cases.length} ran`);
	return { problems, ran: answers.length };
}

const results = readdirSync(here).filter((f) => f.endsWith('.json')).sort()
	.map((f) => run(f.replace('.json', ''), JSON.parse(readFileSync(join(here, f), 'utf8'))));
rmSync(scratch, { recursive: true });
const problems = results.flatMap((r) => r.problems);
const ran = results.reduce((n, r) => n + r.ran, 0);
if (ran !== CASES)
	problems.push(`${ran} cases ran, not ${CASES}`);
problems.forEach((p) => console.error(p));
console.log(`${ran} cases ran, ${problems.length} problems`);
process.exit(problems.length ? 1 : 0);
