/** @file load.c  Load through a server's ways. One thread sends and receives, on a core that is not the server's. */
#include "load.h"

#include "process.h"

#include <err.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { BURST_MOST = 64, SETTLE_MS = 20, GONE_MS = 200 };

struct load {
	const struct server *server;
	const struct shape *shape;
	uint64_t sent, got;
	unsigned next_way;
	struct mmsghdr out[BURST_MOST], in[BURST_MOST];
	struct iovec spans[BURST_MOST][2], into[BURST_MOST];
	uint8_t packets[BURST_MOST][PACKET_BYTES], received[BURST_MOST][PACKET_BYTES];
};

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void packets_fill(struct load *load)
{
	for (unsigned i = 0; i < BURST_MOST; i++) {
		memset(load->packets[i], (int)i, PACKET_BYTES);
		load->packets[i][0] = 0x80;
		load->packets[i][1] = VIDEO_TYPE;
		load->into[i] = (struct iovec){ load->received[i], PACKET_BYTES };
		load->in[i].msg_hdr = (struct msghdr){ .msg_iov = &load->into[i], .msg_iovlen = 1 };
	}
}

static void burst_send(struct load *load)
{
	const struct way *way = &load->server->ways[load->next_way];
	int sent;

	for (unsigned i = 0; i < load->shape->burst; i++) {
		struct iovec *span = load->spans[i];

		span[0] = (struct iovec){ (void *)(uintptr_t)way->head, way->head_n };
		span[1] = (struct iovec){ load->packets[i], PACKET_BYTES };
		load->out[i].msg_hdr = (struct msghdr){ .msg_iov = way->head_n ? span : span + 1, .msg_iovlen = way->head_n ? 2 : 1 };
	}
	sent = sendmmsg(way->in, load->out, load->shape->burst, 0);
	if (sent > 0)
		load->sent += (unsigned)sent;
	load->next_way = (load->next_way + 1) % load->shape->ways;
}

static unsigned way_drain(struct load *load, const struct way *way)
{
	int n = recvmmsg(way->out, load->in, BURST_MOST, MSG_DONTWAIT, NULL);

	if (n < 0)
		return 0;
	for (int i = 0; i < n; i++) {
		if (load->in[i].msg_len != PACKET_BYTES || load->received[i][1] != VIDEO_TYPE)
			errx(1, "%s: what comes out is not what went in", load->server->name);
	}
	load->got += (unsigned)n;
	return (unsigned)n;
}

static unsigned drain(struct load *load)
{
	unsigned n = 0;

	for (unsigned i = 0; i < load->shape->ways; i++) {
		n += way_drain(load, &load->server->ways[i]);
		/* Where all come out at one socket, it is asked once. */
		if (load->server->ways[1].out == load->server->ways[0].out)
			break;
	}
	return n;
}

/* As much as the server takes. What is lost would stop it: after a while of nothing it counts as gone. */
static void push(struct load *load, uint64_t end)
{
	uint64_t gone = 0, heard_at = now_ns(), now;

	while ((now = now_ns()) < end) {
		if (drain(load)) {
			heard_at = now;
		} else if (now - heard_at > (uint64_t)GONE_MS * 1000000) {
			gone = load->sent - load->got;
			heard_at = now;
		}
		if (load->sent - load->got - gone < WINDOW)
			burst_send(load);
	}
}

static void pace(struct load *load, uint64_t start, uint64_t end)
{
	uint64_t gap = (uint64_t)load->shape->burst * 1000000000 / load->shape->rate, due = start, now;

	while ((now = now_ns()) < end) {
		if (now >= due) {
			burst_send(load);
			due += gap;
		}
		drain(load);
	}
}

struct outcome load_run(const struct server *server, const struct shape *shape, unsigned ms)
{
	static struct load load;
	uint64_t start, cpu, end;
	double seconds, cpu_seconds;

	load = (struct load){ .server = server, .shape = shape };
	packets_fill(&load);
	server_keep(server);
	drain(&load);
	load.got = 0;
	cpu = server_cpu_ns(server);
	start = now_ns();
	end = start + (uint64_t)ms * 1000000;
	if (shape->rate)
		pace(&load, start, end);
	else
		push(&load, end);
	seconds = (double)(now_ns() - start) / 1e9;
	for (end = now_ns() + (uint64_t)SETTLE_MS * 1000000; now_ns() < end;)
		drain(&load);
	cpu_seconds = (double)(server_cpu_ns(server) - cpu) / 1e9;
	return (struct outcome){ (double)load.got / cpu_seconds, (double)load.got / seconds, 1 - (double)load.got / (double)load.sent };
}

void load_times(const struct server *server, uint32_t *took, unsigned n)
{
	const struct shape single = { .ways = 1, .burst = 1 };
	static struct load load;

	load = (struct load){ .server = server, .shape = &single };
	packets_fill(&load);
	server_keep(server);
	drain(&load);
	for (unsigned i = 0; i < n; i++) {
		uint64_t start = now_ns();

		burst_send(&load);
		while (!drain(&load)) {
			if (now_ns() - start > 1000000000)
				errx(1, "%s lost a packet", server->name);
		}
		took[i] = (uint32_t)(now_ns() - start);
	}
}
