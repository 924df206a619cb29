/** What can go wrong on the wire: a refusal (the server said no, and why) or no answer at all. */
import { answer, type Answer } from './objects';
import { list, nullable, object, text, whole } from './shape';

export interface Problem {
	reason: string;
	title: string;
	status: number;
	field: string | null;
	tenant: string | null;
	/** Of a text that is too short: the characters that it needs. */
	least: number | null;
	answer: Answer | null;
	/** In a group: which two may not meet, when one may know it. */
	between: string[] | null;
}

export const problem = object<Problem>({
	reason: text,
	title: text,
	status: whole,
	field: nullable(text),
	tenant: nullable(text),
	least: nullable(whole),
	answer: nullable(answer),
	between: nullable(list(text)),
});

/** An expected no. */
export class Refusal extends Error {
	override name = 'Refusal';
	readonly problem: Problem;
	/** Seconds to wait before the next try, when the server told us. */
	readonly retryAfter: number | null;

	constructor(told: Problem, retryAfter: number | null = null) {
		super(told.title);
		this.problem = told;
		this.retryAfter = retryAfter;
	}
}

/** The server can't be reached, or what it said can't be read: try again later. */
export class Unreachable extends Error {
	override name = 'Unreachable';
}

/** The problem object in any thrown thing. */
export function problemOf(error: unknown): Problem {
	if (error instanceof Refusal)
		return error.problem;
	return { reason: 'line.down', title: String(error), status: 0, field: null, tenant: null, least: null, answer: null, between: null };
}
