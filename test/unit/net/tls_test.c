/** @file test/unit/net/tls_test.c  The self-signed certificate and the context made from files. */
#include "net/http.h"

#include <errno.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[64], cert[96], key[96], other_cert[96], other_key[96];
static const char *const names[] = { "host.example", "192.0.2.7", "2001:db8::7", NULL };

static int begin(void **state)
{
	(void)state;
	snprintf(dir, sizeof dir, "/tmp/farhand-tls-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(cert, sizeof cert, "%s/cert.pem", dir);
	snprintf(key, sizeof key, "%s/key.pem", dir);
	snprintf(other_cert, sizeof other_cert, "%s/other.pem", dir);
	snprintf(other_key, sizeof other_key, "%s/other-key.pem", dir);
	return 0;
}

static int end(void **state)
{
	(void)state;
	unlink(cert);
	unlink(key);
	unlink(other_cert);
	unlink(other_key);
	return rmdir(dir);
}

static mode_t mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 0777;
}

static void made_once_and_kept(void **state)
{
	char why[256];
	SSL_CTX *tls;

	(void)state;
	assert_int_equal(net_tls_self_signed(cert, key, names), 0);
	assert_int_equal(mode_of(key), 0600);
	assert_int_equal(net_tls_self_signed(cert, key, names), -EEXIST);
	tls = net_tls_new(cert, key, why);
	assert_non_null(tls);
	SSL_CTX_free(tls);
	/* With one of the two there already, neither is touched and no half pair is left. */
	assert_int_equal(net_tls_self_signed(cert, other_key, names), -EEXIST);
	assert_int_equal(access(other_key, F_OK), -1);
}

static void says_what_it_is_for(void **state)
{
	X509 *x509;
	FILE *f;
	int days, seconds;

	(void)state;
	assert_int_equal(net_tls_self_signed(cert, key, names), 0);
	f = fopen(cert, "r");
	x509 = PEM_read_X509(f, NULL, NULL, NULL);
	fclose(f);
	assert_non_null(x509);
	assert_int_equal(X509_check_host(x509, "host.example", 0, 0, NULL), 1);
	assert_int_equal(X509_check_host(x509, "other.example", 0, 0, NULL), 0);
	assert_int_equal(X509_check_ip_asc(x509, "192.0.2.7", 0), 1);
	assert_int_equal(X509_check_ip_asc(x509, "2001:db8::7", 0), 1);
	assert_int_equal(X509_check_ip_asc(x509, "192.0.2.8", 0), 0);
	assert_true(ASN1_TIME_diff(&days, &seconds, X509_get0_notBefore(x509), X509_get0_notAfter(x509)));
	assert_in_range(days, 824, 825);
	assert_int_equal(X509_verify(x509, X509_get0_pubkey(x509)), 1);
	X509_free(x509);
}

static void says_what_is_wrong(void **state)
{
	char why[256] = "";

	(void)state;
	assert_null(net_tls_new(cert, key, why));
	assert_non_null(strstr(why, "cert.pem"));
	assert_int_equal(net_tls_self_signed(cert, key, names), 0);
	assert_int_equal(net_tls_self_signed(other_cert, other_key, names), 0);
	assert_null(net_tls_new(cert, other_key, why));
	assert_non_null(strstr(why, "other-key.pem"));
	assert_null(net_tls_new(key, cert, why));
	assert_int_equal(net_tls_self_signed("/nonexistent/cert.pem", "/nonexistent/key.pem", names), -ENOENT);
}

static void a_passphrase_is_refused_without_asking(void **state)
{
	char why[256] = "";
	EVP_PKEY *pkey = EVP_EC_gen("P-256");
	FILE *f;

	(void)state;
	assert_int_equal(net_tls_self_signed(cert, key, names), 0);
	f = fopen(other_key, "w");
	assert_int_equal(PEM_write_PrivateKey(f, pkey, EVP_aes_128_cbc(), (const unsigned char *)"secret", 6, NULL, NULL), 1);
	fclose(f);
	assert_null(net_tls_new(cert, other_key, why));
	assert_non_null(strstr(why, "other-key.pem"));
	EVP_PKEY_free(pkey);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(made_once_and_kept, begin, end),
		cmocka_unit_test_setup_teardown(says_what_it_is_for, begin, end),
		cmocka_unit_test_setup_teardown(says_what_is_wrong, begin, end),
		cmocka_unit_test_setup_teardown(a_passphrase_is_refused_without_asking, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
