/** @file edge/metrics.c  GET /metrics: how the server does, in Prometheus' text format 0.0.4. Numbers only: nobody is named. */
#include "act/count.h"
#include "base/usage.h"
#include "edge/inside.h"

#include <stdlib.h>

#define FORMAT "text/plain; version=0.0.4; charset=utf-8"

/* Of the process, since its start. All on the loop's thread. */
static uint64_t refused[REASON_COUNT];

void metrics_refused(enum reason reason)
{
	refused[reason]++;
}

/** The text as it grows; memory that is out is noted, and told once at the end. */
struct page {
	struct buf text;
	const char *name;
	int err;
};

#define put(page, ...) ((page)->err = (page)->err ? (page)->err : buf_printf(&(page)->text, __VA_ARGS__))

/* Begin a family: its samples follow. */
static void family(struct page *page, const char *name, const char *type, const char *help)
{
	page->name = name;
	put(page, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void sample(struct page *page, const char *label, const char *value, uint64_t number)
{
	/* Labels are our own words and slugs: nothing in them needs escaping. */
	put(page, "%s{%s=\"%s\"} %llu\n", page->name, label, value, (unsigned long long)number);
}

static void gauge(struct page *page, const char *name, uint64_t number, const char *help)
{
	family(page, name, "gauge", help);
	put(page, "%s %llu\n", name, (unsigned long long)number);
}

static void counter(struct page *page, const char *name, uint64_t number, const char *help)
{
	family(page, name, "counter", help);
	put(page, "%s %llu\n", name, (unsigned long long)number);
}

static void http_put(struct page *page, const struct edge *edge)
{
	static const char *const classes[] = { "2xx", "3xx", "4xx", "5xx" };
	struct net_counts net;

	net_counts(edge->server, &net);
	gauge(page, "farhand_connections", net.connections, "TCP connections now.");
	counter(page, "farhand_connections_accepted_total", net.accepted, "TCP connections accepted.");
	counter(page, "farhand_connections_refused_total", net.refused, "TCP connections refused by a limit on connections.");
	family(page, "farhand_http_responses_total", "counter", "Answers to HTTP requests.");
	for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++)
		sample(page, "class", classes[i], net.replies[i + 2]);
	family(page, "farhand_refusals_total", "counter", "Refusals given, over HTTP and over lines, by what the asker was told.");
	for (enum reason r = 0; r < REASON_COUNT; r++)
		if (reason_status(r) >= 400)
			sample(page, "reason", reason_slug(r), refused[r]);
}

static void live_put(struct page *page, const struct act_counts *counts)
{
	gauge(page, "farhand_lines", counts->lines, "Live lines now.");
	gauge(page, "farhand_endpoints", counts->connected, "Accounts with a line now.");
	family(page, "farhand_calls", "gauge", "Calls now.");
	sample(page, "state", "ringing", counts->ringing);
	sample(page, "state", "talking", counts->talking);
	gauge(page, "farhand_permits", counts->permits, "Permits that calls hold now.");
	gauge(page, "farhand_requests_running", counts->deeds, "Requests under way.");
	gauge(page, "farhand_requests_waiting", counts->waiting, "Requests that wait for a change of the world.");
	gauge(page, "farhand_mail_waiting", (uint64_t)counts->mail, "Letters that wait to be sent.");
	gauge(page, "farhand_world_revision", (uint64_t)counts->revision, "Revision of the world.");
	gauge(page, "farhand_world_tenants", counts->tenants, "Tenants in the world.");
	gauge(page, "farhand_world_people", counts->people, "Enabled internal accounts in the world.");
}

static void store_put(struct page *page, const struct store_counts *store)
{
	counter(page, "farhand_store_writes_submitted_total", store->submitted, "Writes given to the store.");
	counter(page, "farhand_store_writes_finished_total", store->finished, "Writes that the store has run.");
	counter(page, "farhand_store_commits_total", store->commits, "Transactions, each made durable, that the writes shared.");
}

static void relay_put(struct page *page, const struct relay_totals *relay)
{
	gauge(page, "farhand_relay_legs", relay->legs, "Legs of calls at the media relay now.");
	family(page, "farhand_relay_datagrams_total", "counter", "Datagrams, checks and answers too.");
	sample(page, "direction", "in", relay->packets_in);
	sample(page, "direction", "out", relay->packets_out);
	family(page, "farhand_relay_media_bytes_total", "counter", "Bytes of media taken from legs, and given to legs.");
	sample(page, "direction", "in", relay->bytes_in);
	sample(page, "direction", "out", relay->bytes_out);
	family(page, "farhand_relay_dropped_total", "counter", "Datagrams in that were not followed.");
	sample(page, "cause", "media_refused", relay->dropped);
	sample(page, "cause", "media_unknown", relay->unknown);
	sample(page, "cause", "check_bad", relay->stun_bad);
	sample(page, "cause", "check_unknown", relay->stun_unknown);
	sample(page, "cause", "check_forged", relay->stun_forged);
	sample(page, "cause", "check_replayed", relay->stun_replayed);
	gauge(page, "farhand_relay_streams", relay->streams, "TCP connections that carry media now.");
	counter(page, "farhand_relay_streams_taken_total", relay->streams_taken, "TCP connections that came to the relay.");
	counter(page, "farhand_relay_streams_refused_total", relay->streams_refused, "TCP connections refused by a limit of the relay.");
	counter(page, "farhand_relay_streams_dropped_total", relay->streams_dropped, "Datagrams dropped since a TCP connection did not take them in time.");
	counter(page, "farhand_relay_conflicts_total", relay->conflicts, "Checks answered by a role conflict.");
}

/* Those under way are told one by one where calls are: GET /v1/calls. */
static void legs_put(struct page *page, const struct leg_counts *legs)
{
	uint64_t below = 0;

	family(page, "farhand_leg_media_bytes", "histogram", "Bytes of media that a leg gave, of legs that are over.");
	for (unsigned i = 0; i < LEG_BUCKETS; i++) {
		below += legs->given[i];
		put(page, "farhand_leg_media_bytes_bucket{le=\"%llu\"} %llu\n", (unsigned long long)leg_bounds[i], (unsigned long long)below);
	}
	put(page, "farhand_leg_media_bytes_bucket{le=\"+Inf\"} %llu\n", (unsigned long long)legs->ended);
	put(page, "farhand_leg_media_bytes_sum %llu\nfarhand_leg_media_bytes_count %llu\n", (unsigned long long)legs->bytes, (unsigned long long)legs->ended);
	counter(page, "farhand_legs_silent_total", legs->silent, "Legs that are over and never had a path: a network that lets nothing through, or a call that was not answered.");
	counter(page, "farhand_legs_dropped_total", legs->dropped, "Datagrams not followed, of legs that are over.");
}

/* The names that Prometheus' own libraries use. */
static void process_put(struct page *page)
{
	struct usage usage;

	usage_read(&usage);
	family(page, "process_cpu_seconds_total", "counter", "Processor time used, user and system.");
	put(page, "%s %.6f\n", page->name, usage.cpu_seconds);
	gauge(page, "process_resident_memory_bytes", usage.resident_bytes, "Resident memory.");
	gauge(page, "process_open_fds", usage.open_files, "Open file descriptors.");
	gauge(page, "process_max_fds", usage.files_most, "Most file descriptors that may be open.");
	family(page, "process_start_time_seconds", "gauge", "Start of the process, in seconds since 1970.");
	put(page, "%s %.3f\n", page->name, (double)usage.started / 1000);
}

static bool peer_local(struct str peer)
{
	return str_eq(peer, STR("::1")) || (peer.n > 4 && strncmp(peer.p, "127.", 4) == 0);
}

/* This machine may ask without a token; elsewhere it takes the operator's. */
static bool admitted(struct edge *edge, const struct http_req *req)
{
	bool cookie;
	struct str token = auth_token(req, &cookie);
	struct who who = { 0 };

	if (peer_local(http_peer(req)))
		return true;
	return token.n && act_who(edge->act, token, &who) && who.operator_;
}

void metrics_reply(struct edge *edge, struct http_req *req)
{
	struct http_field fields[EDGE_FIELDS];
	struct act_counts counts;
	struct page page = { 0 };

	if (!admitted(edge, req)) {
		problem_reply(req, REASON_NOT_FOUND);
		return;
	}
	act_counts(edge->act, &counts);
	http_put(&page, edge);
	live_put(&page, &counts);
	store_put(&page, &counts.store);
	relay_put(&page, &counts.relay);
	legs_put(&page, &counts.legs);
	process_put(&page);
	if (page.err) {
		problem_reply(req, REASON_BUSY);
	} else {
		fields_fill(fields, NULL, false);
		http_reply(req, 200, FORMAT, fields, buf_str(&page.text));
	}
	buf_release(&page.text);
}
