/** @file model/filter.c  Compiling a filter: tokens, grammar, and errors that point at the column. What it matches is filter_match.c. */
#include "model/filter_node.h"

#include "base/json.h"
#include "model/names.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

enum { NESTING_MOST = 100 };

struct parser {
	struct str text;
	size_t at;
	unsigned depth;
	char *why;		/* 128 bytes */
};

static const char *const builtin_names[] = { "kind", "address", "name", "title", "enabled" };
static const char *const operator_names[FILTER_OPERATORS] = {
	[FILTER_EQ] = "eq", [FILTER_NE] = "ne", [FILTER_CO] = "co", [FILTER_SW] = "sw", [FILTER_EW] = "ew", [FILTER_PR] = "pr",
	[FILTER_GT] = "gt", [FILTER_GE] = "ge", [FILTER_LT] = "lt", [FILTER_LE] = "le",
};

static struct filter *parse_or(struct parser *p);

static struct filter *bad(struct parser *p, size_t at, const char *format, ...) __attribute__((format(printf, 3, 4)));
static struct filter *bad(struct parser *p, size_t at, const char *format, ...)
{
	int n = snprintf(p->why, 128, "column %zu: ", text_chars((struct str){ p->text.p, at }) + 1);
	va_list args;

	va_start(args, format);
	vsnprintf(p->why + n, 128 - (size_t)n, format, args);
	va_end(args);
	return NULL;
}

static struct filter *node_new(struct parser *p, enum filter_kind kind)
{
	struct filter *node = calloc(1, sizeof *node);

	if (!node)
		return bad(p, p->at, "out of memory");
	node->kind = kind;
	return node;
}

/* Depth is bounded by the grammar, length is not: siblings are walked. */
void filter_free(struct filter *f)
{
	while (f) {
		struct filter *next = f->next;

		filter_free(f->first);
		free(f->name);
		free(f->folded);
		json_decref(f->value);
		free(f);
		f = next;
	}
}

static bool letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool name_char(char c)
{
	return letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

bool filter_attribute_valid(struct str name)
{
	for (size_t i = 0; i < name.n; i++) {
		if (!name_char(name.p[i]))
			return false;
	}
	for (unsigned i = 0; i < FILTER_BUILTINS; i++) {
		if (name.n == strlen(builtin_names[i]) && strncasecmp(name.p, builtin_names[i], name.n) == 0)
			return false;
	}
	return name.n && letter(name.p[0]);
}

static void skip_blanks(struct parser *p)
{
	while (p->at < p->text.n && (p->text.p[p->at] == ' ' || p->text.p[p->at] == '\t'))
		p->at++;
}

static char peek(const struct parser *p)
{
	return p->at < p->text.n ? p->text.p[p->at] : '\0';
}

/* The word at the front, without taking it. */
static struct str word_ahead(const struct parser *p)
{
	size_t end = p->at;

	while (end < p->text.n && name_char(p->text.p[end]))
		end++;
	return (struct str){ p->text.p + p->at, end - p->at };
}

static bool word_is(struct str word, const char *name)
{
	return word.n == strlen(name) && strncasecmp(word.p, name, word.n) == 0;
}

static bool take_word(struct parser *p, const char *name)
{
	struct str word;

	skip_blanks(p);
	word = word_ahead(p);
	if (!word_is(word, name))
		return false;
	p->at += word.n;
	return true;
}

static size_t literal_end(const struct parser *p)
{
	size_t end = p->at;

	if (peek(p) != '"') {
		while (end < p->text.n && !strchr(" \t()", p->text.p[end]))
			end++;
		return end;
	}
	for (end++; end < p->text.n && p->text.p[end] != '"'; end++)
		end += p->text.p[end] == '\\';
	return end < p->text.n ? end + 1 : p->text.n;
}

static bool value_fits(struct parser *p, const struct filter *f, size_t at)
{
	bool text = json_is_string(f->value);

	if (!text && !json_is_number(f->value) && !json_is_boolean(f->value) && !json_is_null(f->value))
		return bad(p, at, "a value is text, a number, true, false or null");
	if (!text && (f->op == FILTER_CO || f->op == FILTER_SW || f->op == FILTER_EW))
		return bad(p, at, "%s needs text", operator_names[f->op]);
	if (!text && !json_is_number(f->value) && f->op >= FILTER_GT)
		return bad(p, at, "%s needs text or a number", operator_names[f->op]);
	return true;
}

static bool parse_value(struct parser *p, struct filter *f)
{
	struct json_err err;
	size_t at, end;

	skip_blanks(p);
	at = p->at;
	end = literal_end(p);
	if (end == at)
		return bad(p, at, "a value is missing behind %s", operator_names[f->op]);
	f->value = json_read((struct str){ p->text.p + at, end - at }, 1, &err);
	if (!f->value)
		return bad(p, at, "is no value: text stands in \"quotes\"");
	p->at = end;
	if (!value_fits(p, f, at))
		return false;
	if (!json_is_string(f->value))
		return true;
	f->folded = text_fold((struct str){ json_string_value(f->value), json_string_length(f->value) });
	return f->folded || bad(p, at, "out of memory");
}

static bool parse_operator(struct parser *p, struct filter *f)
{
	struct str word;

	skip_blanks(p);
	word = word_ahead(p);
	for (unsigned op = 0; op < FILTER_OPERATORS; op++) {
		if (!word_is(word, operator_names[op]))
			continue;
		f->op = (enum filter_operator)op;
		p->at += word.n;
		if (f->op == FILTER_PR)
			return true;
		if (peek(p) != ' ' && peek(p) != '\t')
			return bad(p, p->at, "a space is missing behind %s", operator_names[op]);
		return parse_value(p, f);
	}
	return bad(p, p->at, "an operator is missing: eq ne co sw ew pr gt ge lt le");
}

static struct filter *parse_test(struct parser *p)
{
	struct str word = word_ahead(p);
	struct filter *f;

	if (!word.n || !letter(word.p[0]))
		return bad(p, p->at, "the name of an attribute is missing");
	if (word_is(word, "not"))
		return bad(p, p->at, "not stands only before (");
	p->at += word.n;
	if (peek(p) == '.' || peek(p) == '[' || peek(p) == ':')
		return bad(p, p->at, "paths into an attribute are not supported");
	f = node_new(p, FILTER_TEST);
	if (!f)
		return NULL;
	f->name = str_dup(word);
	f->builtin = FILTER_BUILTINS;
	for (unsigned i = 0; i < FILTER_BUILTINS; i++)
		f->builtin = word_is(word, builtin_names[i]) ? (enum filter_builtin)i : f->builtin;
	if (f->name && parse_operator(p, f))
		return f;
	filter_free(f);
	return NULL;
}

static struct filter *parse_parens(struct parser *p)
{
	size_t open = p->at++;
	struct filter *inner;

	if (++p->depth > NESTING_MOST)
		return bad(p, open, "is nested more than %d deep", NESTING_MOST);
	inner = parse_or(p);
	p->depth--;
	if (!inner)
		return NULL;
	skip_blanks(p);
	if (peek(p) == ')') {
		p->at++;
		return inner;
	}
	filter_free(inner);
	return bad(p, p->at, "a ) is missing");
}

static bool not_ahead(struct parser *p)
{
	size_t at = p->at;

	if (!take_word(p, "not"))
		return false;
	skip_blanks(p);
	if (peek(p) == '(')
		return true;
	p->at = at;
	return false;
}

static struct filter *parse_factor(struct parser *p)
{
	struct filter *f;

	skip_blanks(p);
	if (peek(p) == '(')
		return parse_parens(p);
	if (!not_ahead(p))
		return parse_test(p);
	f = node_new(p, FILTER_NOT);
	if (!f)
		return NULL;
	f->first = parse_parens(p);
	if (f->first)
		return f;
	filter_free(f);
	return NULL;
}

/* "and" and "or" stand between two complete parts, so a blank or a bracket is on each side. */
static bool take_join(struct parser *p, const char *name)
{
	size_t at = p->at;
	char before = at ? p->text.p[at - 1] : '\0';
	char first;

	skip_blanks(p);
	first = p->at > at ? ' ' : before;
	if ((first == ' ' || first == ')') && take_word(p, name) && (p->at == p->text.n || strchr(" \t(", peek(p))))
		return true;
	p->at = at;
	return false;
}

static struct filter *parse_chain(struct parser *p, enum filter_kind kind, const char *join, struct filter *(*part)(struct parser *p))
{
	struct filter *first = part(p), *chain, *last = first;

	if (!first || !take_join(p, join))
		return first;
	chain = node_new(p, kind);
	if (!chain) {
		filter_free(first);
		return NULL;
	}
	chain->first = first;
	do {
		last->next = part(p);
		last = last->next;
	} while (last && take_join(p, join));
	if (last)
		return chain;
	filter_free(chain);
	return NULL;
}

static struct filter *parse_and(struct parser *p)
{
	return parse_chain(p, FILTER_AND, "and", parse_factor);
}

static struct filter *parse_or(struct parser *p)
{
	return parse_chain(p, FILTER_OR, "or", parse_and);
}

struct filter *filter_parse(struct str text, char why[static 128])
{
	struct parser p = { .text = text, .why = why };
	struct filter *f;

	if (!str_utf8(text) || (text.n && memchr(text.p, '\0', text.n)))
		return bad(&p, 0, "is not text");
	f = parse_or(&p);
	if (!f)
		return NULL;
	skip_blanks(&p);
	if (p.at == text.n)
		return f;
	filter_free(f);
	return bad(&p, p.at, "and, or, or the end is expected");
}
