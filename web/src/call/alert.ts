/** A call that comes while the page is out of sight is told by the system too, if the person has allowed it. */

/** May be asked, and has not been answered. */
export const alertAskable = (): boolean => 'Notification' in window && Notification.permission === 'default';

export async function alertAsk(): Promise<void> {
	await Notification.requestPermission();
}

/** Show until the result is called. */
export function alertShow(title: string, body: string, tag: string): () => void {
	if (!('Notification' in window) || Notification.permission !== 'granted' || document.visibilityState === 'visible')
		return () => undefined;
	try {
		const notification = new Notification(title, { body, tag, requireInteraction: true, icon: '/icon.svg' });

		notification.onclick = () => window.focus();
		return () => notification.close();
	} catch {
		/* Android's browsers want a service worker for this: there it only rings. */
		return () => undefined;
	}
}
