// Segment filters: the part of SCIM (RFC 7644 section 3.4.2.2) that section 10 of the spec allows. Slow and obvious.
import { codePointOrder, fold } from './text.mjs';

const token = /\s*(?:(?<sign>[()])|(?<text>"(?:[^"\\]|\\.)*")|(?<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?<word>[A-Za-z][A-Za-z0-9_-]*))/y;

function tokensOf(filter) {
	const tokens = [];
	for (token.lastIndex = 0; token.lastIndex < filter.trimEnd().length;) {
		const found = token.exec(filter);
		if (!found)
			throw new Error(`malformed filter: ${filter}`);
		tokens.push(found.groups);
	}
	return tokens;
}

/** Does the filter take in an account with these values (name in lower case → text, number, boolean or a list)? */
export function filterMatches(filter, values) {
	const tokens = tokensOf(filter);
	let at = 0;
	const word = () => tokens[at]?.word?.toLowerCase();
	const sign = (wanted) => tokens[at]?.sign === wanted && ++at > 0;

	// Both sides are always read: a filter is read through to its end.
	const either = () => {
		let result = both();
		while (word() === 'or' && ++at)
			result = both() || result;
		return result;
	};
	const both = () => {
		let result = one();
		while (word() === 'and' && ++at)
			result = one() && result;
		return result;
	};
	const one = () => {
		const not = word() === 'not' && tokens[at + 1]?.sign === '(' && ++at > 0;
		if (!sign('('))
			return comparison();
		const result = either();
		if (!sign(')'))
			throw new Error(`malformed filter: ${filter}`);
		return not ? !result : result;
	};
	const comparison = () => {
		if (word() === undefined)
			throw new Error('malformed: no attribute');
		const value = values.get(word());
		const operator = tokens[++at]?.word?.toLowerCase();
		at++;
		return operator === 'pr' ? present(value) : compare(value, operator, operandOf(operator, tokens[at++]));
	};
	const result = either();
	if (at !== tokens.length)
		throw new Error(`malformed filter: ${filter}`);
	return result;
}

/** The literal behind an operator, when the two go together. */
function operandOf(operator, t) {
	const wanted = literalOf(t);
	const fits = { eq: true, ne: true, co: typeof wanted === 'string', sw: typeof wanted === 'string', ew: typeof wanted === 'string' };
	if (!(fits[operator] ?? (['gt', 'ge', 'lt', 'le'].includes(operator) && ['string', 'number'].includes(typeof wanted))))
		throw new Error(`malformed: ${operator} ${wanted}`);
	return wanted;
}

const literalOf = (t) => JSON.parse(t.text ?? t.number ?? t.word.toLowerCase());

const present = (value) => value !== undefined && value !== '' && !(Array.isArray(value) && value.length === 0);

function compare(value, operator, wanted) {
	if (operator === 'ne')
		return !compare(value, 'eq', wanted);
	if (operator === 'eq' && wanted === null)
		return value === undefined;
	if (Array.isArray(value))
		return value.some((element) => compare(element, operator, wanted));
	if (typeof value !== typeof wanted)
		return false;
	const [left, right] = typeof value === 'string' ? [fold(value), fold(wanted)] : [value, wanted];
	const order = typeof value === 'string' ? codePointOrder(left, right) : Number(left > right) - Number(left < right);
	switch (operator) {
	case 'eq': return order === 0;
	case 'co': return left.includes(right);
	case 'sw': return left.startsWith(right);
	case 'ew': return left.endsWith(right);
	case 'gt': return order > 0;
	case 'ge': return order >= 0;
	case 'lt': return order < 0;
	case 'le': return order <= 0;
	default: throw new Error(`no operator: ${operator}`);
	}
}
