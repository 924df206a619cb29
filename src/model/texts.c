/** @file model/texts.c  Owned lists of texts. */
#include "model/world_doc.h"

#include <errno.h>
#include <stdlib.h>

int texts_add(struct texts *texts, struct str text)
{
	char **v = texts->v;
	char *copy;

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
	*out = (struct texts){ 0 };
	for (size_t i = 0; i < from->n; i++) {
		int err = texts_add(out, str_of(from->v[i]));

		if (err) {
			texts_release(out);
			return err;
		}
	}
	return 0;
}

void texts_release(struct texts *texts)
{
	for (size_t i = 0; i < texts->n; i++)
		free(texts->v[i]);
	free(texts->v);
	*texts = (struct texts){ 0 };
}
