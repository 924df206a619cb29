/** @file act/join_wait.c  At the door with a link: what it is for, come, wait, go away. Whoever waits has no account and can do nothing else. */
#include "act/audit.h"
#include "act/join.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

struct visitor *visitor_of_link(struct act *act, int64_t link)
{
	list_each (&act->visitors, node, after) {
		struct visitor *visitor = list_entry(node, struct visitor, node);

		if (visitor->link == link && visitor->state != VISITOR_GONE)
			return visitor;
	}
	return NULL;
}

struct visitor *visitor_find(struct act *act, const char *id)
{
	list_each (&act->visitors, node, after) {
		struct visitor *visitor = list_entry(node, struct visitor, node);

		if (strcmp(visitor->id, id) == 0)
			return visitor;
	}
	return NULL;
}

json_t *say_visitor(const struct visitor *visitor)
{
	static const char *const states[] = { [VISITOR_COMING] = "gone", [VISITOR_WAITING] = "waiting", [VISITOR_ADMITTED] = "admitted",
		[VISITOR_REFUSED] = "refused", [VISITOR_GONE] = "gone" };
	static const char *const seems[] = { [LOOKALIKE_MIXED] = "mixed", [LOOKALIKE_DISGUISED] = "disguised" };
	enum lookalike lookalike = text_lookalike(str_of(visitor->name));

	return json_pack("{s:s, s:o, s:s, s:s?, s:s, s:o}", "id", visitor->id, "link", json_sprintf("%lld", (long long)visitor->link),
		"name", visitor->name, "lookalike", lookalike == LOOKALIKE_NONE ? NULL : seems[lookalike], "state", states[visitor->state],
		"since", say_time(visitor->since));
}

json_t *visitors_of(struct act *act, int64_t host)
{
	json_t *list = json_array();

	list_each (&act->visitors, node, after) {
		const struct visitor *visitor = list_entry(node, struct visitor, node);

		if (list && visitor->host == host && visitor->state == VISITOR_WAITING)
			json_array_append_new(list, say_visitor(visitor));
	}
	return list;
}

void visitor_step(struct act *act, struct visitor *visitor, enum visitor_state state)
{
	assert(state > visitor->state);
	visitor->state = state;
	account_tell(act, visitor->host, json_pack("{s:s, s:o}", "ev", "visitor", "visitor", say_visitor(visitor)));
}

static void visitor_free(struct visitor *visitor)
{
	list_del(&visitor->node);
	explicit_bzero(visitor->token, sizeof visitor->token);
	free(visitor);
}

void visitor_drop(struct act *act, struct visitor *visitor)
{
	if (visitor->state == VISITOR_WAITING)
		visitor_step(act, visitor, VISITOR_GONE);
	visitor_free(visitor);
}

void visitors_free(struct act *act)
{
	list_each (&act->visitors, node, after)
		visitor_free(list_entry(node, struct visitor, node));
}

static void gone(struct deed *deed, int err)
{
	if (err && err != -ENOENT)
		deed_fault(deed, err, "join.link");
	else
		deed_refuse(deed, REASON_LINK_GONE);
}

/* The link of the token in the body and its host. False: the deed is over. An old token and a made-up one are the same answer. */
static bool link_read(struct deed *deed, struct store_join *join, const struct account **host)
{
	uint8_t hash[TOKEN_HASH_BYTES];
	enum reason refusal;
	struct str token;
	int err;

	if (!deed_str(deed, "token", TOKEN_CHARS, &token))
		return false;
	token_hash(token.p, token.n, hash);
	err = store_join_get(deed->act->store, hash, clock_wall_ms(), join);
	/* Who was let in by it has his session: a link is used once. */
	if (err || join->guest) {
		gone(deed, err);
		return false;
	}
	*host = world_account_by_id(deed->act->world, join->host);
	if (!*host || !account_enabled(*host)) {
		gone(deed, 0);
		return false;
	}
	refusal = join_allowed_read(deed->act, join->host, &err);
	if (err)
		deed_fault(deed, err, "join.link");
	else if (refusal != REASON_OK)
		deed_refuse(deed, refusal);
	return !err && refusal == REASON_OK;
}

/* Whoever holds the link may know whose it is. */
static json_t *say_host(struct act *act, const struct account *host)
{
	const struct tenant *tenant = account_tenant(act->world, host);

	return json_pack("{s:s#, s:s#, s:o, s:b}", "name", account_name(host).p, (int)account_name(host).n,
		"title", account_title(host).p, (int)account_title(host).n, "tenant", say_tenant(tenant), "verified", tenant_verified(tenant));
}

void act_join_check(struct deed *deed)
{
	static const char *const keys[] = { "token", NULL };
	const struct account *host;
	struct store_join join;

	if (!deed_only(deed, keys) || !link_read(deed, &join, &host))
		return;
	deed_ok(deed, json_pack("{s:o, s:o, s:b}", "host", say_host(deed->act, host), "expires", say_time(join.expires),
		"taken", visitor_of_link(deed->act, join.id) != NULL));
}

/* Come. */

struct entering {
	struct deed *deed;
	char visitor[ID_CHARS + 1];
	int64_t link;
	char ticket[TOKEN_CHARS + 1];
	char name[LIMIT_NAME_CHARS * 4 + 1], peer[64], of[AUDIT_TENANT_BYTES];
};

static void entering_free(struct entering *e)
{
	explicit_bzero(e->ticket, sizeof e->ticket);
	free(e);
}

static int run_enter(struct store_tx *tx, void *arg)
{
	const struct entering *e = arg;
	char *detail = audit_detail("{s:I, s:s, s:s}", "link", (json_int_t)e->link, "name", e->name, "peer", e->peer);
	int err = detail ? store_audit_add(tx, clock_wall_ms(), "anonymous", "join.open", e->of, detail) : -ENOMEM;

	free(detail);
	return err;
}

static void entered(void *arg, int err)
{
	struct entering *e = arg;
	struct deed *deed = e->deed;
	struct visitor *visitor = visitor_find(deed->act, e->visitor);
	struct outcome outcome = { .reason = REASON_OK, .status = 201 };

	if (err) {
		if (visitor)
			visitor_drop(deed->act, visitor);
		deed_fault(deed, err, "join.enter");
	} else if (!visitor) {
		deed_refuse(deed, REASON_LINK_GONE);	/* taken back meanwhile */
	} else {
		visitor_step(deed->act, visitor, VISITOR_WAITING);
		outcome.body = json_pack("{s:s, s:o}", "ticket", e->ticket, "expires", say_time(visitor->until));
		deed_done(deed, &outcome);
	}
	entering_free(e);
}

/* As for the names of accounts; and in one line. */
static bool name_read(struct deed *deed, struct str *out)
{
	struct str name;

	if (!deed_str(deed, "name", LIMIT_NAME_CHARS * 4, &name) || !text_ok(deed, "/name", name))
		return false;
	*out = text_trim(name);
	if (memchr(out->p, '\n', out->n) || memchr(out->p, '\t', out->n))
		deed_refuse_field(deed, REASON_BAD_FIELD, "/name", "must be one line");
	else if (out->n == 0)
		deed_refuse_field(deed, REASON_BAD_FIELD, "/name", "is empty");
	else if (text_chars(*out) > LIMIT_NAME_CHARS)
		deed_refuse_field(deed, REASON_BAD_FIELD, "/name", "is longer than 64 characters");
	else
		return true;
	return false;
}

static struct visitor *visitor_new(struct act *act, const struct store_join *join, struct str name, const char *ticket)
{
	struct visitor *visitor;
	size_t n = 0;

	list_each (&act->visitors, node, after)
		n++;
	visitor = n < LIMIT_JOIN_VISITORS ? calloc(1, sizeof *visitor) : NULL;
	if (!visitor)
		return NULL;
	*visitor = (struct visitor){ .link = join->id, .host = join->host, .state = VISITOR_COMING, .since = clock_wall_ms(), .until = join->expires,
		.seen = clock_mono_ms() };
	id_make(visitor->id);
	token_hash(ticket, TOKEN_CHARS, visitor->ticket);
	snprintf(visitor->name, sizeof visitor->name, "%.*s", (int)name.n, name.p);
	list_add(&act->visitors, &visitor->node);
	return visitor;
}

static void enter(struct deed *deed, const struct store_join *join, struct str name)
{
	struct act *act = deed->act;
	struct entering *e = calloc(1, sizeof *e);
	struct visitor *visitor = NULL;
	int err = -EAGAIN;

	if (e) {
		*e = (struct entering){ .deed = deed, .link = join->id };
		token_make(e->ticket);
		snprintf(e->name, sizeof e->name, "%.*s", (int)name.n, name.p);
		snprintf(e->peer, sizeof e->peer, "%s", deed->peer);
		audit_tenant_of(act, join->host, e->of);
		visitor = visitor_new(act, join, name, e->ticket);
	}
	if (visitor) {
		memcpy(e->visitor, visitor->id, sizeof e->visitor);
		err = store_submit(act->store, run_enter, entered, e);
	}
	if (!err)
		return;
	if (visitor)
		visitor_drop(act, visitor);
	if (e)
		entering_free(e);
	deed_fault(deed, err, "join.enter");
}

void act_join_enter(struct deed *deed)
{
	static const char *const keys[] = { "token", "name", NULL };
	struct outcome late = { .reason = REASON_TOO_MANY };
	const struct account *host;
	struct store_join join;
	struct str name;

	if (!deed_only(deed, keys) || !name_read(deed, &name))
		return;
	late.retry_s = throttle_join(deed->act->throttle, str_of(deed->peer), clock_mono_ms());
	if (late.retry_s) {
		deed_done(deed, &late);
		return;
	}
	if (!link_read(deed, &join, &host))
		return;
	if (visitor_of_link(deed->act, join.id))
		deed_refuse(deed, REASON_JOIN_TAKEN);
	else
		enter(deed, &join, name);
}

/* Wait. */

static struct visitor *visitor_read(struct deed *deed)
{
	static const char *const keys[] = { "ticket", NULL };
	uint8_t hash[TOKEN_HASH_BYTES];
	struct str ticket;

	if (!deed_only(deed, keys) || !deed_str(deed, "ticket", TOKEN_CHARS, &ticket))
		return NULL;
	token_hash(ticket.p, ticket.n, hash);
	list_each (&deed->act->visitors, node, after) {
		struct visitor *visitor = list_entry(node, struct visitor, node);

		if (sodium_memcmp(visitor->ticket, hash, sizeof hash) == 0)
			return visitor;
	}
	deed_refuse(deed, REASON_JOIN_GONE);
	return NULL;
}

/* Let in: here is his session. He may have missed the answer, so it can be asked for again until he is forgotten. */
static void wait_over(struct deed *deed, struct visitor *visitor)
{
	const struct account *me = world_account_by_id(deed->act->world, visitor->account);
	struct outcome outcome = { .reason = REASON_OK, .expires = visitor->expires };

	if (!me || !account_enabled(me)) {
		deed_refuse(deed, REASON_JOIN_GONE);
		return;
	}
	memcpy(outcome.token, visitor->token, sizeof outcome.token);
	outcome.body = say_me(deed->act, me, 0, false);
	deed_done(deed, &outcome);
}

void act_join_wait(struct deed *deed)
{
	struct visitor *visitor = visitor_read(deed);
	struct outcome waiting = { .reason = REASON_OK, .status = 202 };
	const struct account *host;

	if (!visitor)
		return;
	visitor->seen = clock_mono_ms();
	if (visitor->state == VISITOR_ADMITTED) {
		wait_over(deed, visitor);
		return;
	}
	if (visitor->state == VISITOR_REFUSED) {
		deed_refuse(deed, REASON_JOIN_REFUSED);
		return;
	}
	host = world_account_by_id(deed->act->world, visitor->host);
	if (!host || !account_enabled(host)) {
		visitor_drop(deed->act, visitor);
		deed_refuse(deed, REASON_JOIN_GONE);
		return;
	}
	waiting.body = json_pack("{s:s}", "state", "waiting");
	deed_done(deed, &waiting);
}

void act_join_leave(struct deed *deed)
{
	struct visitor *visitor = visitor_read(deed);
	struct outcome outcome = { .reason = REASON_OK, .status = 204 };

	if (!visitor)
		return;
	visitor_drop(deed->act, visitor);
	deed_done(deed, &outcome);
}
