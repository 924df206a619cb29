// What lies between a browser and the server.
import { once } from 'node:events';
import net from 'node:net';

/** A wire to the server that can be cut, or hang. */
export class Wire {
	#sockets = new Set();
	#whole = true;

	static async open(port) {
		const wire = new Wire();

		wire.listener = net.createServer((near) => wire.#join(near, port)).listen(0, '127.0.0.1');
		await once(wire.listener, 'listening');
		wire.port = wire.listener.address().port;
		return wire;
	}

	#join(near, port) {
		if (!this.#whole) return near.destroy();
		const far = net.connect(port, '127.0.0.1');

		for (const [one, other] of [[near, far], [far, near]]) {
			this.#sockets.add(one);
			one.on('error', () => other.destroy()).on('close', () => (this.#sockets.delete(one), other.destroy()));
			one.pipe(other);
		}
	}

	/** What is connected hears nothing any more, and is not told so; whoever connects anew is served. */
	hang() {
		for (const socket of this.#sockets) socket.unpipe().pause();
	}

	cut() {
		this.#whole = false;
		for (const socket of this.#sockets) socket.destroy();
	}

	mend() {
		this.#whole = true;
	}

	close() {
		this.cut();
		this.listener.close();
	}
}
