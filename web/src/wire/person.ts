/** What is kept about one of one's people, and his erasure. */
import { ask } from './api';
import { object, text } from './shape';

const path = (tenant: string, address: string): string => `/tenants/${encodeURIComponent(tenant)}/people/${encodeURIComponent(address)}`;

/** To hand to him: nobody reads it here. */
export async function personFile(tenant: string, address: string): Promise<Blob> {
	const { value } = await ask<unknown>('GET', path(tenant, address), (v) => v);

	return new Blob([JSON.stringify(value, null, '\t')], { type: 'application/json' });
}

export async function personErase(tenant: string, address: string): Promise<void> {
	await ask('DELETE', path(tenant, address), object<{ address: string; erased: string }>({ address: text, erased: text }));
}
