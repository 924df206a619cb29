/** The message of one's own that is being changed, on this page. */
import { signal } from '@preact/signals';

export interface Editing {
	conversation: string;
	seq: number;
	text: string;
}

export const editing = signal<Editing | null>(null);
