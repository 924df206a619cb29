/** From an answer to the drawing of the line and to a sentence. Pure; the words are in the catalogue. */
import { t, textHas, type Slots, type TextKey } from '../text/text';
import type { Answer } from '../wire/objects';

export type GateState = 'open' | 'shut' | 'unknown';

export interface LineDrawing {
	ours: GateState;
	theirs: GateState;
}

/** Who is who in the sentence. */
export interface Parties {
	ownTenant: string;
	ownName: string;
	otherName: string;
	person: string;
}

/** Which gate is shut. `tenant` owns the deciding setting; without it, the other side does not tell. */
export function gateDrawing(answer: Answer | null, ownTenant: string): LineDrawing {
	if (!answer)
		return { ours: 'open', theirs: 'unknown' };
	if (answer.allowed)
		return { ours: 'open', theirs: 'open' };
	if (answer.tenant === ownTenant)
		return { ours: 'shut', theirs: 'unknown' };
	return { ours: 'open', theirs: answer.tenant ? 'shut' : 'unknown' };
}

function slotsOf(answer: Pick<Answer, 'tenant'> | null, parties: Parties): Slots {
	const ours = answer?.tenant === parties.ownTenant;

	return {
		org: ours ? parties.ownName : parties.otherName,
		other: ours ? parties.otherName : parties.ownName,
		name: parties.person,
	};
}

function sentence(prefix: 'reason' | 'ended', reason: string, slots: Slots): string | null {
	const key = `${prefix}.${reason}`;

	return textHas(key) ? t(key as TextKey, slots) : null;
}

/** Why something is refused, in one sentence. `title` is the server's own, for codes that the catalogue does not have. */
export function reasonSentence(reason: string, answer: Answer | null, parties: Parties, title?: string): string {
	const code = answer && !answer.allowed ? answer.reason : reason;

	return sentence('reason', code, slotsOf(answer, parties)) ?? title ?? t('reason.unreachable', slotsOf(answer, parties));
}

/** Whose admin ended it is not always told. */
const adminReason = (reason: string, tenant: string | null): string => (reason === 'call.ended_by_admin' && !tenant ? 'call.ended_by_someone' : reason);

/** Why a call ended; `tenant`: whose setting decided, or whose admin did it. */
export function endedSentence(reason: string, answer: Answer | null, parties: Parties, tenant: string | null = null): string {
	const slots = slotsOf(answer ?? { tenant }, parties);

	return sentence('ended', adminReason(reason, tenant), slots) ?? sentence('reason', reason, slots) ?? t('ended.other', slots);
}

/** The same of a record, of which no more is kept than whose setting decided. `rang`: else it was refused. */
export function recordSentence(rang: boolean, reason: string, tenant: string | null, parties: Parties): string {
	const slots = slotsOf({ tenant }, parties);

	return (rang ? sentence('ended', adminReason(reason, tenant), slots) : null) ?? sentence('reason', reason, slots) ?? t('ended.other', slots);
}

/** Ended by a rule, so that the line with its gates is worth drawing. */
export const endedByRule = (reason: string): boolean => !reason.startsWith('call.') && !reason.startsWith('server.');
