/** What one's organisation wants of its people's sign-in; and the way back in for somebody who lost the second factor. */
import { ask } from './api';
import { object, whole, word } from './shape';

export interface SignInRule {
	second_factor: 'optional' | 'required';
}

/** Who can sign in, and who of them would have to set up a second factor: counted up to COUNT_MOST. */
export interface SignInRuleEffect {
	people: number;
	without: number;
}

export const COUNT_MOST = 100000;

const rule = object<SignInRule>({ second_factor: word('optional', 'required') });
const effect = object<SignInRuleEffect>({ people: whole, without: whole });
const path = (tenant: string): string => `/tenants/${encodeURIComponent(tenant)}/sign-in-rule`;

export async function ruleGet(tenant: string): Promise<{ value: SignInRule; etag: string | null }> {
	return ask('GET', path(tenant), rule);
}

export async function rulePut(tenant: string, value: SignInRule, etag: string): Promise<{ value: SignInRule; etag: string | null }> {
	return ask('PUT', path(tenant), rule, { body: value, headers: { 'If-Match': etag } });
}

export async function rulePreview(tenant: string, value: SignInRule, signal: AbortSignal): Promise<SignInRuleEffect> {
	return (await ask('POST', `${path(tenant)}/preview`, effect, { body: value, signal })).value;
}

/** Somebody lost the device and the recovery codes. */
export async function factorReset(address: string): Promise<void> {
	await ask('DELETE', `/accounts/${encodeURIComponent(address)}/second-factor`, () => null);
}
