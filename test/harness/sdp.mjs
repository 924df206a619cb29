// Session descriptions like a browser's (RFC 8866, RFC 9429), and what a browser would read out of one.
import { randomBytes } from 'node:crypto';

const hex = (n) => randomBytes(n).toString('hex');

/** What one browser has of its own: ICE credentials and the fingerprint of its certificate. */
export function iceMake() {
	return { ufrag: hex(4), pwd: hex(16), fingerprint: randomBytes(32).toString('hex').toUpperCase().match(/../g).join(':') };
}

const CODECS = {
	audio: { types: '111 0', lines: ['rtpmap:111 opus/48000/2', 'fmtp:111 minptime=10;useinbandfec=1', 'rtpmap:0 PCMU/8000'] },
	video: { types: '96 97', lines: ['rtpmap:96 VP8/90000', 'rtcp-fb:96 nack pli', 'rtpmap:97 rtx/90000', 'fmtp:97 apt=96'] },
};

/* The addresses are a private network's: none of them may reach the other side. */
function section(kind, mid, ice, setup) {
	return [
		`m=${kind} 9 UDP/TLS/RTP/SAVPF ${CODECS[kind].types}`, 'c=IN IP4 192.168.77.10', 'a=rtcp:9 IN IP4 192.168.77.10',
		'a=candidate:842163049 1 udp 2122260223 192.168.77.10 51234 typ host generation 0',
		`a=ice-ufrag:${ice.ufrag}`, `a=ice-pwd:${ice.pwd}`, 'a=ice-options:trickle',
		`a=fingerprint:sha-256 ${ice.fingerprint}`, `a=setup:${setup}`, `a=mid:${mid}`, 'a=sendrecv', 'a=rtcp-mux',
		...CODECS[kind].lines.map((line) => `a=${line}`), `a=ssrc:${1000 + mid} cname:story`,
	];
}

function description(ice, setup, kinds) {
	return [
		'v=0', 'o=- 4611731400430051336 2 IN IP4 192.168.77.10', 's=-', 't=0 0',
		`a=group:BUNDLE ${kinds.map((_, i) => i).join(' ')}`, 'a=msid-semantic: WMS story',
		...kinds.flatMap((kind, i) => section(kind, i, ice, setup)), '',
	].join('\r\n');
}

export const offer = (ice, kinds = ['audio', 'video']) => description(ice, 'actpass', kinds);
export const answer = (ice, kinds = ['audio', 'video']) => description(ice, 'active', kinds);

const valueOf = (sdp, name) => sdp.match(new RegExp(`^a=${name}:(.*)\r$`, 'm'))?.[1];

/** Where a description says that its sender is: credentials, fingerprint, candidates. */
export function iceOf(sdp) {
	const places = (transport, tail) => [...sdp.matchAll(new RegExp(`^a=candidate:\\S+ 1 ${transport} \\d+ (\\S+) (\\d+) typ host${tail}\r$`, 'gm'))]
		.map(([, address, port]) => ({ address, port: Number(port) }));
	return {
		ufrag: valueOf(sdp, 'ice-ufrag'), pwd: valueOf(sdp, 'ice-pwd'), fingerprint: valueOf(sdp, 'fingerprint')?.split(' ')[1],
		candidates: places('udp', ''), streams: places('tcp', ' tcptype passive'),
	};
}

/** What is left of a description without its ICE lines and with its addresses blanked. */
export function withoutIce(sdp) {
	return sdp.split('\r\n').filter((line) => !/^a=(ice-|candidate:|end-of-candidates)/.test(line))
		.map((line) => line.replace(/IN IP4 \S+$/, 'IN IP4 0.0.0.0'));
}
