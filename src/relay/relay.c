/** @file relay/relay.c  The relay's thread, and the door to the board for all others. */
#include "relay/relay.h"

#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "relay/addresses.h"
#include "relay/board.h"
#include "relay/out.h"
#include "relay/streams.h"
#include "relay/udp.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { TIDY_MS = 1000, EVENTS = 64 };

/* What epoll says of our own two; a TCP connection's number is never so high in its low half. */
enum { EVENT_UDP = 0xfffe, EVENT_STOP = 0xffff };

_Static_assert((int)LIMIT_STREAMS < (int)EVENT_UDP, "numbers of connections are told from our own");

/*
 * The board belongs to who holds `mutex`. The thread holds it from the first datagram of a batch until the batch is sent, so
 * once another thread has it, nothing decided earlier is still on its way. `turn` is taken first and given back at
 * once: it keeps a busy relay from taking the mutex again before somebody who waits.
 */
struct relay {
	pthread_mutex_t turn, mutex;
	struct board board;
	struct addresses *addresses;
	struct out *out;
	struct udp_in *in;
	struct streams *streams;
	int fd, stop_fd, epoll;
	uint16_t port, stream_port;
	bool v6, has_mutexes, has_board;
	pthread_t thread;
};

static void relay_lock(struct relay *relay)
{
	pthread_mutex_lock(&relay->turn);
	pthread_mutex_lock(&relay->mutex);
	pthread_mutex_unlock(&relay->turn);
}

static void relay_unlock(struct relay *relay)
{
	pthread_mutex_unlock(&relay->mutex);
}

static void relay_send(void *arg, const struct flow *flow, const void *p, size_t n)
{
	struct relay *relay = arg;

	if (flow->stream)
		streams_send(relay->streams, flow, p, n);
	else
		out_add(relay->out, flow, p, n);
}

static void relay_leave(void *arg, const struct flow *flow)
{
	struct relay *relay = arg;

	streams_leave(relay->streams, flow);
}

/* Nothing that was decided is on its way behind the lock: what waits is sent, what is to end is closed. */
static void relay_settle(struct relay *relay)
{
	out_flush(relay->out);
	streams_sweep(relay->streams);
	relay_unlock(relay);
}

static void relay_batch(struct relay *relay, unsigned n_datagrams)
{
	int64_t now;

	relay_lock(relay);
	now = clock_mono_ms();
	for (unsigned i = 0; i < n_datagrams; i++) {
		struct flow flow;
		const uint8_t *p;
		size_t n;

		if (udp_in_at(relay->in, i, &flow, &p, &n))
			board_receive(&relay->board, now, &flow, p, n);
	}
	relay_settle(relay);
}

static void relay_stream(struct relay *relay, const struct epoll_event *event)
{
	relay_lock(relay);
	streams_event(relay->streams, clock_mono_ms(), event->data.u64, event->events);
	relay_settle(relay);
}

static void relay_tidy(struct relay *relay)
{
	int64_t now = clock_mono_ms();

	relay_lock(relay);
	board_tidy(&relay->board, now);
	streams_tidy(relay->streams, now);
	relay_settle(relay);
}

/* False: the relay is to stop. */
static bool relay_event(struct relay *relay, const struct epoll_event *event)
{
	int got;

	if (event->data.u64 == EVENT_STOP)
		return false;
	if (event->data.u64 == EVENT_UDP) {
		got = udp_in_receive(relay->in, relay->fd, relay->v6);
		if (got > 0)
			relay_batch(relay, (unsigned)got);
	} else {
		relay_stream(relay, event);
	}
	return true;
}

static void *relay_run(void *arg)
{
	struct relay *relay = arg;
	struct epoll_event events[EVENTS];
	int64_t tidied_at = clock_mono_ms();

	for (;;) {
		int got = epoll_wait(relay->epoll, events, EVENTS, TIDY_MS);

		for (int i = 0; i < got; i++) {
			if (!relay_event(relay, &events[i]))
				return NULL;
		}
		if (clock_mono_ms() - tidied_at < TIDY_MS)
			continue;
		relay_tidy(relay);
		tidied_at = clock_mono_ms();
	}
}

/* Free what there is; the thread is gone, or never was. */
static void relay_free(struct relay *relay)
{
	if (relay->has_board)
		board_release(&relay->board);
	if (relay->has_mutexes) {
		pthread_mutex_destroy(&relay->turn);
		pthread_mutex_destroy(&relay->mutex);
	}
	streams_free(relay->streams);
	addresses_free(relay->addresses);
	out_free(relay->out);
	udp_in_free(relay->in);
	if (relay->fd >= 0)
		close(relay->fd);
	if (relay->stop_fd >= 0)
		close(relay->stop_fd);
	if (relay->epoll >= 0)
		close(relay->epoll);
	free(relay);
}

/* Signals are the loop thread's. */
static int thread_start(struct relay *relay)
{
	sigset_t all, was;
	int err;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &was);
	err = -pthread_create(&relay->thread, NULL, relay_run, relay);
	pthread_sigmask(SIG_SETMASK, &was, NULL);
	if (!err)
		pthread_setname_np(relay->thread, "relay");
	return err;
}

static int relay_watch(struct relay *relay, int fd, uint64_t what)
{
	struct epoll_event event = { .events = EPOLLIN, .data.u64 = what };

	return epoll_ctl(relay->epoll, EPOLL_CTL_ADD, fd, &event) ? -errno : 0;
}

static int relay_watch_all(struct relay *relay)
{
	int err;

	relay->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (relay->stop_fd < 0)
		return -errno;
	err = relay_watch(relay, relay->fd, EVENT_UDP);
	return err ? err : relay_watch(relay, relay->stop_fd, EVENT_STOP);
}

static int relay_start(struct relay *relay, const struct relay_config *config)
{
	int err;

	pthread_mutex_init(&relay->turn, NULL);		/* plain mutexes: on Linux this can't fail */
	pthread_mutex_init(&relay->mutex, NULL);
	relay->has_mutexes = true;
	err = board_init(&relay->board, config->legs, relay_send, relay_leave, relay);
	if (err)
		return err;
	relay->has_board = true;
	relay->port = config->port;
	err = udp_open(&relay->fd, &relay->port, &relay->v6);
	if (!err)
		err = addresses_new(&relay->addresses, config->addresses, relay->v6);
	if (err)
		return err;
	relay->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (relay->epoll < 0)
		return -errno;
	relay->out = out_new(relay->fd, relay->v6);
	relay->in = udp_in_new();
	relay->streams = streams_new(&relay->board, relay->epoll);
	if (!relay->out || !relay->in || !relay->streams)
		return -ENOMEM;
	err = relay_watch_all(relay);
	return err ? err : thread_start(relay);
}

int relay_open(struct relay **rp, const struct relay_config *config)
{
	struct relay *relay;
	int err;

	if (config->legs < 2 || config->legs > LIMIT_LEGS)
		return -EINVAL;
	relay = calloc(1, sizeof *relay);
	if (!relay)
		return -ENOMEM;
	relay->fd = relay->stop_fd = relay->epoll = -1;
	err = relay_start(relay, config);
	if (err) {
		relay_free(relay);
		return err;
	}
	log_event(LOG_INFO, "relay.open", LOG_I("port", relay->port), LOG_B("ipv6", relay->v6), LOG_I("legs", config->legs));
	*rp = relay;
	return 0;
}

void relay_close(struct relay *relay)
{
	if (!relay)
		return;
	eventfd_write(relay->stop_fd, 1);
	pthread_join(relay->thread, NULL);
	relay_free(relay);
}

uint16_t relay_port(const struct relay *relay)
{
	return relay->port;
}

void relay_stream_take(struct relay *relay, int fd)
{
	relay_lock(relay);
	streams_take(relay->streams, clock_mono_ms(), fd);
	relay_settle(relay);
}

void relay_stream_offer(struct relay *relay, uint16_t port)
{
	relay->stream_port = port;
}

uint16_t relay_stream_port(const struct relay *relay)
{
	return relay->stream_port;
}

unsigned relay_addresses(struct relay *relay, const char *out[RELAY_ADDRESSES])
{
	return addresses_list(relay->addresses, out);
}

void relay_cred_make(struct relay_cred *out)
{
	uint8_t raw[RELAY_PWD_CHARS / 2];

	id_random(raw, sizeof raw);
	sodium_bin2hex(out->ufrag, sizeof out->ufrag, raw, RELAY_UFRAG_CHARS / 2);
	id_random(raw, sizeof raw);
	sodium_bin2hex(out->pwd, sizeof out->pwd, raw, RELAY_PWD_CHARS / 2);
	sodium_memzero(raw, sizeof raw);
}

int relay_pair_add(struct relay *relay, const struct relay_cred cred[2], relay_pair *pair)
{
	int err;

	relay_lock(relay);
	err = board_pair_add(&relay->board, cred, pair);
	relay_unlock(relay);
	return err;
}

void relay_leg_restart(struct relay *relay, relay_pair pair, unsigned leg, const struct relay_cred *cred)
{
	relay_lock(relay);
	board_leg_restart(&relay->board, clock_mono_ms(), pair, leg, cred);
	relay_unlock(relay);
}

void relay_leg_allow(struct relay *relay, relay_pair pair, unsigned which, struct relay_types types)
{
	relay_lock(relay);
	board_leg_allow(&relay->board, pair, which, types);
	relay_unlock(relay);
}

void relay_leg_rate(struct relay *relay, relay_pair pair, unsigned which, uint64_t bytes_per_second)
{
	relay_lock(relay);
	board_leg_rate(&relay->board, clock_mono_ms(), pair, which, bytes_per_second);
	relay_unlock(relay);
}

void relay_pair_cut(struct relay *relay, relay_pair pair)
{
	relay_lock(relay);
	board_pair_cut(&relay->board, clock_mono_ms(), pair);
	relay_settle(relay);
}

bool relay_pair_counters(struct relay *relay, relay_pair pair, struct relay_counters out[2])
{
	bool known;

	relay_lock(relay);
	known = board_pair_counters(&relay->board, clock_mono_ms(), pair, out);
	relay_unlock(relay);
	return known;
}

void relay_totals(struct relay *relay, struct relay_totals *out)
{
	relay_lock(relay);
	*out = relay->board.totals;
	out->legs = 2 * relay->board.n_live;
	streams_totals(relay->streams, out);
	relay_unlock(relay);
}
