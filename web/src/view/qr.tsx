/** A link as a code to scan. Drawn dark on white in every theme: that is what scanners read. */
import qrcode from 'qrcode-generator';
import './qr.css';

const QUIET = 4;

export function QrCode({ text, label }: { text: string; label: string }) {
	const code = qrcode(0, 'M');

	code.addData(text);
	code.make();

	const n = code.getModuleCount();
	const cells: string[] = [];

	for (let y = 0; y < n; y++)
		for (let x = 0; x < n; x++)
			if (code.isDark(y, x))
				cells.push(`M${x + QUIET} ${y + QUIET}h1v1h-1z`);
	return (
		<svg class="qr" role="img" aria-label={label} viewBox={`0 0 ${n + 2 * QUIET} ${n + 2 * QUIET}`} shape-rendering="crispEdges">
			<rect width="100%" height="100%" fill="#fff" />
			<path d={cells.join('')} fill="#000" />
		</svg>
	);
}
