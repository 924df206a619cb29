/** @file reach/likeness.c  Many accounts of a tenant have the same attributes: while a world is built, what was made of them is kept. */
#include "reach/facts.h"

#include <stdlib.h>

void likeness_release(struct likeness *like)
{
	json_decref(like->attributes);
	free(like->text);
	*like = (struct likeness){ 0 };
}

void likenesses_release(struct likenesses *all)
{
	for (size_t i = 0; i < LIKENESSES; i++)
		likeness_release(&all->slots[i]);
}

struct likeness *likeness_of(struct likenesses *all, uint32_t tenant, json_t *attributes)
{
	struct likeness *like = &all->slots[((uint64_t)(uintptr_t)attributes * 0x9e3779b97f4a7c15u >> 32) % LIKENESSES];

	if (all->tenant != tenant)
		likenesses_release(all);
	all->tenant = tenant;
	/* The slot's reference keeps the address from becoming another's. */
	if (like->attributes == attributes)
		return like;
	likeness_release(like);
	like->attributes = json_incref(attributes);
	return like;
}
