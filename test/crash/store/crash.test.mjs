// Kills a process that stores messages, at many points, and looks at what is left: each acknowledged message is there exactly once,
// numbers have neither gap nor double, what was undone is not there, and the database is sound.
// CHATTER is the program's path (chatter.c).
import test from 'node:test'
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const chatter = process.env.CHATTER
const env = { ...process.env, ASAN_OPTIONS: 'detect_leaks=0' } // the leak check can't run under strace

// The same dice on every run, so that a failure can be repeated.
let dice_state = 12345
const dice = (most) => (dice_state = (dice_state * 1103515245 + 12345) % 2147483648) % most

function in_folder(run) {
	const folder = mkdtempSync(join(tmpdir(), 'store-crash-'))
	const gone = () => rmSync(folder, { recursive: true })
	return run(join(folder, 'db')).then(gone, (err) => { gone(); throw err })
}

// The whole lines alone: a kill may cut the last.
const acks_of = (said) => said.split('\n').slice(0, -1).map((line) => line.replace(/^ack /, ''))

// Runs a command that writes, and kills it after so many acknowledgements or milliseconds. All that it had said by then counts.
function write_until(command, { acks = Infinity, after_ms = 0 }) {
	return new Promise((resolve, reject) => {
		const child = spawn(command[0], command.slice(1), { env, stdio: ['ignore', 'pipe', 'pipe'] })
		let said = '', wrong = ''
		const timer = after_ms && setTimeout(() => child.kill('SIGKILL'), after_ms)
		child.stdout.setEncoding('utf8').on('data', (text) => {
			said += text
			if (said.split('\n').length > acks)
				child.kill('SIGKILL')
		})
		child.stderr.setEncoding('utf8').on('data', (text) => { wrong += text })
		child.on('error', reject)
		child.on('close', (code, signal) => {
			clearTimeout(timer)
			const killed = signal === 'SIGKILL' || code === 137
			if (!killed && code !== 0)
				reject(new Error(`chatter ended with ${signal ?? code}: ${wrong}`))
			resolve({ killed, acked: acks_of(said) })
		})
	})
}

// `ledger` holds the acknowledged lines of all runs so far on this database.
function look(db, ledger) {
	const got = spawnSync(chatter, ['read', db], { env, encoding: 'utf8', maxBuffer: 1 << 28 })
	assert.equal(got.status, 0, got.stderr)
	const lines = got.stdout.trimEnd().split('\n')
	assert.equal(lines.pop(), 'sound')
	const kept = (kind) => lines.filter((line) => line.startsWith(`${kind} `)).map((line) => line.slice(kind.length + 1))
	const rows = kept('drain')
	assert.deepEqual([...rows].sort(), kept('page').sort())

	const whole = new Set(rows)
	for (const line of ledger)
		assert.ok(whole.has(line), `acknowledged, but not there: ${line}`)
	const ids = new Set(), next = new Map()
	for (const [id, chat, seq] of rows.map((row) => row.split(' '))) {
		assert.ok(!ids.has(id), `twice: ${id}`)
		assert.ok(!id.startsWith('doomed'), `undone, but there: ${id}`)
		assert.equal(Number(seq), (next.get(chat) ?? 0) + 1, `a gap in conversation ${chat}`)
		ids.add(id)
		next.set(chat, Number(seq))
	}
}

test('killed at any moment, nothing acknowledged is lost', () => in_folder(async (db) => {
	const ledger = new Set()
	let killed = 0
	for (let run = 0; run < 44; run++) {
		const when = run % 4 === 3 ? { after_ms: 1 + dice(60) } : { acks: 1 + dice(run % 4 === 0 ? 20 : 200) }
		const end = await write_until([chatter, 'write', db, `${run}.`, '20000'], when)
		killed += end.killed
		end.acked.forEach((line) => ledger.add(line))
		look(db, ledger)
	}
	assert.equal(killed, 44)
	assert.ok(ledger.size > 1000, `${ledger.size} were acknowledged`)
}))

const no_trace = spawnSync('strace', ['-qq', '-o', '/dev/null', 'true']).status !== 0 && 'strace is missing or may not trace here'
const points = [
	['db-wal', 'pwrite64', [1, 2, 3, 4, 5, 8, 12, 18, 27, 40, 60, 90, 140]],
	['db-wal', 'fdatasync', [1, 2, 3, 4, 5, 6, 8, 10]],
	['db', 'pwrite64', [1, 2, 3, 5, 8, 13, 21, 34, 55]],
	['db', 'fdatasync', [1, 2, 3]],
	['db-wal', 'ftruncate', [1]],
	['db-wal', 'unlink', [1]],
]

test('killed inside a system call on its files, the same', { skip: no_trace }, async () => {
	let killed = 0, tried = 0
	for (const [file, call, whens] of points) {
		for (const when of whens) {
			await in_folder(async (db) => {
				const command = ['strace', '-f', '-qq', '-o', '/dev/null', '-P', join(db, '..', file), '-e', `trace=${call}`,
					'-e', `inject=${call}:signal=SIGKILL:when=${when}`, chatter, 'write', db, 't', '150']
				const end = await write_until(command, {})
				tried++
				killed += end.killed
				look(db, end.acked)
				// The survivors' store is a whole one: it can be written again.
				look(db, [...end.acked, ...(await write_until([chatter, 'write', db, 'u', '20'], {})).acked])
			})
		}
	}
	assert.ok(killed > tried / 2, `only ${killed} of ${tried} were killed`)
})

// A failing disk, made by the kernel's own answers: what the unit tests do with a bent file layer.
function write_on_failing_disk(db, file, call, error, when) {
	return spawnSync('strace', ['-f', '-qq', '-o', '/dev/null', '-P', join(db, '..', file), '-e', `trace=${call}`,
		'-e', `inject=${call}:error=${error}:when=${when}`, chatter, 'write', db, 't', '500'], { env, encoding: 'utf8' })
}

test('a sync that fails ends the process', { skip: no_trace }, async () => {
	// While it is made, in the first commits, and in the checkpoint at the close.
	for (const [before, file, when] of [[0, 'db', 1], [0, 'db-wal', 2], [0, 'db-wal', 5], [10, 'db', 1]]) {
		await in_folder(async (db) => {
			const first = before ? (await write_until([chatter, 'write', db, 's', `${before}`], {})).acked : []
			const end = write_on_failing_disk(db, file, 'fdatasync', 'EIO', when)
			assert.equal(end.signal, 'SIGABRT', end.stderr)
			assert.match(end.stderr, /"ev":"store.fault".*"sqlite":1034/)
			look(db, [...first, ...acks_of(end.stdout)])
		})
	}
})

test('a full disk is told to the sender, and keeps what was acknowledged', { skip: no_trace }, () => in_folder(async (db) => {
	const end = write_on_failing_disk(db, 'db-wal', 'pwrite64', 'ENOSPC', '400+')
	assert.equal(end.status, 1)
	assert.match(end.stderr, /No space left on device|database or disk is full/)
	look(db, acks_of(end.stdout))
}))
