/** @file ctl/file.c  Reading a file whole. */
#include "ctl/command.h"

#include <errno.h>
#include <stdio.h>

bool file_read(const char *path, struct buf *out)
{
	FILE *f = fopen(path, "rb");
	char part[65536];
	size_t n;
	bool ok = f;

	while (ok && (n = fread(part, 1, sizeof part, f)) > 0)
		ok = buf_add(out, part, n) == 0;
	if (ok && ferror(f))
		ok = false;
	if (!ok) {
		complain("%s: %s", path, strerror(errno));
		buf_release(out);
	}
	if (f)
		fclose(f);
	return ok;
}
