/** @file base/list_test.c  Intrusive lists. */
#include "base/list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct item {
	int value;
	struct list node;
};

static void expect(struct list *head, const char *values)
{
	list_each (head, node, after) {
		assert_int_equal(list_entry(node, struct item, node)->value, *values);
		values++;
	}
	assert_int_equal(*values, 0);
}

static void adds_at_the_tail(void **state)
{
	struct item a = { .value = 'a' }, b = { .value = 'b' }, c = { .value = 'c' };
	struct list head;

	(void)state;
	list_init(&head);
	assert_true(list_empty(&head));
	expect(&head, "");
	list_add(&head, &a.node);
	list_add(&head, &b.node);
	list_add(&head, &c.node);
	assert_false(list_empty(&head));
	expect(&head, "abc");
	list_del(&b.node);
	expect(&head, "ac");
	list_add(&head, &b.node);
	expect(&head, "acb");
}

static void taking_out_twice_is_harmless(void **state)
{
	struct item a = { .value = 'a' }, b = { .value = 'b' }, never = { 0 };
	struct list head;

	(void)state;
	list_init(&head);
	list_add(&head, &a.node);
	list_add(&head, &b.node);
	list_del(&never.node);
	list_del(&a.node);
	list_del(&a.node);
	expect(&head, "b");
	list_del(&b.node);
	assert_true(list_empty(&head));
	assert_true(list_empty(&never.node));
}

/* The body may remove the node it stands on. */
static void walks_while_emptying(void **state)
{
	struct item items[5] = { { .value = 'a' }, { .value = 'b' }, { .value = 'c' }, { .value = 'd' }, { .value = 'e' } };
	struct list head;
	int n = 0;

	(void)state;
	list_init(&head);
	for (size_t i = 0; i < 5; i++)
		list_add(&head, &items[i].node);
	list_each (&head, node, after) {
		if (n++ % 2 == 0)
			list_del(node);
	}
	assert_int_equal(n, 5);
	expect(&head, "bd");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(adds_at_the_tail),
		cmocka_unit_test(taking_out_twice_is_harmless),
		cmocka_unit_test(walks_while_emptying),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
