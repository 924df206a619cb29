/** The ringing, made by the browser itself: two soft tones, a pause. Silent until the person has touched the page once. */
const TONES_HZ = [660, 880];
const TONE_S = 0.32;
const EVERY_MS = 2400;

/** Ring until the result is called. */
export function ringStart(): () => void {
	let context: AudioContext | null = null;

	try {
		context = new AudioContext();
	} catch {
		return () => undefined;
	}
	ringOnce(context);

	const timer = setInterval(() => context && ringOnce(context), EVERY_MS);

	/* Before the first tap on the page the browser refuses, loudly. */
	if (navigator.userActivation?.hasBeenActive ?? true)
		navigator.vibrate?.([300, 200, 300]);
	return () => {
		clearInterval(timer);
		if (navigator.userActivation?.hasBeenActive ?? true)
			navigator.vibrate?.(0);
		void context?.close();
	};
}

function ringOnce(context: AudioContext): void {
	if (context.state !== 'running') {
		void context.resume().catch(() => undefined);
		return;
	}
	TONES_HZ.forEach((hz, i) => {
		const start = context.currentTime + i * TONE_S;
		const tone = context.createOscillator();
		const volume = context.createGain();

		tone.frequency.value = hz;
		volume.gain.setValueAtTime(0, start);
		volume.gain.linearRampToValueAtTime(0.12, start + 0.03);
		volume.gain.exponentialRampToValueAtTime(0.001, start + TONE_S);
		tone.connect(volume).connect(context.destination);
		tone.start(start);
		tone.stop(start + TONE_S);
	});
}
