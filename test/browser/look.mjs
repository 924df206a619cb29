// Looks at a page as it stands, in both themes and three widths: axe-core finds nothing, and nothing scrolls sideways.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

const axe = readFileSync(new URL('../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const SIZES = [{ width: 1440, height: 900 }, { width: 390, height: 844 }];
const NARROW = { width: 320, height: 640 };

async function violations(page) {
	// Not a script tag: the page's policy allows no inline script, and that should stay so under test.
	await page.evaluate(`window.axe || (() => { ${axe} })()`);
	const found = await found_once(page);

	/* What was caught halfway from one theme to the other is gone at the second look; what is wrong stays. */
	return found.length ? found_once(page) : found;
}

async function found_once(page) {
	await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
	const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'], preload: false }));

	return found.violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => `${node.target} (${node.any[0]?.message ?? node.none[0]?.message ?? ''})`).join(', ')}`);
}

/** How far the page could be scrolled sideways. */
function sideways(page) {
	return page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - innerWidth));
}

/** `LOOK_AT=folder` keeps a picture of everything that is looked at. */
async function keep(page, name) {
	if (process.env.LOOK_AT) await page.screenshot({ path: `${process.env.LOOK_AT}/${name}.png` });
}

/** Colours fade from one theme to the other: what is looked at has come to rest. */
async function rest(page, scheme) {
	await page.waitForFunction((wanted) => document.documentElement.dataset.theme === wanted, scheme);
	await page.evaluate(() => Promise.allSettled(document.getAnimations().filter((one) => Number.isFinite(one.effect.getComputedTiming().endTime)).map((one) => one.finished)));
}

export async function look(window, name) {
	const { page } = window;
	const before = page.viewportSize();
	const wrong = [];

	for (const colorScheme of ['light', 'dark']) {
		await page.emulateMedia({ colorScheme });
		for (const size of SIZES) {
			await page.setViewportSize(size);
			await rest(page, colorScheme);
			await keep(page, `${name}-${colorScheme}-${size.width}`);
			wrong.push(...(await violations(page)).map((one) => `${colorScheme} ${size.width}: ${one}`));
		}
	}
	await page.setViewportSize(NARROW);
	await keep(page, `${name}-dark-320`);
	const excess = await sideways(page);
	if (excess > 0) wrong.push(`scrolls sideways by ${excess} px at ${NARROW.width}`);
	await page.setViewportSize(before);
	assert.deepEqual(wrong, [], name);
}
