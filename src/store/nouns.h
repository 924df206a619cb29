/** @file store/nouns.h  The nouns kept: reads from the loop (struct store), writes inside a job (struct store_tx). One .c file a noun. */
#pragma once
#include "base/buf.h"
#include "base/clock.h"
#include "base/id.h"
#include "base/limits.h"
#include "model/world_doc.h"
#include "store/folder.h"
#include "store/store.h"

/* All functions return 0, -ENOENT for an absent row (also one that a write refers to), or a negative errno (-EIO, -ENOSPC, -ENOMEM,
 * -EBUSY: a foreign process holds the database) for a fault, which has been logged. Text handed out through a callback is borrowed for
 * the call; a callback's non-zero stops and is returned, and it must not start the same read again. Every query names its tenant or
 * account. Reads are for the loop's thread and see every write whose completion has run. */

/* world.c, tenant.c, account.c: tenants, domains, licences, external access, accounts */

/**
 * Read the kept world in order: each tenant (its doc has no accounts), then its accounts. A callback's non-zero stops and is
 * returned.
 */
struct store_world_ops {
	int (*expect)(void *arg, size_t accounts);	/* first of all: how many there are; may be NULL */
	int (*tenant)(void *arg, int64_t tenant_id, const struct tenant_doc *tenant, int64_t access_rev);
	int (*account)(void *arg, int64_t account_id, int64_t tenant_id, const struct account_doc *account);
};
int store_world_load(struct store *store, const struct store_world_ops *ops, void *arg);
/** The same as a job sees it: with what it and its group have written. */
int store_world_load_tx(struct store_tx *tx, const struct store_world_ops *ops, void *arg);
/** The world's revision: +1 for every committed change. */
int store_revision(struct store *store, int64_t *out);
/** Take the next world revision; -ESTALE unless `seen` is the current one. */
int store_revision_next(struct store_tx *tx, int64_t seen, int64_t *out);
/** The kept promises as a JSON list; the text is the caller's. */
int store_promises(struct store *store, char **out);
int store_promises_tx(struct store_tx *tx, char **out);
int store_promises_put(struct store_tx *tx, const char *promises);
/**
 * Insert or replace a tenant's settings, domains, licences and external access (by its id text); *tenant_id is its row. Its
 * access revision (1 at first) grows when the access changes. A domain named by two tenants belongs to the one put last: that
 * two don't is checked before. Its guests' addresses follow its first domain.
 */
int store_tenant_put(struct store_tx *tx, const struct tenant_doc *tenant, int64_t *tenant_id, int64_t *access_rev);
/**
 * Insert or replace an account by address; *account_id never changes for an address. -EEXIST when the address is an account of
 * another tenant.
 */
int store_account_put(struct store_tx *tx, int64_t tenant_id, const struct account_doc *account, int64_t *account_id);
/** Replace a tenant's external access when its revision is `seen`; -ESTALE otherwise. *access_rev is seen + 1. */
int store_access_put(struct store_tx *tx, int64_t tenant_id, const struct external_access *access, int64_t seen, int64_t *access_rev);

/* password.c, session.c, role.c, meta.c */

/** The encoded argon2id hash (at most 127 characters + NUL); -ENOENT. */
int store_password_get(struct store *store, int64_t account_id, char out[static 128]);
/** Is this still the account's hash? 0, or -ENOENT. */
int store_password_is(struct store_tx *tx, int64_t account_id, const char *encoded);
/** Set it; it need not be changed. */
int store_password_put(struct store_tx *tx, int64_t account_id, const char *encoded);
/** The account's next sign-in must set another password. */
int store_password_expire(struct store_tx *tx, int64_t account_id);
/** Must it? False without a password. */
int store_password_expired(struct store *store, int64_t account_id, bool *out);

/* link.c: one-time links to set a password, by the hash of their token; one an account */

/** Whose link is it, if its time is not over; -ENOENT. */
int store_link_get(struct store *store, const uint8_t hash[static TOKEN_HASH_BYTES], time_ms_t now, int64_t *account_id, time_ms_t *expires);
/** Make one; it replaces the account's last. -ENOENT when the account is disabled. */
int store_link_put(struct store_tx *tx, int64_t account_id, const uint8_t hash[static TOKEN_HASH_BYTES], time_ms_t expires);
/** Use it up: -ENOENT when it is not there, over, or its account is disabled. */
int store_link_take(struct store_tx *tx, const uint8_t hash[static TOKEN_HASH_BYTES], time_ms_t now, int64_t account_id);
/** Take an account's link back, if there is one. */
int store_link_drop(struct store_tx *tx, int64_t account_id);

/* outbox.c: mail that waits */

enum mail_kind { MAIL_LINK = 1, MAIL_PASSWORD_CHANGED, MAIL_FACTOR_ON, MAIL_FACTOR_OFF };
struct store_mail {
	int64_t id, account_id;
	enum mail_kind kind;
	time_ms_t made;			/* when it was last asked for */
	unsigned tries;
};
/** Queue one; nothing for an account that is not there or disabled, and none beyond LIMIT_MAIL_WAITING. */
int store_mail_put(struct store_tx *tx, int64_t account_id, enum mail_kind kind, time_ms_t now);
/** The one to send next; -ENOENT. */
int store_mail_next(struct store *store, time_ms_t now, struct store_mail *out);
/** Not before then. */
int store_mail_later(struct store_tx *tx, int64_t id, time_ms_t due);
/** It went, or is given up; unless it was asked for again meanwhile. */
int store_mail_drop(struct store_tx *tx, const struct store_mail *mail);
int store_mail_waiting(struct store *store, int64_t *out);

/* factor.c: second factors */

enum { FACTOR_SECRET_BYTES = 20 };
struct store_factor {
	uint8_t secret[FACTOR_SECRET_BYTES];
	bool on;			/* codes are asked for; else it was only begun */
	int64_t step;			/* of the newest code that was taken */
	unsigned recovery;		/* codes left */
};
/** -ENOENT when there is none; *out is zero then. */
int store_factor_get(struct store *store, int64_t account_id, struct store_factor *out);
/** Begin with a secret, or with another one; -ENOENT when one is on already. */
int store_factor_put(struct store_tx *tx, int64_t account_id, const uint8_t secret[static FACTOR_SECRET_BYTES]);
/** Switch on the one begun with this secret; -ENOENT when it is not it. */
int store_factor_on(struct store_tx *tx, int64_t account_id, const uint8_t secret[static FACTOR_SECRET_BYTES], int64_t step);
/** The code of this step was taken; -ENOENT when it, or a later one, was before. */
int store_factor_used(struct store_tx *tx, int64_t account_id, int64_t step);
/** Forget secret and recovery codes; -ENOENT. */
int store_factor_drop(struct store_tx *tx, int64_t account_id);
int store_recovery_put(struct store_tx *tx, int64_t account_id, const uint8_t hash[static TOKEN_HASH_BYTES]);
/** Is it one of the account's? 0 or -ENOENT. */
int store_recovery_has(struct store *store, int64_t account_id, const uint8_t hash[static TOKEN_HASH_BYTES]);
/** Use it up; -ENOENT. */
int store_recovery_take(struct store_tx *tx, int64_t account_id, const uint8_t hash[static TOKEN_HASH_BYTES]);

struct store_session {
	int64_t id;
	int64_t account_id;
	time_ms_t expires;
	time_ms_t made;
	time_ms_t seen;			/* roughly: at a request, no more often than its reader cares to write it */
	unsigned roles;			/* of its account; not in a list, nor the next */
	bool due;			/* the organisation wants a second factor that the account has not */
	const char *browser, *system;	/* words for its device, "" when unknown; only in a list, borrowed */
};
/** Find by the token's hash; -ENOENT. The caller compares `expires`. From memory where it asked lately: every commit that changes what stands here is seen. */
int store_session_get(struct store *store, const uint8_t hash[static TOKEN_HASH_BYTES], struct store_session *out);
/** -ENOENT when the account is disabled. */
int store_session_add(struct store_tx *tx, const uint8_t hash[static TOKEN_HASH_BYTES], int64_t account_id, time_ms_t now, time_ms_t expires, int64_t *session_id);
/** Keep what it said of its device: at most 31 bytes each. */
int store_session_describe(struct store_tx *tx, int64_t session_id, const char *browser, const char *system);
/** It was seen; one that is gone stays gone. */
int store_session_seen(struct store_tx *tx, int64_t session_id, time_ms_t now);
/** The sessions of an account that last beyond `now`, newest first, at most LIMIT_ROWS_PER_READ. */
int store_session_list(struct store *store, int64_t account_id, time_ms_t now, int (*row)(void *arg, const struct store_session *session), void *arg);
/** Delete one session; -ENOENT. */
int store_session_drop(struct store_tx *tx, int64_t session_id, int64_t account_id);
/** Delete all sessions of an account (a password change). */
int store_session_drop_all(struct store_tx *tx, int64_t account_id);
/** All but one. */
int store_session_drop_others(struct store_tx *tx, int64_t session_id, int64_t account_id);
enum { SESSIONS_TRIMMED = 8 };
/** Beside the session `keep` leave the LIMIT_SESSIONS_PER_ACCOUNT - 1 that were seen last: at most SESSIONS_TRIMMED go, and are told. */
int store_session_trim(struct store_tx *tx, int64_t account_id, int64_t keep, int64_t dropped[static SESSIONS_TRIMMED], unsigned *n);
/** Does the account's organisation want a second factor that it has not? */
int store_factor_due(struct store *store, int64_t account_id, bool *out);
/** Delete sessions that expired before `now`, at most 1,000. */
int store_session_expire(struct store_tx *tx, time_ms_t now);

enum role { ROLE_OWNER = 1, ROLE_ACCESS_ADMIN = 2, ROLE_LICENCE_ADMIN = 4, ROLE_AUDITOR = 8 };	/* bits */
/** "owner", "access_admin", "licence_admin", "auditor"; false when there is none. */
bool role_parse(struct str name, enum role *out);
const char *role_name(enum role role);
/** The account's roles as bits of enum role. */
int store_roles_get(struct store *store, int64_t account_id, unsigned *out);
int store_role_put(struct store_tx *tx, int64_t account_id, enum role role);
/**
 * -ENOENT when it was not held, or the account is not the tenant's; -EPERM when no other owner of the tenant would be left who
 * is enabled.
 */
int store_role_drop(struct store_tx *tx, int64_t tenant_id, int64_t account_id, enum role role);
/** -EPERM when this account is an owner of the tenant and none of its owners is enabled (any more); else 0. */
int store_owner_lost(struct store_tx *tx, int64_t tenant_id, int64_t account_id);

/* join.c */

/** A link by which somebody without an account joins a call of `host`. */
struct store_join {
	int64_t id;
	int64_t host;			/* account */
	time_ms_t made, expires;
	int64_t guest;			/* the account that it let in; 0: nobody yet */
};
/** By the hash of its token, when it lasts beyond `now`; -ENOENT. */
int store_join_get(struct store *store, const uint8_t hash[static TOKEN_HASH_BYTES], time_ms_t now, struct store_join *out);
/** The host's own that lasts beyond `now`; -ENOENT. */
int store_join_own(struct store *store, int64_t id, int64_t host, time_ms_t now, struct store_join *out);
/** The one that let this account in; -ENOENT. */
int store_join_of_guest(struct store *store, int64_t guest, struct store_join *out);
/** The host's own that last beyond `now`, newest first, at most LIMIT_ROWS_PER_READ. */
int store_join_list(struct store *store, int64_t host, time_ms_t now, int (*row)(void *arg, const struct store_join *join), void *arg);
/** -EDQUOT when the host has LIMIT_JOIN_LINKS that last beyond `now`. */
int store_join_add(struct store_tx *tx, const uint8_t hash[static TOKEN_HASH_BYTES], int64_t host, time_ms_t now, time_ms_t expires, int64_t *id);
/** It let in this account, for whose time it lasts from now; -ENOENT when it is gone, or let in somebody before. */
int store_join_admit(struct store_tx *tx, int64_t id, int64_t host, time_ms_t now, int64_t guest, time_ms_t expires);
/** -ENOENT. */
int store_join_drop(struct store_tx *tx, int64_t id, int64_t host);
/** The number that the next new account gets, as long as no other change of the world comes between. */
int store_account_next(struct store *store, int64_t *out);

/** Small facts of the deployment, by name ("operator"); -ENOENT; -ENOBUFS when it is longer than `most`. */
int store_meta_get(struct store *store, const char *name, void *out, size_t most, size_t *n);
int store_meta_put(struct store_tx *tx, const char *name, const void *value, size_t n);

/**
 * Append-only record of admin changes, sign-ins and refusals: a Merkle tree, of which the row becomes the next leaf. `tenant` (its id
 * text) is whose auditors may read it, NULL for the deployment; `detail` is a JSON object as text, NULL for {}.
 */
int store_audit_add(struct store_tx *tx, time_ms_t at, const char *actor, const char *what, const char *tenant, const char *detail);

struct audit_row {
	int64_t id;			/* 1, 2, 3 … without gaps */
	time_ms_t at;
	const char *actor;
	const char *what;
	const char *tenant;		/* or NULL */
	const char *detail;
};
/** A page of a tenant's rows (NULL: all rows there are), newest first, of those with id < before (0: newest), at most `most`. */
int store_audit_page(struct store *store, const char *tenant, int64_t before, unsigned most,
	int (*row)(void *arg, const struct audit_row *row), void *arg);
/** How many rows there are. */
int store_audit_size(struct store *store, int64_t *out);

struct note_signer;
struct note_key;
/**
 * Sign what is there and keep the note, which is copied to `note` (NOTE_CHARS); *size is its rows. Nothing new since the last one:
 * that one is copied again. -ENOENT when there are no rows; -EKEYREJECTED when the log was signed by another key until now.
 */
int store_audit_checkpoint(struct store_tx *tx, const struct note_signer *signer, time_ms_t at, char *note, int64_t *size);
/** The note kept for the newest checkpoint (size 0), or for that of exactly so many rows; -ENOENT. `note` holds NOTE_CHARS. */
int store_audit_note(struct store *store, int64_t size, char *note);

/* conversation.c, message.c */

struct store_conversation {
	int64_t id;
	int64_t account[2];		/* members; account[0] < account[1] */
	int64_t last_seq;		/* 0 when empty */
	int64_t pos;			/* of the last message, in the reader's list; told by store_conversation_list alone */
	struct store_receipt {		/* of each member, up to which seq */
		int64_t delivered, read;
		int64_t told_delivered, told_read;	/* how much of it the other may know */
		int64_t gone;			/* what his organisation no longer keeps for him */
	} receipt[2];
};
/** Find the one-to-one conversation of two accounts, either order; -ENOENT. */
int store_conversation_find(struct store *store, int64_t a, int64_t b, struct store_conversation *out);
/** Get one by id, only if `account` is a member; -ENOENT. */
int store_conversation_get(struct store *store, int64_t id, int64_t account, struct store_conversation *out);
/** Find or make; -ENOENT when an account is not there. */
int store_conversation_open(struct store_tx *tx, int64_t a, int64_t b, time_ms_t now, struct store_conversation *out, bool *made);
/**
 * The conversations of an account, by last message, newest first, at most `most` (<= LIMIT_ROWS_PER_READ), each with its last
 * message (text may be NULL when empty). `before`: only those whose `pos` is below; 0: from the newest.
 */
struct store_message;
int store_conversation_list(struct store *store, int64_t account, int64_t before, unsigned most,
	int (*row)(void *arg, const struct store_conversation *conversation, const struct store_message *last), void *arg);
/**
 * All conversations between accounts of two tenants (or of one, named twice): each row once. Used when a border changes; may
 * be many.
 */
int store_conversation_between(struct store *store, int64_t tenant_a, int64_t tenant_b,
	int (*row)(void *arg, const struct store_conversation *conversation), void *arg);

/** For each other tenant whose people have a conversation with a message with this tenant's: its row and how many of its people. */
int store_contacts(struct store *store, int64_t tenant_id, int (*row)(void *arg, int64_t other_tenant, int64_t people), void *arg);

struct store_message {
	int64_t pos;			/* grows over all messages of the deployment in commit order: a line's cursor */
	int64_t conversation;
	int64_t seq;			/* 1, 2, 3 … in its conversation, without gaps */
	int64_t sender;			/* account */
	time_ms_t at;			/* this server's clock, when it was stored */
	const char *client_id;		/* made by the sender's client; unique per sender */
	const char *text;		/* "" when it was deleted */
	size_t text_bytes;
	time_ms_t edited;		/* 0: never */
	bool deleted;
	const char *file;		/* what it carries, as JSON; NULL: nothing */
	const char *upload;		/* store_message_add only: the upload that it takes along, NULL for none */
	int64_t told;			/* store_message_drain only: the place of this telling; above pos: it is told for an edit */
};
/**
 * Store a message. Its sender has read what was said before. Fills pos, seq and at. The same sender and client_id again: *again is set and the first one's pos, seq, at
 * and conversation are filled, nothing is written; -EEXIST when its text, upload or conversation differs; -ENOENT when the sender is
 * not a member of the conversation; -ENODATA when its upload is not there, not whole, or not for this.
 */
int store_message_add(struct store_tx *tx, struct store_message *message, bool *again);
/**
 * A page of one conversation, oldest first, of those with after < seq < before (0: newest), at most `most`. The caller has checked
 * membership; `after` is what is gone for the reader.
 */
int store_message_page(struct store *store, int64_t conversation, int64_t after, int64_t before, unsigned most,
	int (*row)(void *arg, const struct store_message *message), void *arg);
/**
 * What an account has to hear behind a cursor, in order of `told`, at most `most`: messages of all its conversations, its own too,
 * each as it is now, and again when it was edited or deleted.
 */
int store_message_drain(struct store *store, int64_t account, int64_t after, unsigned most,
	int (*row)(void *arg, const struct store_message *message), void *arg);
/** One message by its number; -ENOENT. The row is called at most once. */
int store_message_get(struct store *store, int64_t conversation, int64_t seq,
	int (*row)(void *arg, const struct store_message *message), void *arg);
/**
 * Change the text of a message of the sender's own, or with text NULL delete it: the text is erased, and the file is let go. *changed is false when it was so
 * before. -ENOENT when it is not there, not his, or deleted.
 */
int store_message_change(struct store_tx *tx, int64_t conversation, int64_t seq, int64_t sender, const char *text, size_t text_bytes, bool *changed);
/**
 * Raise what a member has received and read; the other side may know of it as `tell_…` say. *out is what holds now.
 */
int store_receipt_put(struct store_tx *tx, int64_t conversation, int64_t account, int64_t delivered, int64_t read,
	bool tell_delivered, bool tell_read, struct store_receipt *out);

/* word.c: search in one's own messages */

/** Take the next messages into the index, at most LIMIT_WORDS_STEP; *more: there may be others. */
int store_words_step(struct store_tx *tx, bool *more);
/**
 * The account's messages that hold all words of the text (the last one as a beginning of a word), newest first, of those with
 * pos < before (0: all), at most `most`. Text without any word finds nothing.
 */
int store_message_search(struct store *store, int64_t account, struct str text, int64_t before, unsigned most,
	int (*row)(void *arg, const struct store_message *message), void *arg);

/* preference.c */

struct store_preference {
	bool read_receipts;		/* others may know what one has read */
	int status;			/* enum status of live/line.h */
};
/** The defaults when nothing was chosen. */
int store_preference_get(struct store *store, int64_t account, struct store_preference *out);
int store_preference_put(struct store_tx *tx, int64_t account, const struct store_preference *preference);

/* sign_in_rule.c */

struct store_sign_in_rule {
	bool factor;			/* a second factor is wanted of everybody */
	int64_t revision;		/* 0: never set */
};
/** An organisation's rule; zero when it never set one. */
int store_sign_in_rule_get(struct store *store, int64_t tenant_id, struct store_sign_in_rule *out);
/** Set it if its revision is `rule->revision`, which moves on; -ESTALE. Every remembered session is read again. */
int store_sign_in_rule_put(struct store_tx *tx, int64_t tenant_id, struct store_sign_in_rule *rule);
/** Of the organisation's people who can sign in, `most` at most: how many, and how many of them without a second factor. */
int store_sign_in_rule_count(struct store_tx *tx, int64_t tenant_id, int64_t most, int64_t *people, int64_t *without);

/* retention.c */

/** How long an organisation keeps its side of things, in days; 0: for good. */
struct store_retention {
	int64_t messages_days;
	int64_t calls_days;		/* records, with notes and what was drawn */
	int64_t revision;		/* 0: never set */
};
/** For good and revision 0 when nothing was set. */
int store_retention_get(struct store *store, int64_t tenant_id, struct store_retention *out);
/** Set it; `revision` is the one seen, and becomes the new one. -ESTALE. */
int store_retention_put(struct store_tx *tx, int64_t tenant_id, struct store_retention *retention);
/** How many messages and calls would go now, counted up to `most` each. */
int store_retention_count(struct store_tx *tx, int64_t tenant_id, time_ms_t now, const struct store_retention *retention, int64_t most,
	int64_t *messages, int64_t *calls);
/** Where a sweep stands; zero at its start. */
struct store_sweep {
	int64_t tenant, account;
};
/** Let go of some of what is older than its organisation keeps: a small step. *more: go on, in another. A sweep begun anew finds what is left. */
int store_retention_step(struct store_tx *tx, time_ms_t now, struct store_sweep *at, bool *more);

/* erasure.c */

/** When the person whose address has this hash (token_hash) was erased from an organisation, the last one; -ENOENT. */
int store_erasure_get(struct store *store, int64_t tenant_id, const uint8_t hash[static TOKEN_HASH_BYTES], time_ms_t *at);
/** Make the account nobody's, at once; the rest is left to the steps. -EPERM for the last owner. The world has to be compiled anew. */
int store_erasure_begin(struct store_tx *tx, int64_t tenant_id, int64_t account, const char *address, const uint8_t hash[static TOKEN_HASH_BYTES],
	time_ms_t at);
/** What a step did. */
struct store_erased {
	bool more;			/* go on, in another */
	int64_t told[200];		/* accounts that have to hear of messages erased */
	size_t n_told;
};
/** Erase some of what is left of those who were erased; nothing when nothing is. */
int store_erasure_step(struct store_tx *tx, struct store_erased *out);

/* person.c */

/** Where an export stands; zero at its start. */
struct store_person {
	unsigned part;
	int64_t place;
};
/** Add the next rows of what is kept about a person to `out`, as the rest of a JSON object. *more: go on. At most some hundred rows. */
int store_person_step(struct store_tx *tx, int64_t account, const char *address, const char *tenant, struct store_person *at, struct buf *out, bool *more);

/** The newest pos of all. */
int store_message_pos(struct store *store, int64_t *out);

/* call_record.c */

/** What one of two has had of a call. Text is borrowed. */
struct store_call_record {
	int64_t id;			/* grows over the deployment */
	int64_t account;		/* whose record it is */
	const char *call;		/* NULL: a try that was refused */
	bool outgoing;
	const char *address;		/* the other's */
	const char *name, *organisation, *domain; /* the other's, as they were; NULL where he may not know */
	const char *door;		/* the route's name; NULL likewise */
	bool video;
	time_ms_t placed, answered, ended; /* answered 0: it was not */
	const char *reason;		/* slug */
	const char *tenant;		/* whose setting decided, its id; NULL: nobody's, or he may not know */
	int by;				/* 1 himself, 0 the other, -1 neither */
	const char *why;		/* slug, as the admins of the account's organisation may know it; NULL: as `reason` */
	const char *people;		/* JSON: whom else he met in it; NULL: nobody */
	bool hidden;			/* for their report alone, not for the account's own history */
	const char *own_address, *own_name; /* in a report only: the account's */
};
/**
 * Keep a record, and of the account's only the newest LIMIT_CALL_RECORDS, hidden ones counted apart. An account that is not there keeps
 * none: 0.
 */
int store_call_record_add(struct store_tx *tx, const struct store_call_record *record);
/** The account's records with id < before (0: newest), newest first, at most `most`. */
int store_call_record_page(struct store *store, int64_t account, int64_t before, unsigned most,
	int (*row)(void *arg, const struct store_call_record *record), void *arg);

/* upload.c, file.c: what is on its way, and what messages carry. The bytes are in store/folder.h's folder. */

/** A file, or one to be. `hash` is "" until all bytes are there; width and height 0: no picture to show. */
struct store_file {
	char id[ID_CHARS + 1];
	char hash[FILE_HASH_CHARS + 1];
	char name[LIMIT_FILE_NAME_BYTES + 1];
	char type[64];
	int64_t bytes;
	unsigned width, height;
};

struct store_upload {
	struct store_file file;
	int64_t account, conversation;
	int64_t tenant;			/* whose space it takes; store_upload_begin only */
	int64_t got;			/* bytes that are there to stay */
	char client_id[65];		/* unique per account */
};
/**
 * Begin an upload (id, name, bytes, account, tenant, conversation, client_id). The same account and client_id again: *again is set and the
 * first one is filled in; -EEXIST when its name, size or conversation differs. -EDQUOT when the tenant's files would be more than
 * `quota` bytes, -EMFILE when the account has LIMIT_UPLOADS_PER_ACCOUNT of them.
 */
int store_upload_begin(struct store_tx *tx, struct store_upload *upload, int64_t quota, bool *again);
/** One of the account's own; -ENOENT. */
int store_upload_get(struct store *store, const char *id, int64_t account, struct store_upload *out);
/** Bytes up to `to` are on the disk; -ENOENT unless it had got as far as `from`. */
int store_upload_got(struct store_tx *tx, const struct store_upload *upload, int64_t from, int64_t to);
/** All bytes are there, of this hash, type and size of picture: the folder's name for them is made. */
int store_upload_whole(struct store_tx *tx, const struct folder *folder, const struct store_upload *upload);
/** Forget one of the account's own; -ENOENT. */
int store_upload_drop(struct store_tx *tx, const char *id, int64_t account);
/** What was written of an upload that is no more is swept. */
int store_upload_lost(struct store_tx *tx, const char *id);
/** Forget those that nobody touched since `before`, at most LIMIT_ROWS_PER_READ. */
int store_upload_expire(struct store_tx *tx, time_ms_t before);

/** The file of a message in a conversation of which the account is a member; -ENOENT. */
int store_file_get(struct store *store, const char *id, int64_t account, struct store_file *out);
/** Messages with a file that an account has from its conversation with another, stored at from <= at < until, oldest first, at most `most`. */
int store_file_between(struct store *store, int64_t account, int64_t other, time_ms_t from, time_ms_t until, unsigned most,
	int (*row)(void *arg, const struct store_message *message), void *arg);
/** How many bytes of files and uploads count for a tenant. */
int store_file_use(struct store *store, int64_t tenant_id, int64_t *out);

/**
 * Remove from the folder what has lost its last use, some at a time; *more: there may be others. Not while somebody copies the folder.
 * For store_submit_large: what it removes must be unused in a transaction that is over.
 */
int store_files_sweep(struct store_tx *tx, const struct folder *folder, bool *more);
/** Look at some names of the folder (folder_names), from *at on: those that nobody knows are removed. Also for store_submit_large. */
int store_files_settle(struct store_tx *tx, const struct folder *folder, struct str names, size_t *at);
/** Which of an organisation's records, by when they were placed: since <= placed < until, and before the one named by both cursors. */
struct store_call_range {
	time_ms_t since, until;
	time_ms_t before_placed;	/* of the last one seen; INT64_MAX at first */
	int64_t before_id;
};
/** The records of all accounts of a tenant in that range, hidden ones too, newest first, at most `most`. */
int store_call_report_page(struct store *store, int64_t tenant_id, const struct store_call_range *range, unsigned most,
	int (*row)(void *arg, const struct store_call_record *record), void *arg);
/** The account's newest record of a call; -ENOENT. The row is called at most once. */
int store_call_record_get(struct store *store, int64_t account, const char *call,
	int (*row)(void *arg, const struct store_call_record *record), void *arg);

/* call_summary.c */

/* call_kept.c */

/** Keep what a call under way is now; `doc` NULL: it is over. */
int store_call_keep(struct store_tx *tx, const char *id, const char *doc);
/** None is under way any more. */
int store_calls_unkeep(struct store_tx *tx);
/** Those that were under way. Text is borrowed for the time of the call; a row's error ends the walk. 0 or a negative errno. */
int store_calls_kept(struct store *store, int (*row)(void *arg, const char *id, const char *doc), void *arg);

/** What is kept beside a record. Text is borrowed; NULL where there is none. */
struct store_call_beside {
	const char *people;		/* JSON array, as in the record */
	const char *note, *quality;	/* his own; quality is JSON */
	const char *events;		/* JSON array: the marks of the call with their times */
};
/** -ENOENT when the account has no record of the call. The row is called at most once. */
int store_call_beside(struct store *store, int64_t account, const char *call, int (*row)(void *arg, const struct store_call_beside *beside), void *arg);
/** His own note, or quality; -ENOENT when he has no record of the call. */
int store_call_note_put(struct store_tx *tx, int64_t account, const char *call, const char *note);
int store_call_quality_put(struct store_tx *tx, int64_t account, const char *call, const char *quality);
/** The marks of a call that is over, once; they go with the last record of it. */
int store_call_marks_put(struct store_tx *tx, const char *call, const char *events);
