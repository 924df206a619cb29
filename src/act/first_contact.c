/** @file act/first_contact.c  How many new people outside a tenant's people may write to in an hour: a token bucket a tenant. */
#include "act/contact.h"

#include <stdlib.h>

enum { HOUR_MS = 3600000, REFILL_MS = HOUR_MS / LIMIT_FIRST_CONTACTS_PER_HOUR };

struct bucket {
	struct list node;
	int64_t tenant;
	int64_t full_at;	/* monotonic ms at which all are back */
};

/* Those that are full again go: what stays is bounded by the tenants that reached out in the last hour. */
static struct bucket *bucket_of(struct list *all, int64_t tenant, int64_t now)
{
	struct bucket *found = NULL;

	list_each (all, node, after) {
		struct bucket *b = list_entry(node, struct bucket, node);

		if (b->tenant == tenant) {
			found = b;
		} else if (b->full_at <= now) {
			list_del(node);
			free(b);
		}
	}
	if (!found && (found = calloc(1, sizeof *found))) {
		found->tenant = tenant;
		list_add(all, &found->node);
	}
	return found;
}

unsigned first_contact_take(struct act *act, const struct tenant *tenant, int64_t now)
{
	struct bucket *b = bucket_of(&act->first_contacts, tenant_row(tenant), now);
	int64_t start, over;

	/* Without memory to count in, nobody may. */
	if (!b)
		return 1;
	start = b->full_at > now ? b->full_at : now;
	over = start + REFILL_MS - now - (int64_t)LIMIT_FIRST_CONTACTS_PER_HOUR * REFILL_MS;
	if (over > 0)
		return (unsigned)((over + 999) / 1000);
	b->full_at = start + REFILL_MS;
	return 0;
}

void first_contacts_free(struct list *first)
{
	list_each (first, node, after) {
		list_del(node);
		free(list_entry(node, struct bucket, node));
	}
}
