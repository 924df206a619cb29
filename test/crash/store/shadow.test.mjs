// A disk that fails at each of its operations in turn: killed there, out of room there, or without power there. After each: what was
// acknowledged is there, once and in order, the database is sound, and the store goes on. The same for the upgrade of an old database.
// CHATTER is the program's path (chatter.c); a failing point is repeated with SHADOW (shadow.h). FARHAND_LONG=1 tries every point.
import test from 'node:test'
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const chatter = process.env.CHATTER
const long = process.env.FARHAND_LONG === '1'
const MESSAGES = '60'

const run = (args, shadow = '') => spawnSync(chatter, args, {
	encoding: 'utf8', maxBuffer: 1 << 28,
	env: { ...process.env, ASAN_OPTIONS: 'detect_leaks=0', ...(shadow && { SHADOW: shadow }) },
})
const killed = (end) => end.signal === 'SIGKILL'
const acks_of = (said) => said.split('\n').slice(0, -1).map((line) => line.replace(/^ack /, ''))

/* What is wrong with a database, given what was acknowledged: '' when nothing is. */
function wrong_with(db, acks) {
	const got = run(['read', db])
	if (got.status !== 0) return `${got.signal ?? got.status}: ${got.stderr}`
	const lines = got.stdout.trimEnd().split('\n')
	if (lines.pop() !== 'sound') return 'not sound'
	const rows = lines.filter((line) => line.startsWith('drain ')).map((line) => line.slice(6))
	const there = new Set(rows), lost = acks.find((line) => !there.has(line))
	if (lost) return `acknowledged, but not there: ${lost}`
	const ids = new Set(), next = new Map()
	let last = 0
	for (const [id, chat, seq, pos] of rows.map((row) => row.split(' '))) {
		if (ids.has(id)) return `twice: ${id}`
		if (id.startsWith('doomed')) return `undone, but there: ${id}`
		if (Number(seq) !== (next.get(chat) ?? 0) + 1) return `a gap in conversation ${chat}`
		if (Number(pos) <= last) return `out of order: ${id}`
		last = Number(pos)
		ids.add(id)
		next.set(chat, Number(seq))
	}
	return ''
}

function in_folder(body) {
	const folder = mkdtempSync(join(tmpdir(), 'store-shadow-'))
	try {
		return body(folder)
	} finally {
		rmSync(folder, { recursive: true })
	}
}

const operations = in_folder((folder) => Number(run(['write', join(folder, 'db'), 'c', MESSAGES], 'count').stderr.match(/operations (\d+)/)[1]))

/* The first ones each, where files are made; then spread to the end. */
function points(most, wanted) {
	const all = Array.from({ length: most }, (_, i) => i + 1)
	if (long || most <= wanted) return all
	const step = (most - wanted / 3) / (wanted * 2 / 3)
	return all.filter((n) => n <= wanted / 3 || Math.floor(n / step) !== Math.floor((n - 1) / step))
}

function goes_on(db, acks, point) {
	assert.equal(wrong_with(db, acks), '', point)
	const more = run(['write', db, 'u', '10'])
	assert.equal(more.status, 0, `${point}: ${more.stderr}`)
	assert.equal(wrong_with(db, [...acks, ...acks_of(more.stdout)]), '', `${point}, and on`)
}

test('killed before any operation', () => {
	let n = 0
	for (const when of points(operations, 80)) {
		in_folder((folder) => {
			const db = join(folder, 'db'), end = run(['write', db, 'k', MESSAGES], `kill ${when}`)
			n += killed(end)
			if (!killed(end)) assert.equal(end.status, 0, end.stderr)
			goes_on(db, acks_of(end.stdout), `kill ${when}`)
		})
	}
	/* Which writes share a sync differs from run to run, and so does their number. */
	assert.ok(n > points(operations, 80).length / 2, `${n} killed`)
})

test('without power before any operation', () => {
	let n = 0, acked = 0
	for (const when of points(operations, 120)) {
		in_folder((folder) => {
			const db = join(folder, 'db'), left = join(folder, 'left'), point = `cut ${when} ${left} ${when % 4}`
			mkdirSync(left)
			const end = run(['write', db, 'p', MESSAGES], point)
			if (!killed(end)) return assert.equal(end.status, 0, end.stderr)
			n++
			acked += acks_of(end.stdout).length
			goes_on(join(left, 'db'), acks_of(end.stdout), point)
		})
	}
	assert.ok(n > points(operations, 120).length / 2 && acked > n, `${n} cut, ${acked} acknowledged before`)
})

test('a disk that only says that it synced is found out', () => {
	let lost = 0
	for (let when = Math.floor(operations / 3); when < operations - 10 && !lost; when += 7) {
		in_folder((folder) => {
			const left = join(folder, 'left')
			mkdirSync(left)
			const end = run(['write', join(folder, 'db'), 'l', MESSAGES], `lie ${when} ${left} 0`)
			lost += killed(end) && acks_of(end.stdout).length > 0 && wrong_with(join(left, 'db'), acks_of(end.stdout)) !== ''
		})
	}
	assert.ok(lost, 'the ledger must see it')
})

test('out of room at any write', () => {
	let full = 0
	for (const mode of ['full', 'full+']) {
		for (const when of points(operations, 40)) {
			in_folder((folder) => {
				const db = join(folder, 'db'), point = `${mode} ${when}`, end = run(['write', db, 'f', MESSAGES], point)
				full += end.status === 1
				if (end.status === 1) assert.match(end.stderr, /No space left on device|database or disk is full/, point)
				else assert.equal(end.status, 0, `${point}: ${end.stderr}`)
				goes_on(db, acks_of(end.stdout), point)
			})
		}
	}
	assert.ok(full > 20, `${full} runs found the disk full`)
})

/* Of every age: a database that the first release made, the second … */
const steps = in_folder((folder) => Number(run(['old', join(folder, 'db'), '1']).stdout.match(/of (\d+)/)[1]))
const old_rows = Array.from({ length: 40 }, (_, i) => `o${i + 1} 1 ${i + 1} ${i + 1}`)

for (let step = 1; step < steps; step++) {
	test(`the upgrade of a database of step ${step} is killed, cut off, and out of room, at every operation`, () => in_folder((folder) => {
		const old = join(folder, 'old')
		assert.equal(run(['old', old, String(step)]).status, 0)
		const copy = join(folder, 'copy')
		copyFileSync(old, copy)
		const most = Number(run(['read', copy], 'count').stderr.match(/operations (\d+)/)[1])
		let tried = 0, ended = 0
		for (const mode of ['kill', 'cut', 'full']) {
			for (const when of points(most, 30)) {
				in_folder((at) => {
					const db = join(at, 'db'), left = join(at, 'left')
					copyFileSync(old, db)
					mkdirSync(left)
					const end = run(['read', db], `${mode} ${when} ${left} ${when % 4}`)
					tried++
					ended += killed(end) || end.status === 1
					const now = mode === 'cut' && killed(end) ? join(left, 'db') : db
					assert.ok(existsSync(now))
					goes_on(now, old_rows, `${mode} ${when} at step ${step}`)
				})
			}
		}
		assert.ok(ended > tried / 2, `${ended} of ${tried} ended the upgrade`)
	}))
}
