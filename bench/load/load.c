/**
 * @file load.c  The load generator. Prints lines of tab-separated numbers; bench/load/run makes tables of them.
 *
 * load chat farhand|xmpp PORT PID PAIRS SECONDS OUTSTANDING…   outstanding, messages/s, messages per CPU-s, p50 us, p99 us of one way
 * load idle farhand PORT PID CLIENTS SECONDS                   clients, KiB each, CPU us per client and second
 * load shake PORT PID SECONDS                                  full TLS handshakes per CPU-s of the server
 */
#include "proc.h"
#include "speak.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>

enum { SIGNING_IN = 64, SHAKING = 32, TIMES_MOST = 1 << 22, WARM_MS = 700 };

/** A sender and a receiver; at most one message between them is under way. */
struct pair {
	uint64_t sent_at;
	unsigned number;
	bool arrived, stored, measured;
};

struct load {
	struct wires wires;
	const struct tongue *tongue;
	struct client *clients;
	struct pair *pairs;
	unsigned n_pairs, n_clients, opened, signed_in;
	unsigned *idle;				/* pairs with nothing under way: a ring, so that all take turns */
	unsigned idle_from, idle_n;
	unsigned number;			/* of the last message */
	bool measuring;
	uint64_t done;
	uint32_t *times;			/* us */
	size_t n_times;
};

static struct load load;

void text_make(char out[static TEXT_BYTES + 1], unsigned number)
{
	int n = snprintf(out, TEXT_BYTES + 1, "#%u ", number);

	memset(out + n, 'x', TEXT_BYTES - (size_t)n);
	out[TEXT_BYTES] = '\0';
}

bool text_number(struct str text, unsigned *out)
{
	if (text.n < 3 || text.p[0] != '#')
		return false;
	*out = (unsigned)strtoul(text.p + 1, NULL, 10);
	return true;
}

const char *found(struct str in, const char *what)
{
	return memmem(in.p, in.n, what, strlen(what));
}

static void on_signed_in(struct client *client)
{
	(void)client;
	load.signed_in++;
}

static void pair_settle(struct pair *pair)
{
	if (!pair->arrived || (load.tongue->answers && !pair->stored))
		return;
	load.done += load.measuring;
	load.idle[(load.idle_from + load.idle_n++) % load.n_pairs] = (unsigned)(pair - load.pairs);
	pair->number = 0;
}

static void on_arrived(struct client *client, unsigned number)
{
	struct pair *pair = &load.pairs[client->nth / 2];

	/* The sender hears of its own too, and of no other. */
	if (client->nth % 2 == 0)
		return;
	if (number != pair->number || pair->arrived)
		errx(1, "message %u came twice or never was", number);
	pair->arrived = true;
	if (pair->measured && load.n_times < TIMES_MOST)
		load.times[load.n_times++] = (uint32_t)((now_ns() - pair->sent_at) / 1000);
	pair_settle(pair);
}

static void on_stored(struct client *client, unsigned number)
{
	struct pair *pair = &load.pairs[client->nth / 2];

	if (number != pair->number)
		errx(1, "an answer for message %u, which is not under way", number);
	pair->stored = true;
	pair_settle(pair);
}

static const struct client_ops client_ops = { on_signed_in, on_arrived, on_stored };

static void sign_in(const struct tongue *tongue, uint16_t port, unsigned clients)
{
	load.tongue = tongue;
	load.n_clients = clients;
	load.clients = calloc(clients, sizeof *load.clients);
	if (!load.clients)
		errx(1, "out of memory");
	wires_init(&load.wires, port);
	while (load.signed_in < clients) {
		while (load.opened < clients && load.opened - load.signed_in < SIGNING_IN) {
			struct client *client = &load.clients[load.opened];

			client->tongue = tongue;
			client->ops = &client_ops;
			client->nth = load.opened;
			wire_open(&load.wires, &client->wire, load.opened++, &tongue->wire, client);
		}
		wires_turn(&load.wires, 1000);
	}
}

/* As many as may be outstanding are; for so long. */
static void keep_up(unsigned outstanding, uint64_t ms)
{
	uint64_t end = now_ns() + ms * 1000000;

	while (now_ns() < end) {
		while (load.idle_n > load.n_pairs - outstanding) {
			unsigned n = load.idle[load.idle_from];
			struct pair *pair = &load.pairs[n];

			load.idle_from = (load.idle_from + 1) % load.n_pairs;
			load.idle_n--;
			*pair = (struct pair){ .number = ++load.number, .measured = load.measuring, .sent_at = now_ns() };
			load.tongue->send(&load.clients[2 * n], pair->number);
		}
		wires_turn(&load.wires, 100);
	}
}

static int by_time(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void chat_measure(int pid, unsigned outstanding, uint64_t ms)
{
	double cpu, seconds;
	uint64_t start;

	if (outstanding > load.n_pairs)
		errx(2, "more outstanding than pairs");
	load.measuring = false;
	keep_up(outstanding, WARM_MS);
	load.measuring = true;
	load.done = load.n_times = 0;
	cpu = proc_cpu(pid);
	start = now_ns();
	keep_up(outstanding, ms);
	load.measuring = false;
	seconds = (double)(now_ns() - start) / 1e9;
	cpu = proc_cpu(pid) - cpu;
	if (!load.n_times)
		errx(1, "no message arrived");
	qsort(load.times, load.n_times, sizeof *load.times, by_time);
	printf("%u\t%.0f\t%.0f\t%u\t%u\n", outstanding, (double)load.done / seconds, (double)load.done / (cpu > 0 ? cpu : 0.01),
		load.times[load.n_times / 2], load.times[load.n_times * 99 / 100]);
	fflush(stdout);
	/* What is under way comes home. */
	while (load.idle_n < load.n_pairs)
		wires_turn(&load.wires, 100);
}

static void chat(int argc, char **argv)
{
	unsigned seconds;
	int pid;

	if (argc < 6)
		errx(2, "load chat farhand|xmpp PORT PID PAIRS SECONDS OUTSTANDING…");
	pid = atoi(argv[2]);
	load.n_pairs = (unsigned)atoi(argv[3]);
	seconds = (unsigned)atoi(argv[4]);
	load.pairs = calloc(load.n_pairs, sizeof *load.pairs);
	load.idle = calloc(load.n_pairs, sizeof *load.idle);
	load.times = malloc(TIMES_MOST * sizeof *load.times);
	if (!load.pairs || !load.idle || !load.times)
		errx(1, "out of memory");
	for (unsigned i = 0; i < load.n_pairs; i++)
		load.idle[load.idle_n++] = i;
	sign_in(strcmp(argv[0], "xmpp") ? &farhand : &xmpp, (uint16_t)atoi(argv[1]), 2 * load.n_pairs);
	for (int i = 5; i < argc; i++)
		chat_measure(pid, (unsigned)atoi(argv[i]), seconds * 1000);
}

static void wait_ms(uint64_t ms)
{
	for (uint64_t end = now_ns() + ms * 1000000; now_ns() < end;)
		wires_turn(&load.wires, 100);
}

static void idle(int argc, char **argv)
{
	unsigned clients, seconds;
	uint64_t before;
	double cpu;
	int pid;

	if (argc != 5)
		errx(2, "load idle farhand|xmpp PORT PID CLIENTS SECONDS");
	pid = atoi(argv[2]);
	clients = (unsigned)atoi(argv[3]);
	seconds = (unsigned)atoi(argv[4]);
	before = proc_pss(pid);
	sign_in(strcmp(argv[0], "xmpp") ? &farhand : &xmpp, (uint16_t)atoi(argv[1]), clients);
	wait_ms(2000);
	cpu = proc_cpu(pid);
	wait_ms(seconds * 1000);
	cpu = proc_cpu(pid) - cpu;
	printf("%u\t%.2f\t%.2f\n", clients, (double)(proc_pss(pid) - before) / clients, cpu * 1e6 / clients / seconds);
}

static uint64_t shakes;

static void shaken(struct wire *wire)
{
	shakes++;
	wire_drop(wire);
	/* From ever other addresses: each has only so many ports, which rest for a while. */
	wire_open(&load.wires, wire, load.opened++, wire->ops, NULL);
}

static size_t ignore(struct wire *wire, struct str in)
{
	(void)wire;
	return in.n;
}

static void shake(int argc, char **argv)
{
	static const struct wire_ops ops = { shaken, ignore };
	static struct wire wires[SHAKING];
	uint64_t before;
	double cpu;
	int pid;

	if (argc != 3)
		errx(2, "load shake PORT PID SECONDS");
	wires_init(&load.wires, (uint16_t)atoi(argv[0]));
	pid = atoi(argv[1]);
	for (; load.opened < SHAKING; load.opened++)
		wire_open(&load.wires, &wires[load.opened], load.opened, &ops, NULL);
	wait_ms(WARM_MS);
	before = shakes;
	cpu = proc_cpu(pid);
	wait_ms((uint64_t)atoi(argv[2]) * 1000);
	cpu = proc_cpu(pid) - cpu;
	printf("%.0f\n", (double)(shakes - before) / (cpu > 0 ? cpu : 0.01));
}

int main(int argc, char **argv)
{
	static const struct { const char *name; void (*run)(int argc, char **argv); } modes[] = { { "chat", chat }, { "idle", idle }, { "shake", shake } };

	for (size_t i = 0; argc > 1 && i < sizeof modes / sizeof modes[0]; i++) {
		if (strcmp(argv[1], modes[i].name) == 0) {
			modes[i].run(argc - 2, argv + 2);
			return 0;
		}
	}
	errx(2, "load chat|idle|shake …");
}
