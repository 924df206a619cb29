/** A modal dialog of the browser's own: focus moves in, stays in, and goes back. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

interface Props {
	label: string;
	class?: string;
	onClose(): void;
	children: ComponentChildren;
}

export function Dialog({ label, class: name = '', onClose, children }: Props) {
	const box = useRef<HTMLDialogElement>(null);

	useEffect(() => {
		const dialog = box.current;
		const before = document.activeElement;

		dialog?.showModal();
		return () => {
			dialog?.close();
			if (before instanceof HTMLElement)
				before.focus();
		};
	}, []);

	return (
		<dialog ref={box} class={name} aria-label={label} onCancel={(event) => { event.preventDefault(); onClose(); }}>
			{children}
		</dialog>
	);
}
