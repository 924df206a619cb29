/** A form that is sent once at a time, and in which what went wrong is said. */
import { useState } from 'preact/hooks';

/** `say` words the trouble; '' when nothing is to be said, since `send` has shown something else. */
export function useSubmit(send: () => Promise<unknown>, say: (error: unknown) => string) {
	const [trouble, setTrouble] = useState('');
	const [busy, setBusy] = useState(false);

	const submit = async () => {
		if (busy)
			return;
		setBusy(true);
		setTrouble('');
		try {
			await send();
		} catch (error) {
			setTrouble(say(error));
		}
		setBusy(false);
	};
	const onSubmit = (event: Event) => {
		event.preventDefault();
		void submit();
	};

	return { busy, trouble, onSubmit };
}
