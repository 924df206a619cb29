/* Before the first paint, so that a dark screen does not flash white. Must stay a file: the page allows no inline script. */
(() => {
	const system = matchMedia('(prefers-color-scheme: dark)');
	const apply = () => {
		let wish = null;
		try {
			wish = localStorage.getItem('theme');
		} catch {
			/* Storage is switched off: follow the system. */
		}
		const dark = wish ? wish === 'dark' : system.matches;
		document.documentElement.dataset.theme = dark ? 'dark' : 'light';
	};
	apply();
	system.addEventListener('change', apply);
})();
