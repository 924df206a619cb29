/** @file base/json.c  Strict JSON on jansson, behind a pre-scan of its bounds. */
#include "base/json.h"

#include "base/limits.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool json_bad(struct json_err *err, const char *path, const char *why, ...)
{
	va_list args;

	snprintf(err->path, sizeof err->path, "%s", path);
	va_start(args, why);
	vsnprintf(err->why, sizeof err->why, why, args);
	va_end(args);
	return false;
}

/* Where the string that begins at i ends: at its closing quote, or at the end of the text. */
static size_t string_end(struct str text, size_t i)
{
	for (i++; i < text.n && text.p[i] != '"'; i++)
		if (text.p[i] == '\\')
			i++;
	return i < text.n ? i : text.n;
}

static bool colon_follows(struct str text, size_t i)
{
	while (i < text.n && strchr(" \t\r\n", text.p[i]) && text.p[i])
		i++;
	return i < text.n && text.p[i] == ':';
}

/* jansson recurses, and keeps keys of any length: both are bounded before it sees a byte. */
static bool bounds_ok(struct str text, unsigned most, struct json_err *err)
{
	unsigned depth = 0;

	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c == '"') {
			size_t end = string_end(text, i);

			if (end - i - 1 > LIMIT_JSON_KEY_BYTES && colon_follows(text, end + 1))
				return json_bad(err, "", "has a key longer than %d bytes", LIMIT_JSON_KEY_BYTES);
			i = end;
		} else if ((c == '{' || c == '[') && ++depth > most) {
			return json_bad(err, "", "nested deeper than %u levels", most);
		} else if ((c == '}' || c == ']') && depth) {
			depth--;
		}
	}
	return true;
}

json_t *json_read(struct str text, unsigned depth, struct json_err *err)
{
	json_error_t e;
	json_t *root;

	if (!bounds_ok(text, depth, err))
		return NULL;
	root = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &e);
	if (!root)
		json_bad(err, "", "not valid JSON at line %d, column %d: %s", e.line, e.column, e.text);
	return root;
}

void json_path_key(char out[static 512], const char *path, const char *key)
{
	size_t n = strnlen(path, 510);

	/* Every key of every document comes by here: no printf. */
	memcpy(out, path, n);
	out[n++] = '/';
	for (; *key && n < 509; key++) {
		if (*key == '~' || *key == '/') {
			out[n++] = '~';
			out[n++] = *key == '~' ? '0' : '1';
		} else {
			out[n++] = *key;
		}
	}
	out[n] = '\0';
}

void json_path_index(char out[static 512], const char *path, size_t index)
{
	char own[512];

	/* `out` may be `path` itself. */
	snprintf(own, sizeof own, "%s", path);
	snprintf(out, 512, "%.480s/%zu", own, index);
}

static bool bad_at(struct json_err *err, const char *path, const char *key, const char *why)
{
	char at[512];

	json_path_key(at, path, key);
	return json_bad(err, at, "%s", why);
}

bool json_get_str(json_t *object, const char *path, const char *key, bool required, struct str *out, struct json_err *err)
{
	json_t *v = json_object_get(object, key);

	if (!v)
		return required ? bad_at(err, path, key, "is required") : true;
	if (!json_is_string(v))
		return bad_at(err, path, key, "must be text");
	*out = (struct str){ json_string_value(v), json_string_length(v) };
	return true;
}

bool json_get_bool(json_t *object, const char *path, const char *key, bool required, bool *out, struct json_err *err)
{
	json_t *v = json_object_get(object, key);

	if (!v)
		return required ? bad_at(err, path, key, "is required") : true;
	if (!json_is_boolean(v))
		return bad_at(err, path, key, "must be true or false");
	*out = json_is_true(v);
	return true;
}

bool json_get_int(json_t *object, const char *path, const char *key, bool required, int64_t *out, struct json_err *err)
{
	json_t *v = json_object_get(object, key);

	if (!v)
		return required ? bad_at(err, path, key, "is required") : true;
	if (!json_is_integer(v))
		return bad_at(err, path, key, "must be a whole number");
	*out = json_integer_value(v);
	return true;
}

bool json_only(json_t *object, const char *path, const char *const *keys, struct json_err *err)
{
	const char *key;
	json_t *v;

	if (!json_is_object(object))
		return json_bad(err, path, "must be an object");
	json_object_foreach(object, key, v) {
		const char *const *k = keys;

		while (*k && strcmp(*k, key) != 0)
			k++;
		if (!*k)
			return bad_at(err, path, key, "is not a known key");
	}
	return true;
}
