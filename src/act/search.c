/** @file act/search.c  Search in one's own messages, and the index for it: taken up behind the writing, and before each search. */
#include "act/room.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { FOUND_MOST = 50 };

static int run_step(struct store_tx *tx, void *arg)
{
	return store_words_step(tx, arg);
}

struct stepping {
	bool more;		/* first: the job writes to it */
	struct act *act;
};

static void stepped(void *arg, int err)
{
	struct stepping *s = arg;

	s->act->words_busy = false;
	/* What failed is tried again with the next message, or the next search. */
	s->act->words_due = !err && s->more;
	free(s);
}

void words_tick(struct act *act)
{
	struct stepping *s;

	if (!act->words_due || act->words_busy || act->ending)
		return;
	s = calloc(1, sizeof *s);
	if (!s)
		return;
	s->act = act;
	act->words_busy = store_submit(act->store, run_step, stepped, s) == 0;
	if (!act->words_busy)
		free(s);
	/* Written from now on is due again. */
	act->words_due = !act->words_busy;
}

struct searching {
	bool more;
	struct deed *deed;
	int64_t before;
	json_t *list;
	int64_t last;
};

static int found(void *arg, const struct store_message *message)
{
	struct searching *s = arg;

	s->last = message->pos;
	json_array_append_new(s->list, say_message(s->deed->act, message));
	return 0;
}

static void search(void *arg, int err);

static void search_end(struct searching *s, int err)
{
	bool full = json_array_size(s->list) == FOUND_MOST;

	if (err)
		deed_fault(s->deed, err, "message.search");
	else
		deed_ok(s->deed, json_pack("{s:O, s:o}", "messages", s->list, "before", full ? json_integer(s->last) : json_null()));
	json_decref(s->list);
	free(s);
}

static void search(void *arg, int err)
{
	struct searching *s = arg;
	struct deed *deed = s->deed;

	/* Whoever looks for what he wrote a moment ago finds it. */
	if (!err && s->more && (err = store_submit(deed->act->store, run_step, search, s)) == 0)
		return;
	if (!err)
		err = store_message_search(deed->act->store, deed->who.account, str_of(deed->query[0]), s->before, FOUND_MOST, found, s);
	search_end(s, err);
}

static bool before_read(struct deed *deed, int64_t *out)
{
	char *end;

	*out = deed->query_given[1] ? strtoll(deed->query[1], &end, 10) : 0;
	if (!deed->query_given[1] || (deed->query[1][0] >= '1' && deed->query[1][0] <= '9' && !*end))
		return true;
	deed_refuse_field(deed, REASON_BAD_FIELD, "before", "must be what the page before gave");
	return false;
}

void act_message_search(struct deed *deed)
{
	struct searching *s;
	int64_t before;
	int err;

	if (!deed_account(deed) || !before_read(deed, &before))
		return;
	if (!deed->query_given[0]) {
		deed_refuse_field(deed, REASON_BAD_FIELD, "q", "is missing");
		return;
	}
	s = calloc(1, sizeof *s);
	if (s)
		*s = (struct searching){ .deed = deed, .before = before, .list = json_array() };
	if (!s || !s->list) {
		free(s);
		deed_fault(deed, -ENOMEM, "message.search");
		return;
	}
	err = store_submit(deed->act->store, run_step, search, s);
	if (err)
		search_end(s, err);
}
