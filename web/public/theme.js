/* Before the first paint, so that a dark screen does not flash white. Must stay a file: the page allows no inline script. */
(() => {
	let wish = null;
	try {
		wish = localStorage.getItem('theme');
	} catch {
		/* Storage is switched off: follow the system. */
	}
	const dark = wish ? wish === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
	document.documentElement.dataset.theme = dark ? 'dark' : 'light';
})();
