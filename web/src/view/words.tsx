/** Text as people wrote it; addresses of pages in it can be followed. Nothing else of it means anything. */
import type { ComponentChildren } from 'preact';

const LINK = /https?:\/\/[^\s<>"]+/g;
/* What ends a sentence or closes a bracket is not a part of the address. */
const TAIL = /[.,;:!?'*_~)\]}]+$/;

function linkEnd(found: string): string {
	const cut = found.replace(TAIL, '');

	/* "(see https://a.example/b_(c))": a bracket that was opened inside belongs to it. */
	return found.startsWith(`${cut})`) && cut.includes('(') && !cut.includes(')') ? `${cut})` : cut;
}

/** "https://bank.example@elsewhere.example" leads elsewhere: no link. */
function pageAddress(link: string): boolean {
	try {
		const { username, password } = new URL(link);

		return !username && !password;
	} catch {
		return false;
	}
}

export function wordsSplit(text: string): { text: string; link: boolean }[] {
	const parts: { text: string; link: boolean }[] = [];
	let at = 0;

	for (const match of text.matchAll(LINK)) {
		const link = linkEnd(match[0]);

		if (!pageAddress(link))
			continue;
		parts.push({ text: text.slice(at, match.index), link: false }, { text: link, link: true });
		at = match.index + link.length;
	}
	parts.push({ text: text.slice(at), link: false });
	return parts.filter((part) => part.text);
}

export function Words({ text }: { text: string }): ComponentChildren {
	return wordsSplit(text).map((part, i) =>
		part.link ? <a key={i} href={part.text} target="_blank" rel="noopener noreferrer">{part.text}</a> : part.text);
}
