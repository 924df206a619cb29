/** @file edge/assets.c  Serves the web app: exact names, else the app's own page for what looks like a page. */
#include "edge/assets.h"

#include "edge/inside.h"

#include <stdlib.h>
#include <string.h>

static int compare(const void *key, const void *row)
{
	const struct str *path = key;
	const struct asset *asset = row;
	int order = strncmp(path->p, asset->path, path->n);

	return order ? order : asset->path[path->n] ? -1 : 0;
}

static const struct asset *find(struct str path)
{
	return bsearch(&path, assets, n_assets, sizeof *assets, compare);
}

/* "/chats/7" is a page of the app, "/assets/gone.js" is not. */
static bool is_page(struct str path)
{
	for (size_t i = path.n; i && path.p[i - 1] != '/'; i--)
		if (path.p[i - 1] == '.')
			return false;
	return true;
}

void assets_reply(struct http_req *req)
{
	struct str path = http_path(req);
	const struct asset *asset = find(path);
	struct http_field own[5] = { 0 }, fields[EDGE_FIELDS];
	bool gz;

	if (!asset && is_page(path))
		asset = find(STR("/index.html"));
	if (!asset) {
		problem_reply(req, REASON_NOT_FOUND);
		return;
	}
	gz = asset->gz && http_offers(req, "accept-encoding", "gzip");
	own[0] = (struct http_field){ "ETag", asset->etag };
	own[1] = (struct http_field){ "Cache-Control", asset->immutable ? "public, max-age=31536000, immutable" : "no-cache" };
	own[2] = (struct http_field){ "Vary", "Accept-Encoding" };
	if (gz)
		own[3] = (struct http_field){ "Content-Encoding", "gzip" };
	fields_fill(fields, own, true);
	if (str_eq(http_header(req, "if-none-match"), str_of(asset->etag)))
		http_reply(req, 304, NULL, fields, STR(""));
	else
		http_reply(req, 200, asset->type, fields, (struct str){ (const char *)(gz ? asset->gz : asset->bytes), gz ? asset->gz_n : asset->n });
}
