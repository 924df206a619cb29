// Chromium with a fake camera, and people who use the app in it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { PASSWORD } from '../harness/server.mjs';

const PATIENCE_MS = 30000;

/** A clip for the fake camera: a grey wall with a moving bar, so that a frame is never like the one before. Motion JPEG, 640x360. */
function clipMake(folder) {
	const file = join(folder, 'camera.mjpeg');

	execFileSync('ffmpeg', ['-loglevel', 'error', '-f', 'lavfi', '-i', 'color=c=gray:s=640x360:r=20:d=2', '-f', 'lavfi', '-i', 'color=c=navy:s=40x360:r=20:d=2',
		'-filter_complex', "[0][1]overlay=x='mod(t*300,600)'", '-c:v', 'mjpeg', '-q:v', '4', '-f', 'mjpeg', file]);
	return file;
}

/** One window of one person. `faults` gathers what a console shows to nobody, but for what is `expected`. */
export class Window {
	constructor(page, origin) {
		Object.assign(this, { page, origin, faults: [], expected: [] });
		page.setDefaultTimeout(PATIENCE_MS);
		page.on('pageerror', (error) => this.faults.push(String(error)));
		page.on('console', (message) => {
			// The browser prints every refusal; those that a test asks for are in `expected`.
			if (message.type() === 'error' && !this.expected.some((part) => message.text().includes(part))) this.faults.push(`${message.text()} ${message.location().url}`);
		});
	}

	async signIn(address) {
		await this.page.goto(this.origin);
		await this.page.getByLabel('Address').fill(address);
		await this.page.getByLabel('Password').fill(PASSWORD);
		await this.page.getByRole('button', { name: 'Sign in' }).click();
		await this.page.getByRole('heading', { name: 'People', level: 1 }).waitFor();
	}

	/** From the next page on, remember every RTCPeerConnection: for candidatePairs(). */
	async keepConnections() {
		await this.page.addInitScript(() => {
			window.connections = [];
			window.RTCPeerConnection = class extends RTCPeerConnection {
				constructor(...args) {
					super(...args);
					window.connections.push(this);
				}
			};
		});
	}

	/** What ICE has tried: `{ protocol, answered, selected }` a pair, of all connections that are not closed. */
	candidatePairs() {
		return this.page.evaluate(async () => {
			const open = window.connections.filter((pc) => pc.connectionState !== 'closed');
			const reports = await Promise.all(open.map((pc) => pc.getStats()));

			return reports.flatMap((report) => {
				const all = [...report.values()];
				const selected = new Set(all.map((one) => one.selectedCandidatePairId));

				return all.filter((one) => one.type === 'candidate-pair').map((pair) => ({
					protocol: report.get(pair.localCandidateId).protocol, answered: pair.responsesReceived > 0, selected: selected.has(pair.id),
				}));
			});
		});
	}

	/** Decoded frames of the other side's picture so far. */
	frames() {
		return this.page.evaluate(() => {
			const videos = [...document.querySelectorAll('video:not([aria-label="Your camera"])')];

			return Math.max(0, ...videos.map((video) => video.getVideoPlaybackQuality().totalVideoFrames));
		});
	}
}

/** Fails unless the other side's picture moves. */
export async function growing(window, what) {
	const first = await window.frames();

	for (let i = 0; i < PATIENCE_MS / 100; i++) {
		await sleep(100);
		if (await window.frames() > first + 10) return;
	}
	assert.fail(`${what}: no frames are decoded, ${await window.frames()} after ${first}`);
}

export class Browser {
	/** `devices: false`: a machine without camera and microphone. `udp: false`: the browser sends no UDP, as if a firewall let none through. */
	static async start({ devices = true, udp = true } = {}) {
		const browser = new Browser();
		const fake = ['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream'];

		browser.folder = mkdtempSync(join(tmpdir(), 'farhand-browser-'));
		browser.chromium = await chromium.launch({
			executablePath: '/usr/bin/chromium',
			headless: true,
			args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
				...(devices ? [...fake, `--use-file-for-fake-video-capture=${clipMake(browser.folder)}`] : []),
				...(udp ? [] : ['--webrtc-ip-handling-policy=disable_non_proxied_udp']),
				'--allow-loopback-in-peer-connection', '--autoplay-policy=no-user-gesture-required'],
		});
		return browser;
	}

	/** A window with its own cookies. `device`: `desk`, `phone`; `dark` for the dark theme. */
	async window(server, { device = 'desk', dark = false, permissions = ['camera', 'microphone'] } = {}) {
		const context = await this.chromium.newContext({
			ignoreHTTPSErrors: true,
			viewport: device === 'phone' ? { width: 390, height: 844 } : { width: 1440, height: 900 },
			hasTouch: device === 'phone',
			colorScheme: dark ? 'dark' : 'light',
			reducedMotion: 'reduce',
			permissions,
		});

		return new Window(await context.newPage(), `https://localhost:${server.port}`);
	}

	async stop() {
		await this.chromium.close();
		rmSync(this.folder, { recursive: true, force: true });
	}
}
