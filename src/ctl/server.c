/** @file ctl/server.c  One HTTPS request at a time, through libcurl. */
#include "ctl/server.h"

#include "base/json.h"
#include "base/limits.h"
#include "ctl/command.h"
#include "model/names.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { REPLY_BYTES = 1 << 30, CONNECT_MS = 10000, SILENCE_S = 60, TOKEN_BYTES = 512 };

struct server {
	CURL *curl;
	char *url;			/* without a slash behind it */
	char *authorization;		/* the header's line; NULL without a token */
	char error[CURL_ERROR_SIZE];
};

static const char *word_or_env(const char *word, const char *env)
{
	const char *value = word ? word : getenv(env);

	return value && value[0] ? value : NULL;
}

/* RFC 6750 section 2.1. */
static bool token_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("-._~+/=", c));
}

static bool token_read(struct server *s, const char *path)
{
	struct buf text = { 0 };
	size_t n = 0;
	bool ok;

	if (!path)
		return true;
	if (!file_read(path, &text))
		return false;
	while (n < text.n && token_char(text.p[n]))
		n++;
	/* One word and perhaps a line's end: anything else is another file. */
	ok = n > 0 && n <= TOKEN_BYTES && text.n - n <= 2 && memchr("\r\n", n < text.n ? text.p[n] : '\n', 2);
	if (!ok)
		complain("%s: does not hold a token", path);
	else
		ok = asprintf(&s->authorization, "Authorization: Bearer %.*s", (int)n, text.p) > 0;
	explicit_bzero(text.p, text.n);
	buf_release(&text);
	return ok;
}

static bool loopback(const char *host)
{
	return strcmp(host, "localhost") == 0 || strcmp(host, "127.0.0.1") == 0 || strcmp(host, "[::1]") == 0;
}

/* A token must not cross a network in the clear: plain http is for this machine only, and then no proxy is asked. */
static bool url_take(struct server *s, const char *url)
{
	CURLU *parts = curl_url();
	char *scheme = NULL, *host = NULL;
	bool plain, ok;

	ok = parts && !curl_url_set(parts, CURLUPART_URL, url, 0) && !curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0)
		&& !curl_url_get(parts, CURLUPART_HOST, &host, 0);
	plain = ok && strcmp(scheme, "http") == 0;
	ok = ok && (plain ? loopback(host) : strcmp(scheme, "https") == 0);
	if (plain)
		curl_easy_setopt(s->curl, CURLOPT_PROXY, "");
	curl_free(scheme);
	curl_free(host);
	curl_url_cleanup(parts);
	if (!ok) {
		complain("%s: is not an https address (http is for this machine only)", url);
		return false;
	}
	s->url = str_dup((struct str){ url, strlen(url) - (url[strlen(url) - 1] == '/') });
	return s->url;
}

static size_t body_take(char *p, size_t size, size_t n, void *arg)
{
	struct reply *reply = arg;

	if (n * size > REPLY_BYTES - reply->body.n || buf_add(&reply->body, p, n * size))
		return 0;
	return n * size;
}

struct server *server_open(const struct server_words *words)
{
	const char *url = word_or_env(words->server, "FARHAND_SERVER");
	const char *ca = word_or_env(words->ca, "FARHAND_CA");
	struct server *s = calloc(1, sizeof *s);

	curl_global_init(CURL_GLOBAL_DEFAULT);
	if (s)
		s->curl = curl_easy_init();
	if (!s || !s->curl) {
		complain("out of memory");
		server_close(s);
		return NULL;
	}
	if (!url_take(s, url ? url : "https://localhost:8443") || !token_read(s, word_or_env(words->token_file, "FARHAND_TOKEN_FILE"))) {
		server_close(s);
		return NULL;
	}
	curl_easy_setopt(s->curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(s->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(s->curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
	curl_easy_setopt(s->curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(s->curl, CURLOPT_LOW_SPEED_TIME, (long)SILENCE_S);
	curl_easy_setopt(s->curl, CURLOPT_ERRORBUFFER, s->error);
	curl_easy_setopt(s->curl, CURLOPT_WRITEFUNCTION, body_take);
	if (ca)
		curl_easy_setopt(s->curl, CURLOPT_CAINFO, ca);
	return s;
}

const char *server_url(const struct server *s)
{
	return s->url;
}

void server_close(struct server *s)
{
	if (!s)
		return;
	curl_easy_cleanup(s->curl);
	if (s->authorization)
		explicit_bzero(s->authorization, strlen(s->authorization));
	free(s->authorization);
	free(s->url);
	free(s);
}

/* NULL when memory is out. */
static struct curl_slist *headers_of(const struct server *s, const struct request *request)
{
	struct curl_slist *list = curl_slist_append(NULL, "Accept: application/json"), *longer = list;
	char *match = NULL;

	if (list && s->authorization)
		longer = curl_slist_append(list, s->authorization);
	/* libcurl would call an empty body a form. */
	if (longer && request->body.p)
		longer = curl_slist_append(list, request->body.n ? "Content-Type: application/json" : "Content-Type:");
	/* The body goes out at once: no round trip to be told to go on. */
	if (longer)
		longer = curl_slist_append(list, "Expect:");
	if (longer && request->if_match) {
		longer = asprintf(&match, "If-Match: %s", request->if_match) < 0 ? NULL : curl_slist_append(list, match);
		free(match);
	}
	if (longer)
		return list;
	curl_slist_free_all(list);
	return NULL;
}

static const char *text_of(json_t *problem, const char *key)
{
	const char *text = json_string_value(json_object_get(problem, key));

	return text ? text : "";
}

static int refusal_tell(const struct reply *reply)
{
	struct json_err err;
	json_t *problem = json_read(buf_str(&reply->body), LIMIT_JSON_DEPTH, &err);
	const char *title = text_of(problem, "title"), *field = text_of(problem, "field"), *detail = text_of(problem, "detail");

	if (!title[0])
		complain("refused: HTTP status %ld", reply->status);
	else
		complain("refused: %s (%s)%s%s%s%s", title, text_of(problem, "reason"), field[0] ? " at " : "", field,
			detail[0] ? ": " : "", detail);
	json_decref(problem);
	return EXIT_REFUSED;
}

static void etag_take(struct server *s, struct reply *reply)
{
	struct curl_header *header;

	if (curl_easy_header(s->curl, "ETag", 0, CURLH_HEADER, -1, &header) == CURLHE_OK)
		snprintf(reply->etag, sizeof reply->etag, "%s", header->value);
}

/* Of RFC 8288 what our server says: one reference, which is the next page. */
static void next_take(struct server *s, struct reply *reply)
{
	struct curl_header *header;
	const char *end;

	if (curl_easy_header(s->curl, "Link", 0, CURLH_HEADER, -1, &header) != CURLHE_OK || header->value[0] != '<')
		return;
	end = strstr(header->value, ">; rel=\"next\"");
	if (end && (size_t)(end - header->value) < sizeof reply->next)
		snprintf(reply->next, sizeof reply->next, "%.*s", (int)(end - header->value) - 1, header->value + 1);
}

static CURLcode perform(struct server *s, const struct request *request, struct reply *reply)
{
	struct curl_slist *headers = headers_of(s, request);
	CURLcode code = CURLE_OUT_OF_MEMORY;
	char *url;

	if (headers && asprintf(&url, "%s%s", s->url, request->path) > 0) {
		curl_easy_setopt(s->curl, CURLOPT_URL, url);
		curl_easy_setopt(s->curl, CURLOPT_CUSTOMREQUEST, request->method);
		curl_easy_setopt(s->curl, CURLOPT_HTTPHEADER, headers);
		curl_easy_setopt(s->curl, CURLOPT_WRITEDATA, reply);
		if (request->body.p) {
			curl_easy_setopt(s->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.n);
			curl_easy_setopt(s->curl, CURLOPT_POSTFIELDS, request->body.p);
		} else {
			curl_easy_setopt(s->curl, CURLOPT_HTTPGET, 1L);
		}
		code = curl_easy_perform(s->curl);
		free(url);
	}
	curl_slist_free_all(headers);
	return code;
}

int server_call(struct server *s, const struct request *request, struct reply *reply)
{
	CURLcode code;

	*reply = (struct reply){ 0 };
	s->error[0] = '\0';
	code = perform(s, request, reply);
	if (code != CURLE_OK) {
		complain("%s: %s", s->url, s->error[0] ? s->error : curl_easy_strerror(code));
		return EXIT_NO_SERVER;
	}
	curl_easy_getinfo(s->curl, CURLINFO_RESPONSE_CODE, &reply->status);
	etag_take(s, reply);
	next_take(s, reply);
	return reply->status / 100 == 2 ? EXIT_OK : refusal_tell(reply);
}

void reply_release(struct reply *reply)
{
	buf_release(&reply->body);
	*reply = (struct reply){ 0 };
}

char *account_path(const char *address, const char *rest)
{
	char canonical[324], why[128];
	char *escaped, *path = NULL;

	if (!address_canonical(str_of(address), canonical, why)) {
		complain("%s: %s", address, why);
		return NULL;
	}
	escaped = curl_easy_escape(NULL, canonical, 0);
	if (!escaped || asprintf(&path, "/v1/accounts/%s/%s", escaped, rest) < 0) {
		complain("out of memory");
		path = NULL;
	}
	curl_free(escaped);
	return path;
}
