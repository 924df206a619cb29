/** @file net/tls.c  TLS contexts and the self-signed certificate of a first start. */
#include "net/http.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <unistd.h>

#define CIPHERS_TLS12 \
	"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:" \
	"ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"

enum { CERT_DAYS = 825, CLOCK_SKEW_S = 3600, KEY_MODE = 0600, CERT_MODE = 0644 };

/* Without ALPN http/1.1 is meant; who offers only something else hears so in the handshake. */
static int alpn_pick(SSL *ssl, const unsigned char **out, unsigned char *out_n, const unsigned char *in, unsigned in_n, void *arg)
{
	static const unsigned char ours[] = "\x08http/1.1";
	unsigned char *picked = NULL;

	(void)ssl;
	(void)arg;
	if (SSL_select_next_proto(&picked, out_n, ours, sizeof ours - 1, in, in_n) != OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	*out = picked;
	return SSL_TLSEXT_ERR_OK;
}

/* A key with a passphrase is refused, instead of asking on the terminal. */
static int passphrase_none(char *out, int size, int writing, void *arg)
{
	(void)out;
	(void)size;
	(void)writing;
	(void)arg;
	return -1;
}

static bool tls_strict(SSL_CTX *tls)
{
	char groups[] = "X25519:P-256";		/* OpenSSL's macro wants it writable */

	SSL_CTX_set_mode(tls, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	SSL_CTX_set_options(tls, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET |
				 SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
	/* A live line lasts for hours: resumption would save little, and its tickets would outlive a change of certificate. */
	SSL_CTX_set_read_ahead(tls, 1);	/* a record by one read instead of two */
	SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_default_passwd_cb(tls, passphrase_none);
	SSL_CTX_set_alpn_select_cb(tls, alpn_pick, NULL);
	return SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION) && SSL_CTX_set_num_tickets(tls, 0) &&
	       SSL_CTX_set_cipher_list(tls, CIPHERS_TLS12) && SSL_CTX_set1_groups_list(tls, groups);
}

static void why_fill(char why[static 256], const char *what)
{
	const char *reason = ERR_reason_error_string(ERR_peek_error());

	snprintf(why, 256, "%s: %s", what, reason ? reason : "refused");
	ERR_clear_error();
}

SSL_CTX *net_tls_new(const char *cert_file, const char *key_file, char why[static 256])
{
	SSL_CTX *tls;

	ERR_clear_error();
	tls = SSL_CTX_new(TLS_server_method());
	if (!tls || !tls_strict(tls))
		why_fill(why, "OpenSSL");
	else if (SSL_CTX_use_certificate_chain_file(tls, cert_file) != 1)
		why_fill(why, cert_file);
	else if (SSL_CTX_use_PrivateKey_file(tls, key_file, SSL_FILETYPE_PEM) != 1)
		why_fill(why, key_file);
	else
		return tls;
	SSL_CTX_free(tls);
	return NULL;
}

static bool name_add(GENERAL_NAMES *names, const char *name)
{
	unsigned char ip[16];
	size_t n = inet_pton(AF_INET, name, ip) == 1 ? 4 : inet_pton(AF_INET6, name, ip) == 1 ? 16 : 0;
	ASN1_STRING *value = n ? ASN1_OCTET_STRING_new() : ASN1_IA5STRING_new();
	GENERAL_NAME *entry = GENERAL_NAME_new();

	if (!value || !entry || !ASN1_STRING_set(value, n ? (const void *)ip : name, n ? (int)n : (int)strlen(name)) ||
	    !sk_GENERAL_NAME_push(names, entry)) {
		ASN1_STRING_free(value);
		GENERAL_NAME_free(entry);
		return false;
	}
	GENERAL_NAME_set0_value(entry, n ? GEN_IPADD : GEN_DNS, value);
	return true;
}

static bool names_put(X509 *cert, const char *const *names)
{
	GENERAL_NAMES *list = GENERAL_NAMES_new();
	bool ok = list != NULL;

	for (; ok && *names; names++)
		ok = name_add(list, *names);
	ok = ok && X509_add1_ext_i2d(cert, NID_subject_alt_name, list, 0, 0) == 1;
	GENERAL_NAMES_free(list);
	return ok;
}

static bool extension_put(X509 *cert, int nid, const char *value)
{
	X509_EXTENSION *ext = X509V3_EXT_conf_nid(NULL, NULL, nid, value);
	bool ok = ext && X509_add_ext(cert, ext, -1);

	X509_EXTENSION_free(ext);
	return ok;
}

static bool serial_put(X509 *cert)
{
	uint64_t serial;

	return RAND_bytes((unsigned char *)&serial, sizeof serial) == 1 &&
	       ASN1_INTEGER_set_uint64(X509_get_serialNumber(cert), serial >> 1 | 1) == 1;
}

static X509 *cert_sign(EVP_PKEY *key, const char *const *names)
{
	X509 *cert = X509_new();
	X509_NAME *subject = cert ? X509_get_subject_name(cert) : NULL;

	if (cert && X509_set_version(cert, X509_VERSION_3) && serial_put(cert) &&
	    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)"Farhand (self-signed)", -1, -1, 0) &&
	    X509_set_issuer_name(cert, subject) &&
	    X509_gmtime_adj(X509_getm_notBefore(cert), -CLOCK_SKEW_S) &&
	    X509_time_adj_ex(X509_getm_notAfter(cert), CERT_DAYS, -CLOCK_SKEW_S, NULL) &&
	    X509_set_pubkey(cert, key) && extension_put(cert, NID_basic_constraints, "critical,CA:FALSE") &&
	    extension_put(cert, NID_key_usage, "critical,digitalSignature") &&
	    extension_put(cert, NID_ext_key_usage, "serverAuth") && names_put(cert, names) && X509_sign(cert, key, EVP_sha256()))
		return cert;
	X509_free(cert);
	return NULL;
}

/* A whole new file on the disk, or none. */
static int file_write(const char *path, mode_t mode, BIO *text)
{
	char *p;
	long n = BIO_get_mem_data(text, &p);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode), err = 0;

	if (fd < 0)
		return -errno;
	errno = EIO;
	if (write(fd, p, (size_t)n) != n || fsync(fd))
		err = -errno;
	if (close(fd) && !err)
		err = -errno;
	if (err)
		unlink(path);
	return err;
}

static int pair_write(const char *cert_file, const char *key_file, X509 *cert, EVP_PKEY *key)
{
	BIO *cert_text = BIO_new(BIO_s_mem()), *key_text = BIO_new(BIO_s_secmem());
	int err = -ENOMEM;

	if (cert_text && key_text && PEM_write_bio_X509(cert_text, cert) &&
	    PEM_write_bio_PrivateKey(key_text, key, NULL, NULL, 0, NULL, NULL)) {
		err = file_write(key_file, KEY_MODE, key_text);
		if (!err) {
			err = file_write(cert_file, CERT_MODE, cert_text);
			if (err)
				unlink(key_file);
		}
	}
	BIO_free(cert_text);
	BIO_free(key_text);
	return err;
}

int net_tls_self_signed(const char *cert_file, const char *key_file, const char *const *names)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = key ? cert_sign(key, names) : NULL;
	int err = -ENOMEM;

	assert(names && names[0]);
	if (cert)
		err = pair_write(cert_file, key_file, cert, key);
	X509_free(cert);
	EVP_PKEY_free(key);
	ERR_clear_error();
	return err;
}
