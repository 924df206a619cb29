/** @file reach/promise.c  Whether a world keeps its promises (spec section 10). */
#include "reach/facts.h"
#include "reach/reach.h"

/* 1: kept, 0: broken, or -ENOMEM and the like from the query. */
static int kept(const struct world *world, const struct promise_doc *promise, time_ms_t now)
{
	struct ask ask = { .from = str_of(promise->from), .to = str_of(promise->to), .action = promise->action, .at = promise->at };
	struct query query;
	bool allowed;
	int err;

	if (!promise->at.given)
		instant_of_ms(now, &ask.at);
	if (!promise->query)
		return reach_allowed(world, &ask) == promise->allow;
	err = query_init(&query, str_of(promise->query));
	if (err)
		return err;
	ask.query = &query;
	allowed = reach_allowed(world, &ask);
	query_release(&query);
	return allowed == promise->allow;
}

bool reach_promises_kept(const struct world *world, json_t *promises, time_ms_t now, struct json_err *err)
{
	struct promise_doc promise;
	char each[512];
	json_t *v;
	size_t i;

	json_array_foreach(promises, i, v) {
		int yes;

		json_path_index(each, "/promises", i);
		if (!promise_doc_decode(v, each, &promise, err))
			return false;
		yes = kept(world, &promise, now);
		if (yes == 0)
			json_bad(err, each, "is broken: %s from %s to %s would be %s", action_name(promise.action), promise.from, promise.to,
				promise.allow ? "refused" : "allowed");
		else if (yes < 0)
			json_bad(err, each, "can't be asked");
		promise_doc_release(&promise);
		if (yes <= 0)
			return false;
	}
	return true;
}
