/** @file relay/addresses.c  The addresses that the relay offers to browsers. */
#include "relay/addresses.h"

#include "base/clock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { ADDRESSES_EVER = 256, REFRESH_MS = 1000 };

/* Texts stay until the end, since callers hold them: a machine that changes more often needs a restart to offer new ones. */
struct addresses {
	pthread_mutex_t mutex;
	char ever[ADDRESSES_EVER][INET6_ADDRSTRLEN];
	unsigned n_ever;
	const char *now[RELAY_ADDRESSES];
	unsigned n_now;
	bool fixed, v6;
	int64_t read_at;
};

static const char *text_keep(struct addresses *a, const char *text)
{
	for (unsigned i = 0; i < a->n_ever; i++) {
		if (strcmp(a->ever[i], text) == 0)
			return a->ever[i];
	}
	if (a->n_ever == ADDRESSES_EVER)
		return NULL;
	strcpy(a->ever[a->n_ever], text);
	return a->ever[a->n_ever++];
}

static void offer(struct addresses *a, const char *text)
{
	const char *kept = text_keep(a, text);

	for (unsigned i = 0; i < a->n_now; i++) {
		if (a->now[i] == kept)
			return;
	}
	if (kept && a->n_now < RELAY_ADDRESSES)
		a->now[a->n_now++] = kept;
}

static void offer_interface(struct addresses *a, const struct sockaddr *address)
{
	char text[INET6_ADDRSTRLEN];

	if (address->sa_family == AF_INET) {
		inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)address)->sin_addr, text, sizeof text);
		offer(a, text);
	}
	if (address->sa_family == AF_INET6 && a->v6) {
		const struct in6_addr *v6 = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;

		if (IN6_IS_ADDR_LINKLOCAL(v6))
			return;
		inet_ntop(AF_INET6, v6, text, sizeof text);
		offer(a, text);
	}
}

static void offer_interfaces(struct addresses *a, const struct ifaddrs *all, bool loopback)
{
	for (const struct ifaddrs *one = all; one; one = one->ifa_next) {
		bool is_loopback = one->ifa_flags & IFF_LOOPBACK;

		if (one->ifa_addr && one->ifa_flags & IFF_UP && is_loopback == loopback)
			offer_interface(a, one->ifa_addr);
	}
}

/* When the system won't tell, what it told last still holds. */
static void addresses_read(struct addresses *a)
{
	int64_t now = clock_mono_ms();
	struct ifaddrs *all;

	if (a->fixed || (a->n_now && now - a->read_at < REFRESH_MS) || getifaddrs(&all))
		return;
	a->read_at = now;
	a->n_now = 0;
	offer_interfaces(a, all, false);
	offer_interfaces(a, all, true);
	freeifaddrs(all);
}

static int offer_given(struct addresses *a, const char *const given[RELAY_ADDRESSES])
{
	struct in6_addr any;

	for (unsigned i = 0; i < RELAY_ADDRESSES && given[i]; i++) {
		bool v6 = strchr(given[i], ':');

		if (inet_pton(v6 ? AF_INET6 : AF_INET, given[i], &any) != 1)
			return -EINVAL;
		if (v6 && !a->v6)
			return -EAFNOSUPPORT;
		a->fixed = true;
		offer(a, given[i]);
	}
	return 0;
}

int addresses_new(struct addresses **ap, const char *const given[RELAY_ADDRESSES], bool v6)
{
	struct addresses *a = calloc(1, sizeof *a);
	int err;

	if (!a)
		return -ENOMEM;
	a->v6 = v6;
	err = offer_given(a, given);
	if (!err)
		err = -pthread_mutex_init(&a->mutex, NULL);
	if (err) {
		free(a);
		return err;
	}
	*ap = a;
	return 0;
}

void addresses_free(struct addresses *a)
{
	if (!a)
		return;
	pthread_mutex_destroy(&a->mutex);
	free(a);
}

unsigned addresses_list(struct addresses *a, const char *out[RELAY_ADDRESSES])
{
	unsigned n;

	pthread_mutex_lock(&a->mutex);
	addresses_read(a);
	n = a->n_now;
	memcpy(out, a->now, n * sizeof *out);
	pthread_mutex_unlock(&a->mutex);
	return n;
}
