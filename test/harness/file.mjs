// Files as a browser sends them: begun, in pieces, taken along by a message.
import { randomBytes } from 'node:crypto';
import https from 'node:https';

export const PIECE = 'application/partial-upload';

/** The smallest PNG that says its size; what stands behind the header is no picture. */
export function png(width, height, bytes = 64) {
	const out = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1'), Buffer.alloc(bytes - 16)]);
	out.writeUInt32BE(width, 16);
	out.writeUInt32BE(height, 20);
	return out;
}

export const begin = (api, conversation, name, size, client_id = randomBytes(8).toString('hex')) =>
	api.ask('POST', `/v1/conversations/${conversation}/uploads`, { body: { client_id, name, size } });

/** One piece, as bytes; the whole answer. */
export const append = (api, id, offset, bytes, headers = {}) =>
	ask(api, 'PATCH', `/v1/uploads/${id}`, { body: bytes, headers: { 'content-type': PIECE, 'upload-offset': offset, ...headers } });

/** Bytes out, bytes back: `{ status, headers, bytes }`. */
export function ask(api, method, path, { body, headers = {} } = {}) {
	return new Promise((resolve, reject) => {
		const req = https.request({ host: '127.0.0.1', port: api.port, ca: api.ca, agent: false, method, path,
			headers: { authorization: `Bearer ${api.token}`, ...(body && { 'content-length': body.length }), ...headers } }, (res) => {
			const parts = [];
			res.on('data', (part) => parts.push(part)).on('error', reject).on('end', () => {
				const bytes = Buffer.concat(parts), json = /json/.test(res.headers['content-type'] ?? '') && bytes.length;
				resolve({ status: res.statusCode, headers: res.headers, bytes, body: json ? JSON.parse(bytes) : null });
			});
		});
		req.on('error', reject);
		req.end(body);
	});
}

/** A whole upload: its id. */
export async function upload(api, conversation, name, bytes) {
	const { status, body } = await begin(api, conversation, name, bytes.length);
	if (status !== 201) throw new Error(`begin: ${status} ${JSON.stringify(body)}`);
	for (let at = 0; at < bytes.length; at += body.chunk) {
		const piece = await append(api, body.id, at, bytes.subarray(at, at + body.chunk));
		if (piece.status !== 200) throw new Error(`append: ${piece.status} ${piece.bytes}`);
	}
	return body.id;
}

export const send = (api, conversation, file, text = '', client_id = randomBytes(8).toString('hex')) =>
	api.ask('POST', `/v1/conversations/${conversation}/messages`, { body: { client_id, text, file } });

/** Uploaded and sent: the message. */
export async function sendFile(api, conversation, name, bytes, text) {
	const { status, body } = await send(api, conversation, await upload(api, conversation, name, bytes), text);
	if (status !== 201) throw new Error(`send: ${status} ${JSON.stringify(body)}`);
	return body.message;
}
