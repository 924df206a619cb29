/** The catalogue: whole sentences with {slots}; a sentence that counts has a form for each plural of the language. */
import type english from './en.json';

export type TextKey = keyof typeof english;
export type Slots = Record<string, string | number>;
type Sentence = string | { one?: string; other: string };

export const LOCALE = 'en-GB';
let sentences: Record<string, Sentence> = {};
const plurals = new Intl.PluralRules(LOCALE);
const numbers = new Intl.NumberFormat(LOCALE);

export function textLoad(catalogue: Record<string, Sentence>): void {
	sentences = catalogue;
}

export function textHas(key: string): key is TextKey {
	return key in sentences;
}

/** The sentence for a key. Slots are filled in; `n` also chooses the plural. */
export function t(key: TextKey, slots: Slots = {}): string {
	const sentence = sentences[key];
	const form = typeof sentence === 'object' ? pluralForm(sentence, Number(slots['n'] ?? 0)) : sentence;

	return (form ?? key).replace(/\{(\w+)\}/g, (_, name: string) => {
		const value = slots[name];

		return typeof value === 'number' ? numbers.format(value) : (value ?? '');
	});
}

function pluralForm(sentence: { one?: string; other: string }, n: number): string {
	return (plurals.select(n) === 'one' ? sentence.one : undefined) ?? sentence.other;
}

const listing = new Intl.ListFormat(LOCALE, { type: 'conjunction' });
const clock = new Intl.DateTimeFormat(LOCALE, { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat(LOCALE, { weekday: 'long', day: 'numeric', month: 'long' });
const shortDay = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short' });

/** "Delmar Paper and Eastmoor Rail" */
export const listText = (items: string[]): string => listing.format(items);
/** "14:20" */
export const clockText = (at: string): string => clock.format(new Date(at));
/** The day in local time, to compare: "2026-11-23" */
export function dayKey(at: string): string {
	const date = new Date(at);

	return [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((n) => String(n).padStart(2, '0')).join('-');
}
/** "Monday 23 November" */
export const dayText = (at: string): string => day.format(new Date(at));
/** "23 Nov" */
export const shortDayText = (at: string): string => shortDay.format(new Date(at));

/** "12:23", "1:02:03" */
export function durationText(seconds: number): string {
	const s = Math.max(0, Math.floor(seconds));
	const two = (n: number) => String(n).padStart(2, '0');
	const rest = `${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;

	return s >= 3600 ? `${Math.floor(s / 3600)}:${rest}` : `${Math.floor(s / 60)}:${two(s % 60)}`;
}
