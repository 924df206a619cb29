// Chance from a seed, and the many ways to write one address, domain or time.
import { domainToUnicode } from 'node:url';
import { domainPart, localPart } from './text.mjs';

export class Random {
	#state;

	constructor(seed) {
		this.#state = seed >>> 0;
	}

	/** [0, 1), by mulberry32. */
	next() {
		this.#state = (this.#state + 0x6d2b79f5) >>> 0;
		let t = this.#state;
		t = Math.imul(t ^ (t >>> 15), t | 1);
		t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
		return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
	}

	below(n) {
		return Math.floor(this.next() * n);
	}

	chance(p) {
		return this.next() < p;
	}

	of(list) {
		return list[this.below(list.length)];
	}

	/** Up to `most` different elements. */
	some(list, most) {
		const rest = [...list];
		const out = [];
		for (let n = this.below(most + 1); n > 0 && rest.length > 0; n--)
			out.push(...rest.splice(this.below(rest.length), 1));
		return out;
	}

	/** One of { value: weight }. */
	weighed(weights) {
		let left = this.next() * Object.values(weights).reduce((a, b) => a + b);
		return Object.keys(weights).find((key) => (left -= weights[key]) < 0);
	}

	/** The domain in mixed case, or in Unicode. */
	domainSpelt(domain) {
		const shown = this.chance(0.4) ? domainToUnicode(domain) : domain;
		return this.chance(0.3) ? this.#mixed(shown) : shown;
	}

	/** The address in mixed case, decomposed, with any of its domains in Unicode. */
	addressSpelt(address) {
		let local = localPart(address);
		const equals = local.lastIndexOf('=');
		if (equals > 0)
			local = `${local.slice(0, equals)}=${this.domainSpelt(local.slice(equals + 1))}`;
		local = this.chance(0.3) ? this.#mixed(local) : local;
		return `${this.chance(0.2) ? local.normalize('NFD') : local}@${this.domainSpelt(domainPart(address))}`;
	}

	/** Upper case here and there, where it leads back to the same letter. */
	#mixed(text) {
		return [...text].map((c) => this.chance(0.5) && c.toUpperCase().toLowerCase() === c ? c.toUpperCase() : c).join('');
	}

	/** One of few moments, so that they meet: a time with any offset and any number of digits. */
	time() {
		const minutes = this.of([-90, 0, 90, 330, -720]);
		const seconds = Date.UTC(2026, 5, 15, 12, 0, 0) / 1000 + this.of([-86400 * 200, -1, 0, 0, 0, 1, 86400 * 200]);
		const fraction = this.of(['', '', '.0', '.5', '.500', '.49999999999999999999', '.50000000000000000001', '.500000000', '.5000000001', '.1']);
		const local = new Date((seconds + minutes * 60) * 1000).toISOString().slice(0, 19);
		const clock = `${String(Math.floor(Math.abs(minutes) / 60)).padStart(2, '0')}:${String(Math.abs(minutes) % 60).padStart(2, '0')}`;
		const zone = minutes === 0 ? this.of(['Z', 'z', '+00:00', '-00:00']) : `${minutes < 0 ? '-' : '+'}${clock}`;
		return `${this.chance(0.2) ? local.replace('T', 't') : local}${fraction}${zone}`;
	}
}
