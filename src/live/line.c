/** @file live/line.c  Lines and endpoints: who is connected, who watches whom. */
#include "live/line.h"

#include "base/buf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

void lines_init(struct lines *lines)
{
	*lines = (struct lines){ 0 };
	list_init(&lines->all);
}

void lines_release(struct lines *lines)
{
	assert(list_empty(&lines->all) && lines->n == 0);
	free(lines->table);
	*lines = (struct lines){ 0 };
}

static size_t slot(const struct lines *lines, int64_t account)
{
	/* Accounts are row numbers of our own making: a multiplicative hash spreads them. */
	return (size_t)((uint64_t)account * 0x9e3779b97f4a7c15u >> 20) & (lines->cap - 1);
}

struct endpoint *endpoint_find(const struct lines *lines, int64_t account)
{
	struct endpoint *e;

	if (lines->n == 0)
		return NULL;
	for (e = lines->table[slot(lines, account)]; e; e = e->chain)
		if (e->account == account)
			return e;
	return NULL;
}

static int grow(struct lines *lines)
{
	size_t cap = lines->cap ? lines->cap * 2 : 256, old_cap = lines->cap;
	struct endpoint **table = calloc(cap, sizeof(struct endpoint *)), **old = lines->table;

	if (!table)
		return -ENOMEM;
	lines->table = table;
	lines->cap = cap;
	for (size_t i = 0; i < old_cap; i++) {
		struct endpoint *e = old[i];

		while (e) {
			struct endpoint *next = e->chain;
			size_t to = slot(lines, e->account);

			e->chain = table[to];
			table[to] = e;
			e = next;
		}
	}
	free(old);
	return 0;
}

struct endpoint *endpoint_need(struct lines *lines, int64_t account)
{
	struct endpoint *e = endpoint_find(lines, account);
	size_t to;

	if (e)
		return e;
	if (lines->n >= lines->cap && grow(lines))
		return NULL;
	e = calloc(1, sizeof *e);
	if (!e)
		return NULL;
	e->account = account;
	list_init(&e->lines);
	list_init(&e->watchers);
	list_init(&e->parties);
	to = slot(lines, account);
	e->chain = lines->table[to];
	lines->table[to] = e;
	lines->n++;
	return e;
}

void endpoint_drop(struct lines *lines, struct endpoint *endpoint)
{
	struct endpoint **at = &lines->table[slot(lines, endpoint->account)];

	if (!list_empty(&endpoint->lines) || !list_empty(&endpoint->watchers) || !list_empty(&endpoint->parties))
		return;
	while (*at != endpoint)
		at = &(*at)->chain;
	*at = endpoint->chain;
	lines->n--;
	free(endpoint);
}

static bool all_idle(const struct endpoint *endpoint)
{
	for (struct list *node = endpoint->lines.next; node != &endpoint->lines; node = node->next)
		if (!list_entry(node, struct line, node)->idle)
			return false;
	return true;
}

enum presence endpoint_presence(const struct endpoint *endpoint)
{
	if (!endpoint || list_empty(&endpoint->lines))
		return PRESENCE_OFFLINE;
	if (!list_empty(&endpoint->parties))
		return PRESENCE_IN_CALL;
	if (endpoint->status == STATUS_BUSY)
		return PRESENCE_BUSY;
	return endpoint->status == STATUS_AWAY || all_idle(endpoint) ? PRESENCE_AWAY : PRESENCE_AVAILABLE;
}

size_t endpoint_lines(const struct endpoint *endpoint)
{
	size_t n = 0;

	if (!endpoint)
		return 0;
	for (const struct list *l = endpoint->lines.next; l != &endpoint->lines; l = l->next)
		n++;
	return n;
}

struct line *line_open(struct lines *lines, int64_t account, int64_t session, const struct line_ops *ops, void *arg)
{
	struct endpoint *endpoint = endpoint_need(lines, account);
	struct line *line = calloc(1, sizeof *line);

	if (!endpoint || !line) {
		if (endpoint)
			endpoint_drop(lines, endpoint);
		free(line);
		return NULL;
	}
	line->endpoint = endpoint;
	line->session = session;
	id_make(line->id);
	line->ops = ops;
	line->arg = arg;
	list_add(&endpoint->lines, &line->node);
	list_add(&lines->all, &line->everywhere);
	return line;
}

static void unwatch(struct lines *lines, struct line *line)
{
	for (size_t i = 0; i < line->n_watches; i++) {
		struct watch *w = &line->watches[i];

		list_del(&w->node);
		if (w->target && w->target != line->endpoint)
			endpoint_drop(lines, w->target);
	}
	free(line->watches);
	line->watches = NULL;
	line->n_watches = 0;
}

void line_close(struct lines *lines, struct line *line)
{
	struct endpoint *endpoint = line->endpoint;

	unwatch(lines, line);
	list_del(&line->node);
	list_del(&line->everywhere);
	free(line);
	endpoint_drop(lines, endpoint);
}

void line_tell(struct line *line, json_t *event)
{
	char *text;

	if (!line->ready) {
		json_decref(event);
		return;
	}
	/* An event that memory could not hold is a gap, and a gap makes the client connect again. */
	line->told++;
	text = json_object_set_new(event, "n", json_integer(line->told)) ? NULL : json_dumps(event, JSON_COMPACT | JSON_REAL_PRECISION(10));
	json_decref(event);
	if (text)
		line->ops->send(line->arg, str_of(text));
	free(text);
}

void line_tell_text(struct line *line, const char *ev, struct str object)
{
	struct buf text = { 0 };

	if (!line->ready)
		return;
	line->told++;
	if (buf_printf(&text, "{\"ev\":\"%s\",\"%s\":", ev, ev) == 0 && buf_add(&text, object.p, object.n) == 0 &&
			buf_printf(&text, ",\"n\":%lld}", (long long)line->told) == 0)
		line->ops->send(line->arg, buf_str(&text));
	buf_release(&text);
}

void line_end(struct line *line, const char *reason, int code)
{
	line_tell(line, json_pack("{s:s, s:s}", "ev", "bye", "reason", reason));
	line->ops->close(line->arg, code);
}

int line_watch(struct lines *lines, struct line *line, const struct str *addresses, const int64_t *accounts, size_t n)
{
	unwatch(lines, line);
	if (n == 0)
		return 0;
	line->watches = calloc(n, sizeof *line->watches);
	if (!line->watches)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		struct watch *w = &line->watches[i];

		w->line = line;
		snprintf(w->address, sizeof w->address, "%.*s", (int)addresses[i].n, addresses[i].p);
		w->target = accounts[i] ? endpoint_need(lines, accounts[i]) : NULL;
		if (w->target)
			list_add(&w->target->watchers, &w->node);
		line->n_watches = i + 1;
		if (accounts[i] && !w->target) {
			unwatch(lines, line);
			return -ENOMEM;
		}
	}
	return 0;
}
