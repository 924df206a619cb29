/** How long one's organisation keeps its side of messages and calls. */
import { ask } from './api';
import { nullable, object, whole } from './shape';

/** In days; null is for good. */
export interface Retention {
	messages_days: number | null;
	calls_days: number | null;
}

/** How many would go, counted up to EFFECT_MOST. */
export interface RetentionEffect {
	messages: number;
	calls: number;
}

export const EFFECT_MOST = 100000;

const retention = object<Retention>({ messages_days: nullable(whole), calls_days: nullable(whole) });
const effect = object<RetentionEffect>({ messages: whole, calls: whole });
const path = (tenant: string): string => `/tenants/${encodeURIComponent(tenant)}/retention`;

export async function retentionGet(tenant: string): Promise<{ value: Retention; etag: string | null }> {
	return ask('GET', path(tenant), retention);
}

export async function retentionPut(tenant: string, value: Retention, etag: string): Promise<{ value: Retention; etag: string | null }> {
	return ask('PUT', path(tenant), retention, { body: value, headers: { 'If-Match': etag } });
}

export async function retentionPreview(tenant: string, value: Retention, signal: AbortSignal): Promise<RetentionEffect> {
	return (await ask('POST', `${path(tenant)}/preview`, effect, { body: value, signal })).value;
}
