/** @file relay/streams.c  TCP connections as flows. */
#include "relay/streams.h"

#include "relay/frame.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/uio.h>
#include <unistd.h>

enum {
	READ_BYTES = 16384,
	SEND_BUFFER_BYTES = 131072,	/* what may be on its way: about 5 Mbit/s at 200 ms */
};

_Static_assert(LIMIT_STREAMS < UINT16_MAX, "a flow has 16 bits for its connection");

struct stream {
	struct list ending;		/* in streams->ending */
	struct list proving;		/* in streams->proving, until its first valid check */
	struct flow flow;
	int fd;
	uint32_t generation;		/* tells an event of the connection that was here before */
	int64_t since;
	bool answered;			/* something was sent: its first frame was a check of ours */
	bool ends;
	struct frame_in in;
	size_t rest_at, rest_n;		/* of a frame that the socket took only a part of */
	uint8_t rest[FRAME_BYTES];
};

struct streams {
	struct board *board;
	int epoll;
	uint32_t generation;
	unsigned n;
	uint64_t taken, refused, dropped;
	struct list ending, proving;		/* proving: oldest first */
	struct stream *at[LIMIT_STREAMS];	/* a flow's `stream` is the place + 1 */
	struct in6_addr holders[LIMIT_STREAMS];	/* whose connection it is: an IPv4 address, or an IPv6 /64; apart, to be walked fast */
	uint8_t read[READ_BYTES];
};

struct streams *streams_new(struct board *board, int epoll)
{
	struct streams *streams = calloc(1, sizeof *streams);

	if (!streams)
		return NULL;
	streams->board = board;
	streams->epoll = epoll;
	list_init(&streams->ending);
	list_init(&streams->proving);
	return streams;
}

static void stream_end(struct streams *streams, struct stream *stream)
{
	if (stream->ends)
		return;
	stream->ends = true;
	list_del(&stream->proving);
	list_add(&streams->ending, &stream->ending);
}

/* A reset: what the kernel has not sent yet is not sent any more, so that a cut is one. */
static void stream_close(struct streams *streams, struct stream *stream)
{
	struct linger now = { .l_onoff = 1 };

	epoll_ctl(streams->epoll, EPOLL_CTL_DEL, stream->fd, NULL);
	setsockopt(stream->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
	close(stream->fd);
	streams->at[stream->flow.stream - 1] = NULL;
	streams->n--;
	free(stream);
}

void streams_sweep(struct streams *streams)
{
	while (!list_empty(&streams->ending)) {
		struct stream *stream = list_entry(streams->ending.next, struct stream, ending);

		list_del(&stream->ending);
		board_flow_gone(streams->board, &stream->flow);
		stream_close(streams, stream);
	}
}

void streams_free(struct streams *streams)
{
	if (!streams)
		return;
	for (unsigned i = 0; i < LIMIT_STREAMS; i++) {
		if (streams->at[i])
			stream_close(streams, streams->at[i]);
	}
	free(streams);
}

static struct in6_addr holder_of(const struct in6_addr *remote)
{
	struct in6_addr holder = *remote;

	if (!IN6_IS_ADDR_V4MAPPED(remote))
		memset(holder.s6_addr + 8, 0, 8);
	return holder;
}

static bool address_read(const struct sockaddr_storage *from, struct in6_addr *address, uint16_t *port, uint32_t *scope)
{
	const struct sockaddr_in6 *from6 = (const struct sockaddr_in6 *)from;
	const struct sockaddr_in *from4 = (const struct sockaddr_in *)from;

	*scope = 0;
	if (from->ss_family == AF_INET6) {
		*address = from6->sin6_addr;
		*port = ntohs(from6->sin6_port);
		*scope = from6->sin6_scope_id;
		return true;
	}
	*address = flow_mapped(from4->sin_addr);
	*port = ntohs(from4->sin_port);
	return from->ss_family == AF_INET;
}

static bool flow_read(int fd, struct flow *flow)
{
	struct sockaddr_storage remote = { 0 }, local = { 0 };
	socklen_t remote_n = sizeof remote, local_n = sizeof local;
	uint32_t scope;
	uint16_t port;

	*flow = (struct flow){ 0 };
	return !getpeername(fd, (struct sockaddr *)&remote, &remote_n) && !getsockname(fd, (struct sockaddr *)&local, &local_n) &&
	       address_read(&local, &flow->local, &port, &scope) && address_read(&remote, &flow->remote, &flow->port, &flow->scope);
}

/* A place for one more of this holder, or LIMIT_STREAMS. At the limit the oldest that has proved nothing gives way. */
static unsigned place_find(struct streams *streams, const struct in6_addr *holder)
{
	unsigned free_place = LIMIT_STREAMS, held = 0;

	for (unsigned i = 0; i < LIMIT_STREAMS; i++) {
		if (!streams->at[i])
			free_place = i;
		else
			held += memcmp(&streams->holders[i], holder, sizeof *holder) == 0;
	}
	if (held >= LIMIT_STREAMS_PER_ADDRESS)
		return LIMIT_STREAMS;
	if (free_place == LIMIT_STREAMS && !list_empty(&streams->proving)) {
		struct stream *oldest = list_entry(streams->proving.next, struct stream, proving);

		free_place = oldest->flow.stream - 1u;
		stream_end(streams, oldest);
		streams_sweep(streams);
	}
	return free_place;
}

static bool stream_watch(const struct streams *streams, const struct stream *stream, int how)
{
	struct epoll_event event = {
		.events = EPOLLIN | EPOLLRDHUP | (stream->rest_n ? (uint32_t)EPOLLOUT : 0),
		.data.u64 = (uint64_t)stream->generation << 32 | stream->flow.stream,
	};

	return epoll_ctl(streams->epoll, how, stream->fd, &event) == 0;
}

static bool stream_add(struct streams *streams, int64_t now, int fd, const struct flow *flow, unsigned place)
{
	struct stream *stream = calloc(1, sizeof *stream);
	int buffer = SEND_BUFFER_BYTES;

	if (!stream)
		return false;
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
	stream->flow = *flow;
	stream->flow.stream = (uint16_t)(place + 1);
	stream->fd = fd;
	stream->since = now;
	stream->generation = ++streams->generation;
	if (!stream_watch(streams, stream, EPOLL_CTL_ADD)) {
		free(stream);
		return false;
	}
	streams->at[place] = stream;
	streams->holders[place] = holder_of(&flow->remote);
	list_add(&streams->proving, &stream->proving);
	streams->n++;
	streams->taken++;
	return true;
}

void streams_take(struct streams *streams, int64_t now, int fd)
{
	struct in6_addr holder;
	struct flow flow;
	unsigned place = LIMIT_STREAMS;

	if (flow_read(fd, &flow)) {
		holder = holder_of(&flow.remote);
		place = place_find(streams, &holder);
	}
	if (place < LIMIT_STREAMS && stream_add(streams, now, fd, &flow, place))
		return;
	streams->refused++;
	close(fd);
}

static void stream_flush(struct streams *streams, struct stream *stream)
{
	ssize_t n = send(stream->fd, stream->rest + stream->rest_at, stream->rest_n, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n < 0 && errno != EAGAIN && errno != EINTR)
		stream_end(streams, stream);
	if (n <= 0)
		return;
	stream->rest_at += (size_t)n;
	stream->rest_n -= (size_t)n;
	if (stream->rest_n == 0)
		stream_watch(streams, stream, EPOLL_CTL_MOD);
}

static void frames_take(struct streams *streams, int64_t now, struct stream *stream, size_t n)
{
	const uint8_t *p = streams->read, *datagram;
	enum frame_found found = FRAME_NONE;
	size_t length;

	while (!stream->ends && (found = frame_next(&stream->in, &p, &n, &datagram, &length)) == FRAME_WHOLE) {
		board_receive(streams->board, now, &stream->flow, datagram, length);
		/* Who is no browser of ours is not listened to a second time. */
		if (!stream->answered)
			stream_end(streams, stream);
		else if (stream->proving.next && board_path(streams->board, &stream->flow))
			list_del(&stream->proving);
	}
	if (found == FRAME_TOO_LONG)
		stream_end(streams, stream);
}

static void stream_read(struct streams *streams, int64_t now, struct stream *stream)
{
	ssize_t n = recv(stream->fd, streams->read, sizeof streams->read, MSG_DONTWAIT);

	if (n > 0)
		frames_take(streams, now, stream, (size_t)n);
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		stream_end(streams, stream);
}

static struct stream *stream_of(const struct streams *streams, unsigned number)
{
	assert(number > 0 && number <= LIMIT_STREAMS);
	return streams->at[number - 1];
}

void streams_event(struct streams *streams, int64_t now, uint64_t data, uint32_t events)
{
	struct stream *stream = stream_of(streams, (uint16_t)data);

	if (!stream || stream->generation != data >> 32 || stream->ends)
		return;
	if (events & EPOLLOUT)
		stream_flush(streams, stream);
	if (events & ~(uint32_t)EPOLLOUT)
		stream_read(streams, now, stream);
}

/* What the socket took of head and datagram; the rest of a begun frame is kept, since the peer counts on its length. */
static void stream_keep(struct streams *streams, struct stream *stream, const uint8_t *head, const uint8_t *p, size_t n, size_t sent)
{
	size_t head_left = sent < FRAME_HEAD_BYTES ? FRAME_HEAD_BYTES - sent : 0;
	size_t skip = sent + head_left - FRAME_HEAD_BYTES;

	memcpy(stream->rest, head + FRAME_HEAD_BYTES - head_left, head_left);
	memcpy(stream->rest + head_left, p + skip, n - skip);
	stream->rest_at = 0;
	stream->rest_n = head_left + n - skip;
	stream_watch(streams, stream, EPOLL_CTL_MOD);
}

void streams_send(struct streams *streams, const struct flow *flow, const void *p, size_t n)
{
	struct stream *stream = stream_of(streams, flow->stream);
	uint8_t head[FRAME_HEAD_BYTES];
	struct iovec parts[] = { { head, sizeof head }, { (void *)(uintptr_t)p, n } };
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };
	ssize_t sent;

	if (!stream || stream->ends)
		return;
	stream->answered = true;
	if (stream->rest_n) {
		streams->dropped++;
		return;
	}
	frame_head(head, n);
	sent = sendmsg(stream->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (sent > 0 && (size_t)sent < sizeof head + n)
		stream_keep(streams, stream, head, p, n, (size_t)sent);
	else if (sent < 0 && (errno == EAGAIN || errno == EINTR))
		streams->dropped++;
	else if (sent < 0)
		stream_end(streams, stream);
}

void streams_leave(struct streams *streams, const struct flow *flow)
{
	struct stream *stream = stream_of(streams, flow->stream);

	if (stream)
		stream_end(streams, stream);
}

void streams_tidy(struct streams *streams, int64_t now)
{
	for (unsigned i = 0; i < LIMIT_STREAMS; i++) {
		struct stream *stream = streams->at[i];
		const struct path *path = stream ? board_path(streams->board, &stream->flow) : NULL;

		if (stream && (path ? !path_consents(path, now) : now - stream->since >= STREAM_PROVE_MS))
			stream_end(streams, stream);
	}
	streams_sweep(streams);
}

void streams_totals(const struct streams *streams, struct relay_totals *totals)
{
	totals->streams = streams->n;
	totals->streams_taken = streams->taken;
	totals->streams_refused = streams->refused;
	totals->streams_dropped = streams->dropped;
}
