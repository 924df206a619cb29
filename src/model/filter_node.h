/** @file model/filter_node.h  A compiled filter's tree, inside this room. */
#pragma once
#include "model/filter.h"

enum filter_kind { FILTER_TEST, FILTER_NOT, FILTER_AND, FILTER_OR };
enum filter_operator {
	FILTER_EQ, FILTER_NE, FILTER_CO, FILTER_SW, FILTER_EW, FILTER_PR, FILTER_GT, FILTER_GE, FILTER_LT, FILTER_LE, FILTER_OPERATORS
};
enum filter_builtin { FILTER_KIND, FILTER_ADDRESS, FILTER_NAME, FILTER_TITLE, FILTER_ENABLED, FILTER_BUILTINS };

/** One node; it owns what hangs on it. */
struct filter {
	enum filter_kind kind;
	struct filter *first;		/* NOT has one child, AND and OR have several */
	struct filter *next;		/* sibling */
	char *name;			/* TEST: of the attribute */
	enum filter_builtin builtin;	/* FILTER_BUILTINS: one of the account's own */
	enum filter_operator op;
	json_t *value;
	char *folded;			/* the value when it is text */
};
