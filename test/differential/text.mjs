// Addresses, domains, times and case, as section 1 of the spec has them. Slow and obvious.
import { domainToASCII, domainToUnicode } from 'node:url';

const ldh = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;

/** The domain in A-labels; null when it is none. */
export function domainOf(text) {
	if (/[\s%/:@?#[\]\\]/.test(text) || text.endsWith('.'))
		return null;
	const ascii = domainToASCII(text);
	return ascii.length > 0 && ascii.length <= 253 && ascii.split('.').every((label) => ldh.test(label)) ? ascii : null;
}

/** The address in its one form, or null. The home domain inside a guest address becomes A-labels too. */
export function addressOf(text) {
	const parts = text.split('@');
	if (parts.length !== 2 || parts[0] === '' || /[\s\p{Cc}]/u.test(parts[0]))
		return null;
	const domain = domainOf(parts[1]);
	let local = parts[0].normalize('NFC').toLowerCase();
	const equals = local.lastIndexOf('=');
	const home = equals > 0 ? domainOf(local.slice(equals + 1)) : null;
	if (home !== null)
		local = `${local.slice(0, equals)}=${home}`;
	return domain === null ? null : `${local}@${domain}`;
}

export const localPart = (address) => address.slice(0, address.indexOf('@'));
export const domainPart = (address) => address.slice(address.indexOf('@') + 1);
export const guestAddress = (home, hostDomain) => `${home.replace('@', '=')}@${hostDomain}`;

/** An address as people write it: every domain in it in Unicode. */
export function unicodeForm(address) {
	const local = localPart(address);
	const equals = local.lastIndexOf('=');
	const shown = equals < 0 ? local : `${local.slice(0, equals)}=${domainToUnicode(local.slice(equals + 1))}`;
	return `${shown}@${domainToUnicode(domainPart(address))}`;
}

/** An entry of a list of domains: exact, or "*.domain". */
export const domainEntryOf = (text) => text.startsWith('*.') ? `*.${domainOf(text.slice(2))}` : domainOf(text);

/** "*.domain" covers every subdomain but not the domain itself. */
export const listed = (entries, domain) =>
	entries.some((entry) => entry.startsWith('*.') ? domain.endsWith(entry.slice(1)) && domain.length > entry.length - 1 : entry === domain);

/** The entry of a list that decides about the domain: the closest one. */
export const entryFor = (entries, domain) => entries.filter((entry) => listed([entry], domain)).sort((a, b) => b.length - a.length || (a === domain ? -1 : 1))[0];

/** Unicode's full case folding, code point by code point (so that no final sigma and no Turkish i gets in), and composed. */
const foldLetter = (c) => c === 'ı' ? c : c.toLowerCase().toUpperCase().toLowerCase().replaceAll('ς', 'σ');
export const fold = (text) => [...text.normalize('NFC')].map(foldLetter).join('').normalize('NFC');

/** -1, 0, 1 in the order of code points (JavaScript's own order is of UTF-16 units). */
export function codePointOrder(a, b) {
	const left = [...a], right = [...b];
	for (let i = 0; i < left.length && i < right.length; i++)
		if (left[i] !== right[i])
			return left[i].codePointAt(0) < right[i].codePointAt(0) ? -1 : 1;
	return Math.sign(left.length - right.length);
}

const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/** A moment: whole seconds since 1970, and all digits of the fraction. */
export function instantOf(text) {
	const parts = rfc3339.exec(text);
	if (!parts)
		throw new Error(`not a time: ${text}`);
	const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number);
	const date = new Date(0);
	date.setUTCFullYear(year, month - 1, day);
	if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day || hour > 23 || minute > 59 || second > 59 || Number(parts[9] ?? 0) > 23 || Number(parts[10] ?? 0) > 59)
		throw new Error(`not a time: ${text}`);
	const offset = parts[8] ? (parts[8] === '-' ? -60 : 60) * (Number(parts[9]) * 60 + Number(parts[10])) : 0;
	const seconds = date.getTime() / 1000 + hour * 3600 + minute * 60 + second - offset;
	return { seconds, fraction: (parts[7] ?? '').replace(/0+$/, ''), text };
}

/** -1, 0, 1. Fractions without trailing zeros compare as text. */
export function instantOrder(a, b) {
	if (a.seconds !== b.seconds)
		return a.seconds < b.seconds ? -1 : 1;
	return a.fraction < b.fraction ? -1 : a.fraction > b.fraction ? 1 : 0;
}

const textOf = (seconds, fraction) => `${new Date(seconds * 1000).toISOString().slice(0, 19)}${fraction && `.${fraction}`}Z`;

/** A moment shortly before. */
export function justBefore(text) {
	const { seconds, fraction } = instantOf(text);
	const last = fraction.length - 1;
	return fraction ? textOf(seconds, `${fraction.slice(0, last)}${Number(fraction[last]) - 1}99999999999999999999`) : textOf(seconds - 1, '9'.repeat(20));
}

/** A moment by chance between two; at times as near to the first as can be. */
export function between(r, from, to) {
	const a = instantOf(from), b = instantOf(to);
	const seconds = a.seconds + r.below(b.seconds - a.seconds);
	return seconds > a.seconds && r.chance(0.8) ? textOf(seconds, String(r.below(1e9))) : textOf(a.seconds, `${a.fraction}00000000000000000000001`);
}
