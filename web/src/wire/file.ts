/** Files on their way up, in pieces. */
import { ask } from './api';
import { sentFile, type SentFile } from './objects';
import { nullable, object, text, whole } from './shape';

export interface Upload {
	id: string;
	/** So many bytes are there. */
	offset: number;
	/** The most bytes of one piece. */
	chunk: number;
	/** When all are there. */
	file: SentFile | null;
}

const upload = object<Upload>({ id: text, offset: whole, chunk: whole, file: nullable(sentFile) });

/** Begin, or with the same client id go on where it was. */
export async function uploadBegin(conversation: string, clientId: string, file: File, signal: AbortSignal): Promise<Upload> {
	const body = { client_id: clientId, name: file.name, size: file.size };

	return (await ask('POST', `/conversations/${encodeURIComponent(conversation)}/uploads`, upload, { body, signal })).value;
}

export async function uploadAppend(id: string, offset: number, bytes: Blob, signal: AbortSignal): Promise<Upload> {
	return (await ask('PATCH', `/uploads/${encodeURIComponent(id)}`, upload, { bytes, headers: { 'Upload-Offset': `${offset}` }, signal })).value;
}

export async function uploadDrop(id: string): Promise<void> {
	await ask('DELETE', `/uploads/${encodeURIComponent(id)}`, () => null);
}

export const fileUrl = (id: string): string => `/v1/files/${encodeURIComponent(id)}`;
