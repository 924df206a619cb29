/** @file model/texts.c  Owned lists of texts. */
#include "model/world_doc.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

int texts_add(struct texts *texts, struct str text)
{
	char **v = texts->v;
	char *copy;

	assert(!texts->whole);
	/* Room doubles at each power of two, so the count alone tells when. */
	if ((texts->n & (texts->n - 1)) == 0) {
		v = realloc(texts->v, (texts->n ? texts->n * 2 : 1) * sizeof *v);
		if (!v)
			return -ENOMEM;
		texts->v = v;
	}
	copy = str_dup(text);
	if (!copy)
		return -ENOMEM;
	texts->v[texts->n++] = copy;
	return 0;
}

int texts_copy(struct texts *out, const struct texts *from)
{
	size_t bytes = from->n * sizeof(char *);
	char *to;

	*out = (struct texts){ .n = from->n, .whole = true };
	for (size_t i = 0; i < from->n; i++)
		bytes += strlen(from->v[i]) + 1;
	out->v = malloc(bytes + 1);
	if (!out->v) {
		*out = (struct texts){ 0 };
		return -ENOMEM;
	}
	to = (char *)(out->v + from->n);
	for (size_t i = 0; i < from->n; i++) {
		out->v[i] = to;
		to = stpcpy(to, from->v[i]) + 1;
	}
	return 0;
}

void texts_release(struct texts *texts)
{
	for (size_t i = 0; i < texts->n && !texts->whole; i++)
		free(texts->v[i]);
	free(texts->v);
	*texts = (struct texts){ 0 };
}
