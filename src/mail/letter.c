/** @file mail/letter.c  The bytes of a text mail: a few fixed headers, and the text quoted-printable, so that no text can be anything else. */
#include "mail/letter.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

enum { LINE_CHARS = 76, SUBJECT_CHARS = 70 };

/* RFC 5322 section 3.2.3, and bytes of UTF-8 (RFC 6531). */
static bool atom_char(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c >= 0x80 || (c && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

static bool local_ok(struct str local)
{
	if (local.n == 0 || local.n > 64 || local.p[0] == '.' || local.p[local.n - 1] == '.')
		return false;
	for (size_t i = 0; i < local.n; i++)
		if (local.p[i] == '.' ? local.p[i + 1] == '.' : !atom_char((unsigned char)local.p[i]))
			return false;
	return str_utf8(local);
}

static bool domain_ok(const char *domain)
{
	size_t n = strspn(domain, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-");

	return n && !domain[n] && domain[0] != '.' && domain[0] != '-' && domain[n - 1] != '.' && domain[n - 1] != '-';
}

bool letter_address_ok(const char *address)
{
	const char *at = strchr(address, '@');

	return at && strlen(address) <= LETTER_ADDRESS_BYTES && local_ok((struct str){ address, (size_t)(at - address) }) && domain_ok(at + 1);
}

static bool plain(const char *text, size_t most)
{
	size_t n = 0;

	while (text[n] >= ' ' && text[n] < 0x7f)
		n++;
	return n && n <= most && !text[n];
}

/* RFC 5322 section 3.3; not strftime, whose names follow the locale. */
static void date_write(time_ms_t at, char out[static 40])
{
	static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	time_t seconds = (time_t)(at / 1000);
	struct tm tm;

	gmtime_r(&seconds, &tm);
	snprintf(out, 40, "%s, %d %s %d %02d:%02d:%02d +0000", days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour,
		tm.tm_min, tm.tm_sec);
}

/* RFC 2045 section 6.7. A space at the end of a line is written out, as some that carry mail take it away. */
static int text_add(struct buf *out, const char *text)
{
	size_t column = 0;
	int err = 0;

	for (const char *c = text; *c && !err; c++) {
		bool bare = (*c > ' ' && *c < 0x7f && *c != '=') || (*c == ' ' && c[1] && c[1] != '\n');
		char code[4];

		if (*c == '\n') {
			err = buf_add(out, "\r\n", 2);
			column = 0;
			continue;
		}
		snprintf(code, sizeof code, bare ? "%c" : "=%02X", (unsigned char)*c);
		if (column + strlen(code) > LINE_CHARS - 1) {
			err = buf_add(out, "=\r\n", 3);
			column = 0;
		}
		if (!err)
			err = buf_add(out, code, strlen(code));
		column += strlen(code);
	}
	return err;
}

int letter_encode(struct buf *out, const struct letter *letter)
{
	char date[40];
	int err;

	if (!letter_address_ok(letter->from) || !letter_address_ok(letter->to) || !plain(letter->subject, SUBJECT_CHARS) || !plain(letter->id, 64))
		return -EINVAL;
	if (strlen(letter->text) > LETTER_TEXT_BYTES || !str_utf8(str_of(letter->text)))
		return -EINVAL;
	date_write(letter->at, date);
	err = buf_printf(out, "Date: %s\r\nFrom: Farhand <%s>\r\nTo: <%s>\r\nSubject: %s\r\nMessage-ID: <%s%s>\r\n", date, letter->from, letter->to,
		letter->subject, letter->id, strchr(letter->from, '@'));
	/* Auto-Submitted (RFC 3834): no answering machine answers. */
	if (!err)
		err = buf_printf(out, "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
			"Content-Transfer-Encoding: quoted-printable\r\n\r\n");
	return err ? err : text_add(out, letter->text);
}
