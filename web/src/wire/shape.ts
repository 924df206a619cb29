/**
 * Checked decoding. A Shape turns an unknown JSON value into a typed one or throws ShapeError with the path of what is wrong.
 * Keys that we don't know are left out: objects of the protocol may grow.
 */
export class ShapeError extends Error {
	override name = 'ShapeError';
}

export type Shape<T> = (value: unknown, at: string) => T;

function wrong(at: string, wanted: string): never {
	throw new ShapeError(`${at || 'value'}: ${wanted} expected`);
}

export const text: Shape<string> = (value, at) => (typeof value === 'string' ? value : wrong(at, 'text'));

export const flag: Shape<boolean> = (value, at) => (typeof value === 'boolean' ? value : wrong(at, 'true or false'));

export const number: Shape<number> = (value, at) => (typeof value === 'number' && Number.isFinite(value) ? value : wrong(at, 'a number'));

export const whole: Shape<number> = (value, at) => (Number.isSafeInteger(value) ? (value as number) : wrong(at, 'a whole number'));

/** Null and absent are the same to us. */
export function nullable<T>(shape: Shape<T>): Shape<T | null> {
	return (value, at) => (value === null || value === undefined ? null : shape(value, at));
}

export function list<T>(shape: Shape<T>): Shape<T[]> {
	return (value, at) => (Array.isArray(value) ? value.map((item, i) => shape(item, `${at}/${i}`)) : wrong(at, 'a list'));
}

export function word<T extends string>(...words: T[]): Shape<T> {
	return (value, at) => (words.includes(value as T) ? (value as T) : wrong(at, words.join(' or ')));
}

export function record(value: unknown, at: string): Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : wrong(at, 'an object');
}

export function object<T extends object>(fields: { [K in keyof T]: Shape<T[K]> }): Shape<T> {
	const keys = Object.keys(fields) as (keyof T & string)[];

	return (value, at) => {
		const source = record(value, at);
		const result = {} as T;

		for (const key of keys)
			result[key] = fields[key](source[key], `${at}/${key}`);
		return result;
	};
}

/** An object that is kept whole, with some keys checked: what we send back must not lose the keys that we don't know. */
export function wholeObject<T extends object>(fields: { [K in keyof T]: Shape<T[K]> }): Shape<T & Record<string, unknown>> {
	const known = object(fields);

	return (value, at) => ({ ...record(value, at), ...known(value, at) });
}
