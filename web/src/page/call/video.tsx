/** A picture. Sound has its own element, so pictures are always muted and may play by themselves. */
import type { Ref } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

interface Props {
	stream: MediaStream | null;
	label: string;
	class?: string;
	videoRef?: Ref<HTMLVideoElement>;
}

export function Video({ stream, label, class: name, videoRef }: Props) {
	const own = useRef<HTMLVideoElement | null>(null);

	useEffect(() => {
		const video = own.current;

		if (!video || video.srcObject === stream)
			return;
		video.srcObject = stream;
		if (stream)
			void video.play().catch(() => undefined);
	}, [stream]);

	return (
		<video
			ref={(video) => {
				own.current = video;
				if (typeof videoRef === 'function')
					videoRef(video);
				else if (videoRef)
					videoRef.current = video;
			}}
			class={name}
			autoplay
			muted
			playsInline
			aria-label={label}
		/>
	);
}
