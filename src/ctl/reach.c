/** @file ctl/reach.c  farhandctl reach: evaluates asks against a world document, offline (spec/reach.md section 10). */
#include "base/clock.h"
#include "base/limits.h"
#include "ctl/command.h"
#include "ctl/explain.h"
#include "ctl/options.h"
#include "ctl/world.h"
#include "reach/ask.h"
#include "reach/reach.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* One line's way from ask to answer. */
struct asking {
	const struct world *world;
	bool brief;
	bool explain;
	unsigned long line;
	bool mismatch;
};

static const char *const brief_keys[] = { "allowed", "route", "reason", "side", NULL };

static json_t *brief_encode(const struct verdict *v)
{
	return json_pack("{s:b, s:s?, s:s, s:s?}", "allowed", v->allowed, "route", route_name(v->route), "reason", reason_slug(v->reason),
		"side", side_name(v->side));
}

static void expect_check(struct asking *asking, json_t *expect, json_t *answer)
{
	const char *key;
	json_t *wanted;

	json_object_foreach(expect, key, wanted) {
		json_t *got = json_object_get(answer, key);
		char *w, *g;

		if (json_equal(wanted, got))
			continue;
		w = json_dumps(wanted, JSON_ENCODE_ANY | JSON_COMPACT);
		g = json_dumps(got, JSON_ENCODE_ANY | JSON_COMPACT);
		complain("line %lu: %s is %s, expected %s", asking->line, key, g ? g : "?", w ? w : "?");
		asking->mismatch = true;
		free(w);
		free(g);
	}
}

static bool answer_print(const struct asking *asking, json_t *answer)
{
	char *text = json_dumps(answer, JSON_COMPACT);

	if (!text || printf("%s\n", text) < 0) {
		complain("line %lu: the answer can't be written", asking->line);
		free(text);
		return false;
	}
	free(text);
	return true;
}

/* Takes "expect" out of the ask; NULL with *ok when there is none. */
static json_t *expect_take(json_t *object, struct json_err *err, bool *ok)
{
	json_t *expect = json_incref(json_object_get(object, "expect"));

	*ok = true;
	if (!expect)
		return NULL;
	json_object_del(object, "expect");
	*ok = json_only(expect, "/expect", brief_keys, err);
	return expect;
}

static int line_answer(struct asking *asking, json_t *object, struct json_err *err)
{
	struct verdict verdict;
	struct ask_doc doc;
	json_t *expect, *answer;
	int code = EXIT_MALFORMED;
	bool ok;

	expect = expect_take(object, err, &ok);
	if (ok && ask_doc_decode(object, "", clock_wall_ms(), &doc, err)) {
		reach_decide(asking->world, &doc.ask, &verdict);
		answer = asking->brief ? brief_encode(&verdict) : verdict_encode(&verdict);
		code = answer && (asking->explain ? explain_print(&doc.ask, &verdict) : answer_print(asking, answer)) ? EXIT_OK : EXIT_REFUSED;
		if (expect && answer)
			expect_check(asking, expect, answer);
		json_decref(answer);
		ask_doc_release(&doc);
	}
	json_decref(expect);
	return code;
}

static bool blank(struct str line)
{
	size_t i = 0;

	while (i < line.n && strchr(" \t\r\n", line.p[i]) && line.p[i])
		i++;
	return i == line.n;
}

static int line_take(struct asking *asking, struct str line)
{
	struct json_err err = { 0 };
	json_t *object;
	int code;

	asking->line++;
	if (blank(line))
		return EXIT_OK;
	object = json_read(line, LIMIT_JSON_DEPTH, &err);
	if (!object) {
		complain("line %lu: %s", asking->line, err.why);
		return EXIT_MALFORMED;
	}
	code = line_answer(asking, object, &err);
	json_decref(object);
	if (code == EXIT_MALFORMED)
		complain("line %lu: %s%s%s", asking->line, err.path, err.path[0] ? ": " : "", err.why);
	return code;
}

static int lines_answer(struct asking *asking)
{
	char *line = NULL;
	size_t room = 0;
	int code = EXIT_OK;
	ssize_t n;

	while (code == EXIT_OK && (n = getline(&line, &room, stdin)) > 0)
		code = line_take(asking, (struct str){ line, (size_t)n });
	free(line);
	if (code == EXIT_OK && ferror(stdin)) {
		complain("standard input: %s", strerror(errno));
		code = EXIT_REFUSED;
	}
	if (fflush(stdout)) {
		complain("standard output: %s", strerror(errno));
		return code == EXIT_OK ? EXIT_REFUSED : code;
	}
	return code == EXIT_OK && asking->mismatch ? EXIT_REFUSED : code;
}

int reach_command(int argc, char **argv)
{
	struct asking asking = { 0 };
	const char *path = NULL;
	const struct option_row rows[] = { { "--world", &path, NULL }, { "--brief", NULL, &asking.brief },
		{ "--explain", NULL, &asking.explain }, { 0 } };
	struct world *world;
	int code;

	if (options_read(argc, argv, rows, NULL, 0) < 0)
		return EXIT_MALFORMED;
	if (!path) {
		complain("reach needs --world FILE");
		return EXIT_MALFORMED;
	}
	world = world_file_load(path, NULL);
	if (!world)
		return EXIT_MALFORMED;
	asking.world = world;
	code = lines_answer(&asking);
	world_unref(world);
	return code;
}
