/** @file reach/verdict.c  A verdict: filling it, and writing it as the answer of spec section 2. */
#include "reach/gates.h"

#include <assert.h>
#include <stdlib.h>

static size_t rule_add(char *rule, size_t at, struct str text)
{
	size_t room = RULE_BYTES - 1 - at, n = text.n < room ? text.n : room;

	memcpy(rule + at, text.p, n);
	return at + n;
}

static void rule_write(char *rule, const struct stop *stop)
{
	size_t n = rule_add(rule, 0, str_of(stop->rule));

	n = rule_add(rule, n, STR(": "));
	rule[rule_add(rule, n, stop->what)] = '\0';
}

static void steps_write(struct verdict *out, const struct trace *trace)
{
	memset(out->steps, 0, sizeof out->steps);
	for (unsigned g = 0; g < GATES; g++)
		out->steps[g].result = trace->steps[g];
}

void verdict_allow(struct verdict *out, enum route route, const struct trace *trace)
{
	out->allowed = true;
	out->route = route;
	out->reason = REASON_OK;
	out->side = SIDE_NONE;
	out->tenant = NULL;
	out->n_remedies = 0;
	out->rule[0] = '\0';
	steps_write(out, trace);
}

void verdict_refuse(struct verdict *out, enum route route, const struct trace *trace)
{
	const struct stop *stop = &trace->stop;

	out->allowed = false;
	out->route = route;
	out->reason = stop->reason;
	out->side = stop->side;
	out->tenant = stop->tenant;
	steps_write(out, trace);
	out->steps[trace->gate].side = stop->side;
	out->steps[trace->gate].reason = stop->reason;
	rule_write(out->rule, stop);
}

void verdict_unknown(struct verdict *out, enum side side, const struct tenant *tenant, struct str address)
{
	const struct trace trace = {
		.steps = { [GATE_IDENTITY] = STEP_STOP },
		.gate = GATE_IDENTITY,
		.stop = { REASON_IDENTITY_UNKNOWN, side, tenant, "account", address },
	};

	verdict_refuse(out, ROUTE_NONE, &trace);
}

static const char *const route_names[] = {
	[ROUTE_INTERNAL] = "internal", [ROUTE_FEDERATION] = "federation", [ROUTE_GUEST] = "guest", [ROUTE_LEASE] = "lease",
};
static const char *const gate_names[GATES] = {
	[GATE_IDENTITY] = "identity", [GATE_LICENCE] = "licence", [GATE_EXTERNAL] = "external", [GATE_GUEST] = "guest",
	[GATE_LEASE] = "lease", [GATE_BARRIER] = "barrier", [GATE_PERSONAL] = "personal", [GATE_FIND] = "find",
};
static const char *const result_names[] = { [STEP_SKIP] = "skip", [STEP_PASS] = "pass", [STEP_STOP] = "stop" };
static const char *const side_names[] = { [SIDE_FROM] = "from", [SIDE_TO] = "to" };

const char *route_name(enum route route)
{
	assert(route <= ROUTE_LEASE);
	return route_names[route];
}

const char *gate_name(enum gate gate)
{
	assert(gate < GATES);
	return gate_names[gate];
}

const char *side_name(enum side side)
{
	assert(side <= SIDE_TO);
	return side_names[side];
}

static json_t *text_or_null(const char *text)
{
	return text ? json_string(text) : json_null();
}

static json_t *str_json(struct str text)
{
	return json_stringn(text.p, text.n);
}

static json_t *steps_encode(const struct verdict *v)
{
	json_t *list = json_array();

	for (unsigned g = 0; g < GATES; g++) {
		bool stopped = v->steps[g].result == STEP_STOP;
		json_t *step = json_pack("{s:s, s:s, s:o, s:o, s:o}", "gate", gate_names[g], "result", result_names[v->steps[g].result],
			"side", text_or_null(side_names[v->steps[g].side]),
			"reason", text_or_null(stopped ? reason_slug(v->steps[g].reason) : NULL),
			"rule", text_or_null(stopped && v->rule[0] ? v->rule : NULL));

		if (json_array_append_new(list, step)) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static json_t *remedy_encode(const struct remedy *r)
{
	static const char *const what_keys[REMEDIES] = {
		[REMEDY_ASK_ADMIN_ALLOW_DOMAIN] = "domain", [REMEDY_ALLOW_DOMAIN] = "domain", [REMEDY_UNBLOCK_DOMAIN] = "domain",
		[REMEDY_ENABLE_EXTERNAL] = "domain", [REMEDY_CHANGE_BARRIER] = "segment",
	};
	json_t *o = json_pack("{s:o, s:s, s:o}", "who", str_json(r->who), "do", remedy_slug(r->code),
		what_keys[r->code] ? what_keys[r->code] : "address", str_json(r->what));

	if (o && r->code == REMEDY_ASSIGN_LICENCE)
		json_object_set_new(o, "sku", json_string(sku_name(r->sku)));
	if (o && r->lease.n)
		json_object_set_new(o, "lease", str_json(r->lease));
	return o;
}

static json_t *remedies_encode(const struct verdict *v)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < v->n_remedies; i++) {
		if (json_array_append_new(list, remedy_encode(&v->remedies[i]))) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static json_t *until_encode(const struct verdict *v)
{
	char *text;
	json_t *json;

	if (!v->until_given)
		return json_null();
	text = instant_format(&v->until);
	json = text ? json_string(text) : NULL;
	free(text);
	return json;
}

json_t *verdict_encode(const struct verdict *v)
{
	return json_pack("{s:b, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o}",
		"allowed", v->allowed,
		"route", text_or_null(route_names[v->route]),
		"reason", reason_slug(v->reason),
		"side", text_or_null(side_names[v->side]),
		"tenant", v->tenant ? str_json(tenant_id(v->tenant)) : json_null(),
		"rule", text_or_null(v->rule[0] ? v->rule : NULL),
		"steps", steps_encode(v),
		"remedies", remedies_encode(v),
		"until", until_encode(v));
}
