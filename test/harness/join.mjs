// Joining a call without an account, step by step as doc/protocol.md tells it.

/** A new link of somebody's: `{ id, token, expires }`. */
export async function linkOf(host, body = {}) {
	const { id, path, expires } = await host.api.post('/v1/join-links', body);
	return { id, token: path.replace('/join#', ''), expires };
}

/** Ask to be let in; from another loopback address than people's, as another client. The ticket, and how to ask with it. */
export async function knock(server, token, name, from = '127.0.0.2') {
	const api = server.api(null, from);
	const { ticket } = await api.post('/v1/join', { token, name });
	return { ticket, wait: () => api.ask('POST', '/v1/join/wait', { body: { ticket } }), leave: () => api.ask('POST', '/v1/join/leave', { body: { ticket } }) };
}

/** Who waits with a link, as its host sees it. */
export async function visitorOf(host, id) {
	return (await host.api.get('/v1/join-links')).links.find((link) => link.id === id).visitor;
}

/** Let in who waits with it. */
export async function admit(host, id) {
	return host.api.post(`/v1/join-links/${id}/admit`, { visitor: (await visitorOf(host, id)).id });
}

/** Somebody who came by a link of the host's and was let in: a person of the server, and the link's id. */
export async function joined(server, host, name = 'Sam Porter') {
	const link = await linkOf(host), visitor = await knock(server, link.token, name);
	const { address } = await admit(host, link.id);
	const { token } = (await visitor.wait()).body;
	return Object.assign(server.holder(address, token), { link: link.id });
}
