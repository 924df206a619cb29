/** Keep the screen awake during a call: a technician's hands are busy. */
let lock: WakeLockSentinel | null = null;
let wanted = false;

export async function wakeKeep(): Promise<void> {
	wanted = true;
	try {
		lock ??= (await navigator.wakeLock?.request('screen')) ?? null;
		lock?.addEventListener('release', () => void (lock = null));
	} catch {
		/* Low battery, or not allowed: the screen may sleep. */
	}
	if (!wanted)
		wakeRelease();
}

export function wakeRelease(): void {
	wanted = false;
	void lock?.release();
	lock = null;
}

/* The browser lets go when the page is hidden. */
document.addEventListener('visibilitychange', () => {
	if (wanted && document.visibilityState === 'visible')
		void wakeKeep();
});
