/** @file act/ask.c  Asking the rules, and telling the answer as far as section 8 allows; POST /v1/reach. */
#include "act/audit.h"
#include "act/room.h"

static void ask_fill(struct ask *ask, const struct account *from, struct str to, enum action action)
{
	*ask = (struct ask){ .from = account_address(from), .to = to, .action = action };
	instant_of_ms(clock_wall_ms(), &ask->at);
}

void ask_pair(struct act *act, const struct account *from, const struct account *to, enum action action, struct verdict *out)
{
	struct ask ask;

	ask_fill(&ask, from, account_address(to), action);
	reach_decide(act->world, &ask, out);
}

void ask_address(struct act *act, const struct account *from, const char *to, enum action action, const struct query *query, struct verdict *out)
{
	struct ask ask;

	ask_fill(&ask, from, str_of(to), action);
	ask.query = query;
	reach_decide(act->world, &ask, out);
}

static json_t *answer_encode(struct act *act, const struct asker *asker, const struct ask *ask, const struct verdict *verdict)
{
	struct verdict told = *verdict;

	reach_redact(act->world, ask, asker, &told);
	return verdict_encode(&told);
}

json_t *answer_for(struct act *act, const struct account *reader, const struct account *from, struct str to, enum action action, const struct verdict *verdict)
{
	struct asker asker = { .kind = ASKER_USER, .home = reach_home(act->world, reader), .self = account_address(reader) };
	struct ask ask;

	ask_fill(&ask, from, to, action);
	return answer_encode(act, &asker, &ask, verdict);
}

enum reason reason_for(struct act *act, const struct account *party, struct str from, struct str to, enum action action, const struct verdict *verdict)
{
	struct asker asker = { .kind = ASKER_ADMIN, .home = account_tenant(act->world, party) };
	struct ask ask = { .from = from, .to = to, .action = action };
	struct verdict told = *verdict;

	instant_of_ms(clock_wall_ms(), &ask.at);
	reach_redact(act->world, &ask, &asker, &told);
	return told.reason;
}

void deed_refuse_verdict(struct deed *deed, const struct account *reader, const struct account *from, struct str to, enum action action, const struct verdict *verdict)
{
	struct outcome outcome = { .reason = REASON_UNREACHABLE };

	tally_refusal(deed->act, from, to, action, verdict);
	outcome.answer = answer_for(deed->act, reader, from, to, action, verdict);
	reason_parse(str_of(json_string_value(json_object_get(outcome.answer, "reason"))), &outcome.reason);
	if (deed->run == act_call_place)
		record_refused(deed->act, from, to, json_is_true(json_object_get(deed->args, "video")), outcome.reason,
			json_string_value(json_object_get(outcome.answer, "tenant")), verdict);
	deed_done(deed, &outcome);
}

struct reach_args {
	char from[324], to[324];
	struct ask ask;
	struct query query;
};

static void args_release(struct reach_args *args)
{
	instant_release(&args->ask.at);
	query_release(&args->query);
}

static bool read_address(struct deed *deed, const char *key, char out[static 324])
{
	struct str text;
	char why[128], field[512];

	if (!deed_str(deed, key, LIMIT_ADDRESS_BYTES, &text))
		return false;
	if (address_canonical(text, out, why))
		return true;
	json_path_key(field, "", key);
	deed_refuse_field(deed, REASON_BAD_FIELD, field, why);
	return false;
}

static bool read_at(struct deed *deed, struct ask *ask)
{
	json_t *at = json_object_get(deed->args, "at");
	char why[128];

	if (!at || json_is_null(at)) {
		instant_of_ms(clock_wall_ms(), &ask->at);
		return true;
	}
	if (!json_is_string(at) || !instant_parse((struct str){ json_string_value(at), json_string_length(at) }, &ask->at, why)) {
		deed_refuse_field(deed, REASON_BAD_FIELD, "/at", json_is_string(at) ? why : "must be a time");
		return false;
	}
	return true;
}

static bool read_query(struct deed *deed, struct reach_args *args)
{
	json_t *query = json_object_get(deed->args, "query");
	struct str text;

	if (!query || json_is_null(query))
		return true;
	if (!deed_str(deed, "query", LIMIT_QUERY_BYTES, &text))
		return false;
	if (args->ask.action != ACTION_FIND || query_init(&args->query, text)) {
		deed_refuse_field(deed, REASON_BAD_FIELD, "/query", "must be text, and goes with the action find only");
		return false;
	}
	args->ask.query = &args->query;
	return true;
}

static bool read_rest(struct deed *deed, struct reach_args *args)
{
	struct ask *ask = &args->ask;
	struct str action;

	if (!deed_str(deed, "action", 32, &action))
		return false;
	if (!action_parse(action, &ask->action)) {
		deed_refuse_field(deed, REASON_BAD_FIELD, "/action", "is not an action");
		return false;
	}
	if (!read_query(deed, args))
		return false;
	if (read_at(deed, ask))
		return true;
	query_release(&args->query);
	return false;
}

/* Section 8: a user asks as himself; an admin about any pair with one end in his tenant; `at` is for admins. */
static bool asker_of(struct deed *deed, const struct account *me, const struct reach_args *args, struct asker *asker)
{
	struct act *act = deed->act;
	bool mine;
	json_t *at = json_object_get(deed->args, "at");

	*asker = (struct asker){ .kind = ASKER_OPERATOR };
	if (deed->who.operator_)
		return true;
	asker->home = reach_home(act->world, me);
	asker->self = account_address(me);
	/* Who stands here for another organisation reads as that one's, whatever role he was given. */
	asker->kind = asker->home == account_tenant(act->world, me) && deed->who.roles & (ROLE_OWNER | ROLE_ACCESS_ADMIN) ? ASKER_ADMIN : ASKER_USER;
	if (asker->kind == ASKER_ADMIN) {
		mine = world_tenant_by_domain(act->world, address_domain(str_of(args->from))) == asker->home ||
			world_tenant_by_domain(act->world, address_domain(str_of(args->to))) == asker->home;
		return mine;
	}
	return str_eq(str_of(args->from), account_address(me)) && (!at || json_is_null(at));
}

void act_reach(struct deed *deed)
{
	static const char *const keys[] = { "from", "to", "action", "at", "query", NULL };
	const struct account *me = NULL;
	struct reach_args args = { 0 };
	struct verdict verdict;
	struct asker asker;
	json_t *answer;

	if (!deed->who.operator_ && !(me = deed_account(deed)))
		return;
	if (!deed_only(deed, keys) || !read_address(deed, "to", args.to))
		return;
	if (json_object_get(deed->args, "from") || !me) {
		if (!read_address(deed, "from", args.from))
			return;
	} else {
		memcpy(args.from, account_address(me).p, account_address(me).n);
	}
	if (!read_rest(deed, &args))
		return;
	args.ask.from = str_of(args.from);
	args.ask.to = str_of(args.to);
	if (!asker_of(deed, me, &args, &asker)) {
		args_release(&args);
		deed_refuse(deed, REASON_FORBIDDEN);
		return;
	}
	reach_decide(deed->act->world, &args.ask, &verdict);
	answer = answer_encode(deed->act, &asker, &args.ask, &verdict);
	args_release(&args);
	deed_ok(deed, answer);
}
