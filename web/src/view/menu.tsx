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

export function Menu({ label, face, class: name = 'btn gho ico', children }: Props) {
	const [open, setOpen] = useState(false);
	const [up, setUp] = useState(false);
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

	/* Above the button where there is no room below, over a composer and a bar of tabs too. */
	const toggle = () => {
		setUp((button.current?.getBoundingClientRect().bottom ?? 0) > innerHeight - ROOM_PX);
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
			{open && <span class={up ? 'card up' : 'card'} onClick={() => { setOpen(false); button.current?.focus(); }}>{children}</span>}
		</span>
	);
}
