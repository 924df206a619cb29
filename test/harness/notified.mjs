// A service manager's end of sd_notify: a datagram socket that keeps what it is told. Node has no such sockets; Python does.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const SCRIPT = `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print("bound", flush=True)
while True:
    print(s.recv(4096).decode().replace("\\n", "|"), flush=True)
`;

export class Notified {
	heard = [];
	#waiting = [];
	#child;

	static async open(path) {
		const notified = new Notified();
		notified.#child = spawn('python3', ['-c', SCRIPT, path], { stdio: ['ignore', 'pipe', 'inherit'] });
		createInterface({ input: notified.#child.stdout }).on('line', (line) => {
			notified.heard.push(line);
			for (const look of notified.#waiting.splice(0)) look();
		});
		await notified.until('bound');
		return notified;
	}

	/** Wait until something was heard that begins so, from the place `from` on; gives the place behind it. */
	async until(begin, from = 0) {
		for (;;) {
			const at = this.heard.findIndex((text, i) => i >= from && text.startsWith(begin));
			if (at >= 0) return at + 1;
			await new Promise((resolve) => this.#waiting.push(resolve));
		}
	}

	close() {
		this.#child.kill();
	}
}
