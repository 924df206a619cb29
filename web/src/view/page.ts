/** The page as a whole: its title, its clock, its keys. */
import { useEffect, useState } from 'preact/hooks';
import { signal } from '@preact/signals';

export const pageTitle = signal('');

/** Name the page, in the window's title. */
export function usePage(title: string): void {
	useEffect(() => void (pageTitle.value = title), [title]);
}

/** Draw again every so often; the result is the time. */
export function useClock(everyMs: number): number {
	const [now, setNow] = useState(() => Date.now());

	useEffect(() => {
		const timer = setInterval(() => setNow(Date.now()), everyMs);

		return () => clearInterval(timer);
	}, [everyMs]);
	return now;
}

/** Seconds until a time, never below zero. */
export function useCountdown(until: number | null): number {
	useClock(500);
	return until === null ? 0 : Math.max(0, Math.ceil((until - Date.now()) / 1000));
}

/** Is a key press meant for a text field? */
export function typing(event: KeyboardEvent): boolean {
	return event.target instanceof HTMLElement && event.target.closest('input, textarea, select, [contenteditable]') !== null;
}
