export function Logo() {
	return (
		<svg viewBox="0 0 32 32" aria-hidden="true">
			<rect width="32" height="32" rx="9" fill="#12806f" />
			<path d="M8 23c0-8.4 6-13 13-13" fill="none" stroke="#fff" stroke-width="3.4" stroke-linecap="round" />
			<circle cx="23" cy="10" r="3.8" fill="#ff6a13" />
		</svg>
	);
}
