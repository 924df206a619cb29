/** @file store/schema.c  The tables, as the ordered list of steps that made them. A change is a new step at the end. */
#include "store/migrate.h"

/* Times are milliseconds since the epoch; flags are 0 or 1; kinds and modes are the numbers of model/world_doc.h's enums. */
static const char step_1[] =
	"CREATE TABLE meta ("
	"	name TEXT PRIMARY KEY,"
	"	value BLOB NOT NULL"
	") STRICT, WITHOUT ROWID;"

	/* The world's revision: one row. */
	"CREATE TABLE world ("
	"	one INTEGER PRIMARY KEY CHECK (one = 1),"
	"	revision INTEGER NOT NULL"
	") STRICT;"
	"INSERT INTO world VALUES (1, 0);"

	/* seats: NULL is no limit; a SKU that is not listed has none. */
	"CREATE TABLE tenant ("
	"	id INTEGER PRIMARY KEY,"
	"	slug TEXT NOT NULL UNIQUE,"
	"	name TEXT NOT NULL,"
	"	verified INTEGER NOT NULL,"
	"	disclose INTEGER NOT NULL,"
	"	connect_listed INTEGER NOT NULL,"
	"	connect_seats INTEGER,"
	"	remote_assist_listed INTEGER NOT NULL,"
	"	remote_assist_seats INTEGER"
	") STRICT;"

	/* The document's lists as JSON text: they are read whole or not at all. A table of its own keeps tenant rows small. */
	"CREATE TABLE access ("
	"	tenant INTEGER PRIMARY KEY REFERENCES tenant,"
	"	revision INTEGER NOT NULL,"
	"	document TEXT NOT NULL"
	") STRICT;"

	/* place keeps the order: a tenant's first domain names its guests. */
	"CREATE TABLE domain ("
	"	domain TEXT PRIMARY KEY,"
	"	tenant INTEGER NOT NULL REFERENCES tenant,"
	"	place INTEGER NOT NULL"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX domain_tenant ON domain(tenant, place);"

	/* assigned: RFC 3339 text, so that no fraction digit is lost; NULL is the earliest. */
	"CREATE TABLE account ("
	"	id INTEGER PRIMARY KEY,"
	"	tenant INTEGER NOT NULL REFERENCES tenant,"
	"	address TEXT NOT NULL UNIQUE,"
	"	kind INTEGER NOT NULL,"
	"	name TEXT NOT NULL,"
	"	title TEXT NOT NULL,"
	"	enabled INTEGER NOT NULL,"
	"	in_house INTEGER NOT NULL,"
	"	connect_held INTEGER NOT NULL,"
	"	connect_assigned TEXT,"
	"	remote_assist_held INTEGER NOT NULL,"
	"	remote_assist_assigned TEXT"
	") STRICT;"
	"CREATE INDEX account_tenant ON account(tenant);"

	"CREATE TABLE password ("
	"	account INTEGER PRIMARY KEY REFERENCES account,"
	"	encoded TEXT NOT NULL"
	") STRICT;"

	/* AUTOINCREMENT here and below: an id is never used again, not even that of a deleted row. */
	"CREATE TABLE session ("
	"	id INTEGER PRIMARY KEY AUTOINCREMENT,"
	"	hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),"
	"	account INTEGER NOT NULL REFERENCES account,"
	"	made INTEGER NOT NULL,"
	"	expires INTEGER NOT NULL"
	") STRICT;"
	"CREATE INDEX session_account ON session(account);"
	"CREATE INDEX session_expires ON session(expires);"

	"CREATE TABLE role ("
	"	account INTEGER NOT NULL REFERENCES account,"
	"	role INTEGER NOT NULL,"
	"	PRIMARY KEY (account, role)"
	") STRICT, WITHOUT ROWID;"

	"CREATE TABLE audit ("
	"	id INTEGER PRIMARY KEY AUTOINCREMENT,"
	"	at INTEGER NOT NULL,"
	"	actor TEXT NOT NULL,"
	"	what TEXT NOT NULL,"
	"	tenant TEXT,"
	"	detail TEXT NOT NULL"
	") STRICT;"
	"CREATE INDEX audit_tenant ON audit(tenant, id);"
	"CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;"
	"CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;"

	/* a < b are the members, low <= high their tenants: a border's conversations are one range of an index. */
	"CREATE TABLE conversation ("
	"	id INTEGER PRIMARY KEY,"
	"	a INTEGER NOT NULL REFERENCES account,"
	"	b INTEGER NOT NULL REFERENCES account,"
	"	low INTEGER NOT NULL REFERENCES tenant,"
	"	high INTEGER NOT NULL REFERENCES tenant,"
	"	made INTEGER NOT NULL,"
	"	last_seq INTEGER NOT NULL,"
	"	UNIQUE (a, b),"
	"	CHECK (a < b AND low <= high)"
	") STRICT;"
	"CREATE INDEX conversation_border ON conversation(low, high);"
	"CREATE INDEX conversation_high ON conversation(high);"

	/* last_pos is that of the newest message, 0 when there is none: the list of conversations is one walk of the index. */
	"CREATE TABLE member ("
	"	account INTEGER NOT NULL REFERENCES account,"
	"	conversation INTEGER NOT NULL REFERENCES conversation,"
	"	last_pos INTEGER NOT NULL,"
	"	PRIMARY KEY (account, conversation)"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX member_recent ON member(account, last_pos);"

	"CREATE TABLE message ("
	"	pos INTEGER PRIMARY KEY AUTOINCREMENT,"
	"	conversation INTEGER NOT NULL REFERENCES conversation,"
	"	seq INTEGER NOT NULL,"
	"	sender INTEGER NOT NULL REFERENCES account,"
	"	at INTEGER NOT NULL,"
	"	client_id TEXT NOT NULL,"
	"	text TEXT NOT NULL,"
	"	UNIQUE (sender, client_id),"
	"	UNIQUE (conversation, seq)"
	") STRICT;"

	/* What each account has to hear, in order: a line that comes back reads its own rows and no others. */
	"CREATE TABLE inbox ("
	"	account INTEGER NOT NULL REFERENCES account,"
	"	pos INTEGER NOT NULL REFERENCES message,"
	"	PRIMARY KEY (account, pos)"
	") STRICT, WITHOUT ROWID;";

/* The rest of the rules. Documents are JSON text in the world document's own encoding: they are read whole, when a world is compiled. */
static const char step_2[] =
	/* guest_access, segments, barriers, policies, leases */
	"ALTER TABLE tenant ADD COLUMN rules TEXT NOT NULL DEFAULT '{}';"

	/* home: of guests. rest: attributes, contacts, and what only guests have. */
	"ALTER TABLE account ADD COLUMN home TEXT;"
	"ALTER TABLE account ADD COLUMN rest TEXT NOT NULL DEFAULT '{}';"
	"CREATE UNIQUE INDEX account_home ON account(tenant, home) WHERE home IS NOT NULL;"

	/* A list. */
	"ALTER TABLE world ADD COLUMN promises TEXT NOT NULL DEFAULT '[]';";

/* Accounts: links for passwords, what one sees of one's sessions. */
static const char step_accounts[] =
	/* must_change: the account's next sign-in sets another. */
	"ALTER TABLE password ADD COLUMN must_change INTEGER NOT NULL DEFAULT 0;"

	/* One an account: a newer one replaces it. */
	"CREATE TABLE link ("
	"	account INTEGER PRIMARY KEY REFERENCES account,"
	"	hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),"
	"	expires INTEGER NOT NULL"
	") STRICT;"

	/* A secret for one-time codes; used: codes are asked for; step: of the newest code that was taken, so that none is taken twice. */
	"CREATE TABLE factor ("
	"	account INTEGER PRIMARY KEY REFERENCES account,"
	"	secret BLOB NOT NULL CHECK (length(secret) = 20),"
	"	used INTEGER NOT NULL,"
	"	step INTEGER NOT NULL"
	") STRICT;"

	/* Codes for when the device is lost, once each. */
	"CREATE TABLE recovery ("
	"	account INTEGER NOT NULL REFERENCES account,"
	"	hash BLOB NOT NULL CHECK (length(hash) = 32),"
	"	PRIMARY KEY (account, hash)"
	") STRICT, WITHOUT ROWID;"

	/* browser and system: words for a device, '' when it did not say. seen: roughly; 0 is when it was made. */
	"ALTER TABLE session ADD COLUMN browser TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE session ADD COLUMN system TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE session ADD COLUMN seen INTEGER NOT NULL DEFAULT 0;"

	/* Of accounts that were disabled before a change of the world ended their sessions. */
	"DELETE FROM session WHERE account IN (SELECT id FROM account WHERE NOT enabled);";

/* The audit log as a Merkle tree (base/merkle.h): a row is the leaf whose place is its id less one. */
static const char step_audit_tree[] =
	/* The hash of every whole subtree, leaves at level 0. */
	"CREATE TABLE audit_node ("
	"	level INTEGER NOT NULL,"
	"	place INTEGER NOT NULL,"
	"	hash BLOB NOT NULL CHECK (length(hash) = 32),"
	"	PRIMARY KEY (level, place)"
	") STRICT, WITHOUT ROWID;"
	"CREATE TRIGGER audit_node_no_update BEFORE UPDATE ON audit_node BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;"
	"CREATE TRIGGER audit_node_no_delete BEFORE DELETE ON audit_node BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;"

	/* Signed notes (base/note.h), by the rows that they speak for. */
	"CREATE TABLE audit_checkpoint ("
	"	size INTEGER PRIMARY KEY,"
	"	note TEXT NOT NULL"
	") STRICT;"
	"CREATE TRIGGER audit_checkpoint_no_update BEFORE UPDATE ON audit_checkpoint BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;"
	"CREATE TRIGGER audit_checkpoint_no_delete BEFORE DELETE ON audit_checkpoint BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;";

/* Receipts, edits, search, and what a person prefers. */
static const char step_chat[] =
	/* By seq, what a member has received and read; told_: how much of it the other side may know. Whatever lies there now counts as read. */
	"ALTER TABLE member ADD COLUMN delivered INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE member ADD COLUMN read INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE member ADD COLUMN told_delivered INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE member ADD COLUMN told_read INTEGER NOT NULL DEFAULT 0;"
	"UPDATE member SET (delivered, read) = (SELECT last_seq, last_seq FROM conversation c WHERE c.id = member.conversation);"

	"ALTER TABLE message ADD COLUMN edited INTEGER;"
	"ALTER TABLE message ADD COLUMN deleted INTEGER;"
	/* The newest edit of a message, for who has to hear of it. pos is of the same numbers as message.pos. */
	"CREATE TABLE change ("
	"	account INTEGER NOT NULL REFERENCES account,"
	"	pos INTEGER NOT NULL,"
	"	message INTEGER NOT NULL REFERENCES message,"
	"	PRIMARY KEY (account, pos)"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX change_message ON change(message);"

	/* The words of messages up to word_mark's pos, without a copy of the text. who: an 'a' and the number of each member. */
	"CREATE VIRTUAL TABLE word USING fts5 (who, text, content = '', tokenize = 'unicode61 remove_diacritics 2');"
	"CREATE TABLE word_mark ("
	"	one INTEGER PRIMARY KEY CHECK (one = 1),"
	"	pos INTEGER NOT NULL"
	") STRICT;"
	"INSERT INTO word_mark VALUES (1, 0);"

	"CREATE TABLE preference ("
	"	account INTEGER PRIMARY KEY REFERENCES account,"
	"	read_receipts INTEGER NOT NULL,"
	"	status INTEGER NOT NULL"
	") STRICT;";

/*
 * What each of two has had of calls: a row for either, with what he may know, as it was then. call is NULL for a try that was
 * refused; by: 1 himself, 0 the other, NULL neither.
 */
static const char step_call_record[] =
	"CREATE TABLE call_record ("
	"	id INTEGER PRIMARY KEY AUTOINCREMENT,"
	"	account INTEGER NOT NULL REFERENCES account,"
	"	call TEXT,"
	"	outgoing INTEGER NOT NULL,"
	"	address TEXT NOT NULL,"
	"	name TEXT,"
	"	organisation TEXT,"
	"	domain TEXT,"
	"	door TEXT,"
	"	video INTEGER NOT NULL,"
	"	placed INTEGER NOT NULL,"
	"	answered INTEGER,"
	"	ended INTEGER NOT NULL,"
	"	reason TEXT NOT NULL,"
	"	tenant TEXT,"
	"	by INTEGER"
	") STRICT;"
	"CREATE INDEX call_record_account ON call_record(account, id);";

/*
 * The same rows for the report of an organisation. home: whose people the account is; why: the reason as its admins may know it, NULL
 * as `reason`; hidden: a try of somebody outside that stopped at our gate, which is in the report and in nobody's history.
 */
static const char step_call_report[] =
	"ALTER TABLE call_record ADD COLUMN home INTEGER REFERENCES tenant;"
	"ALTER TABLE call_record ADD COLUMN why TEXT;"
	"ALTER TABLE call_record ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0;"
	"UPDATE call_record SET home = (SELECT tenant FROM account WHERE account.id = call_record.account);"
	"DROP INDEX call_record_account;"
	"CREATE INDEX call_record_account ON call_record(account, hidden, id);"
	"CREATE INDEX call_record_home ON call_record(home, placed, id);";

/*
 * What is kept beside the records of a call, and goes with them. people: JSON, whom else one met in it. note and quality are each
 * person's own; events: JSON, the marks with their times, for all who have a record.
 */
static const char step_call_summary[] =
	"ALTER TABLE call_record ADD COLUMN people TEXT;"
	"CREATE INDEX call_record_call ON call_record(call, account) WHERE call IS NOT NULL;"
	"CREATE TABLE call_side ("
	"	call TEXT NOT NULL,"
	"	account INTEGER NOT NULL REFERENCES account,"
	"	note TEXT NOT NULL DEFAULT '',"
	"	quality TEXT,"
	"	PRIMARY KEY (call, account)"
	") STRICT, WITHOUT ROWID;"
	"CREATE TABLE call_marks ("
	"	call TEXT PRIMARY KEY,"
	"	events TEXT NOT NULL"
	") STRICT;"
	"CREATE TRIGGER call_record_gone AFTER DELETE ON call_record WHEN old.call IS NOT NULL BEGIN"
	"	DELETE FROM call_side WHERE call = old.call AND account = old.account"
	"		AND NOT EXISTS (SELECT 1 FROM call_record r WHERE r.call = old.call AND r.account = old.account);"
	"	DELETE FROM call_marks WHERE call = old.call AND NOT EXISTS (SELECT 1 FROM call_record r WHERE r.call = old.call);"
	"END;";

/* Mail that waits: whose and what for, never its text, nor a link: those are made when it goes. One of a kind for an account. */
static const char step_mail[] =
	"CREATE TABLE outbox ("
	"	id INTEGER PRIMARY KEY AUTOINCREMENT,"
	"	account INTEGER NOT NULL REFERENCES account,"
	"	kind INTEGER NOT NULL,"
	"	made INTEGER NOT NULL,"
	"	due INTEGER NOT NULL,"
	"	tries INTEGER NOT NULL DEFAULT 0,"
	"	UNIQUE (account, kind)"
	") STRICT;"
	"CREATE INDEX outbox_due ON outbox(due);";

/*
 * Links by which somebody without an account joins a call. guest: whom it let in; then expires is that one's end. What is used up,
 * revoked or too old is deleted.
 */
static const char step_join[] =
	"CREATE TABLE join_link ("
	"	id INTEGER PRIMARY KEY AUTOINCREMENT,"
	"	hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),"
	"	host INTEGER NOT NULL REFERENCES account,"
	"	made INTEGER NOT NULL,"
	"	expires INTEGER NOT NULL,"
	"	guest INTEGER UNIQUE REFERENCES account"
	") STRICT;"
	"CREATE INDEX join_link_host ON join_link(host, expires);"
	"CREATE INDEX join_link_expires ON join_link(expires);";

/* Calls under way, for the next start of the server. doc: JSON, act's own. */
static const char step_call_kept[] =
	"CREATE TABLE call_kept (id TEXT PRIMARY KEY, doc TEXT NOT NULL) STRICT;";

/*
 * How long organisations keep their side. gone: up to which seq a member's messages are; what is in no inbox any more is deleted. An inbox
 * no longer refers to its messages: they would be looked for in all inboxes whenever one is deleted.
 */
static const char step_retention[] =
	"CREATE TABLE retention ("
	"	tenant INTEGER PRIMARY KEY REFERENCES tenant,"
	"	revision INTEGER NOT NULL,"
	"	messages INTEGER,"
	"	calls INTEGER"
	") STRICT;"
	"ALTER TABLE member ADD COLUMN gone INTEGER NOT NULL DEFAULT 0;"
	"CREATE TABLE inbox_kept ("
	"	account INTEGER NOT NULL REFERENCES account,"
	"	pos INTEGER NOT NULL,"
	"	PRIMARY KEY (account, pos)"
	") STRICT, WITHOUT ROWID;"
	"INSERT INTO inbox_kept SELECT account, pos FROM inbox ORDER BY account, pos;"
	"DROP TABLE inbox;"
	"ALTER TABLE inbox_kept RENAME TO inbox;";

/*
 * Who was erased: the hash of the address, to answer the same again; the address itself until its last trace is gone. stage and place: how
 * far that is.
 */
static const char step_erasure[] =
	"CREATE TABLE erasure ("
	"	account INTEGER PRIMARY KEY REFERENCES account,"
	"	tenant INTEGER NOT NULL REFERENCES tenant,"
	"	hash BLOB NOT NULL CHECK (length(hash) = 32),"
	"	address TEXT,"
	"	at INTEGER NOT NULL,"
	"	stage INTEGER NOT NULL DEFAULT 0,"
	"	place TEXT NOT NULL DEFAULT ''"
	") STRICT;"
	"CREATE INDEX erasure_hash ON erasure(tenant, hash);"
	"CREATE INDEX erasure_left ON erasure(account) WHERE address IS NOT NULL;";

/*
 * Files: their bytes are in a folder beside the database, by the name of their SHA-256. An upload becomes a file with the message that
 * carries it, and keeps its id. file_use counts the bytes of both for a tenant; loose_file is what in the folder may have lost its last use.
 */
static const char step_file[] =
	/* hash and what follows: NULL until all bytes are there */
	"CREATE TABLE upload ("
	"	id TEXT PRIMARY KEY,"
	"	account INTEGER NOT NULL REFERENCES account,"
	"	tenant INTEGER NOT NULL REFERENCES tenant,"
	"	conversation INTEGER NOT NULL REFERENCES conversation,"
	"	client_id TEXT NOT NULL,"
	"	name TEXT NOT NULL,"
	"	bytes INTEGER NOT NULL,"
	"	got INTEGER NOT NULL,"
	"	touched INTEGER NOT NULL,"
	"	hash TEXT,"
	"	type TEXT,"
	"	width INTEGER,"
	"	height INTEGER,"
	"	UNIQUE (account, client_id)"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX upload_touched ON upload(touched);"
	"CREATE INDEX upload_hash ON upload(hash) WHERE hash IS NOT NULL;"

	"CREATE TABLE file ("
	"	message INTEGER PRIMARY KEY REFERENCES message ON DELETE CASCADE,"
	"	id TEXT NOT NULL UNIQUE,"
	"	tenant INTEGER NOT NULL REFERENCES tenant,"
	"	hash TEXT NOT NULL,"
	"	name TEXT NOT NULL,"
	"	type TEXT NOT NULL,"
	"	bytes INTEGER NOT NULL,"
	"	width INTEGER,"
	"	height INTEGER"
	") STRICT;"
	"CREATE INDEX file_hash ON file(hash);"

	"CREATE TABLE file_use ("
	"	tenant INTEGER PRIMARY KEY REFERENCES tenant,"
	"	bytes INTEGER NOT NULL"
	") STRICT;"
	"CREATE TABLE loose_file ("
	"	name TEXT PRIMARY KEY"
	") STRICT, WITHOUT ROWID;"

	"CREATE TRIGGER upload_begun AFTER INSERT ON upload BEGIN"
	"	INSERT INTO file_use VALUES (new.tenant, new.bytes) ON CONFLICT (tenant) DO UPDATE SET bytes = bytes + excluded.bytes;"
	"END;"
	"CREATE TRIGGER upload_over AFTER DELETE ON upload BEGIN"
	"	UPDATE file_use SET bytes = bytes - old.bytes WHERE tenant = old.tenant;"
	"	INSERT OR IGNORE INTO loose_file VALUES (old.id || '.part');"
	"	INSERT OR IGNORE INTO loose_file SELECT old.hash WHERE old.hash IS NOT NULL;"
	"END;"
	"CREATE TRIGGER file_there AFTER INSERT ON file BEGIN"
	"	INSERT INTO file_use VALUES (new.tenant, new.bytes) ON CONFLICT (tenant) DO UPDATE SET bytes = bytes + excluded.bytes;"
	"END;"
	"CREATE TRIGGER file_gone AFTER DELETE ON file BEGIN"
	"	UPDATE file_use SET bytes = bytes - old.bytes WHERE tenant = old.tenant;"
	"	INSERT OR IGNORE INTO loose_file VALUES (old.hash);"
	"END;";

static const char step_sign_in_rule[] =
	"CREATE TABLE sign_in_rule ("
	"	tenant INTEGER PRIMARY KEY REFERENCES tenant,"
	"	revision INTEGER NOT NULL,"
	"	factor INTEGER NOT NULL"
	") STRICT;";

const char *const schema_steps[] = { step_1, step_2, step_accounts, step_audit_tree, step_chat, step_call_record, step_call_report, step_call_summary, step_mail, step_join, step_call_kept, step_retention, step_erasure, step_file, step_sign_in_rule };
const unsigned schema_steps_n = sizeof schema_steps / sizeof *schema_steps;
