/** A short menu under a button: closes on a choice, on Escape, and when the focus or a tap goes elsewhere. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import './menu.css';

interface Props {
	label: string;
	/** What the button shows. */
	face: ComponentChildren;
	class?: string;
	children: ComponentChildren;
}

const ROOM_PX = 280;
const WIDE_PX = 220;

export function Menu({ label, face, class: name = 'btn gho ico', children }: Props) {
	const [open, setOpen] = useState(false);
	const [place, setPlace] = useState('');
	const box = useRef<HTMLSpanElement>(null);
	const button = useRef<HTMLButtonElement>(null);

	useEffect(() => {
		const elsewhere = (event: Event) => {
			if (!box.current?.contains(event.target as Node))
				setOpen(false);
		};

		if (!open)
			return;
		addEventListener('pointerdown', elsewhere);
		addEventListener('focusin', elsewhere);
		return () => {
			removeEventListener('pointerdown', elsewhere);
			removeEventListener('focusin', elsewhere);
		};
	}, [open]);

	/* Above the button where there is no room below, over a composer and a bar of tabs too; from its start where it stands far left. */
	const toggle = () => {
		const at = button.current?.getBoundingClientRect();

		setPlace(`${at && at.bottom > innerHeight - ROOM_PX ? ' up' : ''}${at && at.right < WIDE_PX ? ' start' : ''}`);
		setOpen(!open);
	};

	return (
		<span
			class="menu"
			ref={box}
			onKeyDown={(event) => {
				if (event.key !== 'Escape' || !open)
					return;
				setOpen(false);
				button.current?.focus();
			}}
		>
			<button ref={button} type="button" class={name} aria-label={label} title={label} aria-expanded={open} onClick={toggle}>{face}</button>
			{open && <span class={`card${place}`} onClick={() => { setOpen(false); button.current?.focus(); }}>{children}</span>}
		</span>
	);
}
