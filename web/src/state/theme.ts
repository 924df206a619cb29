/** Light, dark, or as the system says. public/theme.js applies the same before the first paint, and when the system changes. */
import { signal } from '@preact/signals';

export type Theme = 'system' | 'light' | 'dark';

const system = matchMedia('(prefers-color-scheme: dark)');

function stored(): Theme {
	try {
		const wish = localStorage.getItem('theme');

		return wish === 'light' || wish === 'dark' ? wish : 'system';
	} catch {
		return 'system';
	}
}

export const theme = signal<Theme>(stored());

const NEXT: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' };

function apply(): void {
	const dark = theme.peek() === 'system' ? system.matches : theme.peek() === 'dark';

	document.documentElement.dataset['theme'] = dark ? 'dark' : 'light';
}

export const themeNext = (): void => themeSet(NEXT[theme.peek()]);

export function themeSet(wish: Theme): void {
	theme.value = wish;
	try {
		if (theme.peek() === 'system')
			localStorage.removeItem('theme');
		else
			localStorage.setItem('theme', theme.peek());
	} catch {
		/* It holds until the page is closed. */
	}
	apply();
}
