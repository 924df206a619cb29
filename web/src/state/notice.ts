/** Short messages: toasts for the eye, and a live region for screen readers. */
import { signal } from '@preact/signals';

export interface Toast {
	id: number;
	text: string;
	bad: boolean;
}

const TOAST_MS = 7000;
let next = 1;

export const toasts = signal<Toast[]>([]);
export const announced = signal('');

export function toast(text: string, bad = false): void {
	const id = next++;

	toasts.value = [...toasts.peek().slice(-2), { id, text, bad }];
	setTimeout(() => toastClose(id), TOAST_MS);
}

export function toastClose(id: number): void {
	toasts.value = toasts.peek().filter((one) => one.id !== id);
}

/** Say something to screen readers only. */
export function announce(text: string): void {
	announced.value = text;
}
