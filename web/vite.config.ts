import { defineConfig } from 'vite';

/** What every visitor needs, signed in or not. */
const BASE = /\/node_modules\/(preact|@preact|preact-iso)\/|\/lucide-preact\/.*\/(createLucideIcon|Icon|x)\.|\/src\/(text\/text|state\/(session|notice|store)|wire\/(api|objects|problem|shape)|view\/(toasts|page|logo))\.tsx?$/;
/** What only some pages need; it comes with them. */
const LATE = /\/(access|admin_tabs|attach|call_card|called|composer|dialog|editing|extents|factor_steps|file_card|first_contact|handover|incoming|joins|long_list|measured|older|own_message|picture|qr|report|submit|summary|thread|uploads|wire\/file|words)\.(tsx?|css)$/;

/** Two files instead of thirty small ones: what everybody needs, and the frame of the pages behind the sign-in. */
function chunkOf(id: string): string | undefined {
	if (BASE.test(id))
		return 'base';
	return /\/src\/(state|wire|view)\//.test(id) && !LATE.test(id) ? 'frame' : undefined;
}

export default defineConfig({
	esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
	build: {
		target: 'es2022',
		assetsDir: 'assets',
		/* Inlined files would need data: in more places of the content security policy than we want. */
		assetsInlineLimit: 0,
		modulePreload: { polyfill: false },
		manifest: true,
		rollupOptions: { output: { manualChunks: chunkOf } },
	},
	server: { proxy: { '/v1': { target: 'https://localhost:8443', secure: false, ws: true } } },
});
