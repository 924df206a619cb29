/** The numbered events of the live line. */
import { call, conversation, mark, message, point, preferences, presence, visitor } from './objects';
import type { Call, ContactState, Conversation, Mark, Message, Point, Preferences, Presence, Visitor } from './objects';
import { flag, list, nullable, text, whole, word, type Shape } from './shape';

export type LiveEvent =
	| { ev: 'message'; message: Message }
	| { ev: 'conversation'; conversation: Conversation }
	| { ev: 'contact'; address: string; state: ContactState }
	| { ev: 'changed'; pos: number; message: Message }
	| { ev: 'receipt'; conversation: string; by: string; delivered: number; read: number }
	| { ev: 'typing'; conversation: string; by: string; on: boolean }
	| { ev: 'preferences'; preferences: Preferences }
	| { ev: 'presence'; presence: Presence }
	| { ev: 'call'; call: Call }
	| { ev: 'sdp'; call: string; from: string; kind: 'offer' | 'answer'; sdp: string }
	| { ev: 'mark'; call: string; mark: Mark }
	| { ev: 'remark'; call: string; mark: Mark }
	| { ev: 'unmark'; call: string; ids: string[] }
	| { ev: 'point'; call: string; by: string; of: string; at: Point | null }
	| { ev: 'still'; call: string; by: string; client_id: string }
	| { ev: 'visitor'; visitor: Visitor }
	| { ev: 'access'; tenant: string; revision: number | string }
	| { ev: 'bye'; reason: string };

const revision: Shape<number | string> = (value, at) => (typeof value === 'number' ? value : text(value, at));
const sdpKind = word('offer', 'answer');

/** Decode one event; null when it is of a kind that we don't know. Throws on one that makes no sense. */
export function eventDecode(source: Record<string, unknown>): LiveEvent | null {
	const get = <T>(key: string, shape: Shape<T>): T => shape(source[key], key);

	switch (source['ev']) {
	case 'message':
		return { ev: 'message', message: get('message', message) };
	case 'conversation':
		return { ev: 'conversation', conversation: get('conversation', conversation) };
	case 'contact':
		return { ev: 'contact', address: get('address', text), state: get('state', nullable(word('accepted', 'blocked'))) };
	case 'changed':
		return { ev: 'changed', pos: get('pos', whole), message: get('message', message) };
	case 'receipt':
		return { ev: 'receipt', conversation: get('conversation', text), by: get('by', text), delivered: get('delivered', whole), read: get('read', whole) };
	case 'typing':
		return { ev: 'typing', conversation: get('conversation', text), by: get('by', text), on: get('on', flag) };
	case 'preferences':
		return { ev: 'preferences', preferences: get('preferences', preferences) };
	case 'presence':
		return { ev: 'presence', presence: presence(source, '') };
	case 'call':
		return { ev: 'call', call: get('call', call) };
	case 'sdp':
		return { ev: 'sdp', call: get('call', text), from: get('from', text), kind: get('kind', sdpKind), sdp: get('sdp', text) };
	case 'mark':
		return { ev: 'mark', call: get('call', text), mark: get('mark', mark) };
	case 'remark':
		return { ev: 'remark', call: get('call', text), mark: get('mark', mark) };
	case 'unmark':
		return { ev: 'unmark', call: get('call', text), ids: get('ids', list(text)) };
	case 'still':
		return { ev: 'still', call: get('call', text), by: get('by', text), client_id: get('client_id', text) };
	case 'point':
		return { ev: 'point', call: get('call', text), by: get('by', text), of: get('of', text), at: get('at', nullable(point)) };
	case 'visitor':
		return { ev: 'visitor', visitor: get('visitor', visitor) };
	case 'access':
		return { ev: 'access', tenant: get('tenant', text), revision: get('revision', revision) };
	case 'bye':
		return { ev: 'bye', reason: get('reason', text) };
	default:
		return null;
	}
}
