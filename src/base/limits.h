/** @file base/limits.h  Every bound on outside input, in one place, with units in the names. */
#pragma once

enum {
	/* HTTP and WebSocket, before and after sign-in */
	LIMIT_HEAD_BYTES = 16384,
	LIMIT_HEAD_FIELDS = 64,
	LIMIT_HEAD_MS = 5000,
	LIMIT_IDLE_MS = 60000,
	LIMIT_BODY_MS = 30000,
	LIMIT_BODY_BYTES = 65536,
	LIMIT_WORLD_BYTES = 64 * 1024 * 1024,
	LIMIT_REQUESTS_PER_SECOND = 50,	/* of an account, unless configured */
	LIMIT_LIVE_BYTES = 65536,
	LIMIT_QUEUE_BYTES = 1 << 20,
	LIMIT_CONNECTIONS = 20000,
	LIMIT_CONNECTIONS_PER_ADDRESS = 256,

	/* JSON */
	LIMIT_JSON_DEPTH = 32,
	LIMIT_JSON_KEY_BYTES = 1024,	/* as written, with its escapes */

	/* What people write */
	LIMIT_MESSAGE_BYTES = 16384,
	LIMIT_ADDRESS_BYTES = 320,
	LIMIT_QUERY_BYTES = 256,
	LIMIT_PASSWORD_MIN = 8,
	LIMIT_PASSWORD_BYTES = 1024,
	LIMIT_CODE_BYTES = 32,
	LIMIT_NAME_CHARS = 64,
	LIMIT_REPORT_BYTES = 2000,
	LIMIT_CONTACTS = 5000,		/* one keeps for oneself */
	LIMIT_FIRST_CONTACTS_PER_HOUR = 100,	/* of one tenant's people, to people outside */

	/* Files */
	LIMIT_FILE_NAME_BYTES = 255,
	LIMIT_CHUNK_BYTES = 1 << 20,	/* of an upload in one request */
	LIMIT_CHUNKS = 64,		/* bodies of such requests at once; of one account: */
	LIMIT_CHUNKS_PER_ACCOUNT = 4,
	LIMIT_UPLOADS_PER_ACCOUNT = 16,	/* not yet sent */
	LIMIT_UPLOAD_HOURS = 24,	/* that nobody touches it */
	LIMIT_FILES_STEP = 100,		/* names a step of the sweep */

	/* The world document (spec section 10) */
	LIMIT_DOMAINS_PER_LIST = 100000,
	LIMIT_ACCOUNTS_PER_TENANT = 1000000,
	LIMIT_SEGMENTS_PER_TENANT = 5000,

	/* Live */
	LIMIT_LINES_PER_ACCOUNT = 16,
	LIMIT_SESSIONS_PER_ACCOUNT = 50,
	LIMIT_WATCHED = 200,
	LIMIT_SDP_BYTES = 49152,
	LIMIT_MARKS_PER_CALL = 500,	/* what can still be brought back included */
	LIMIT_MARK_POINTS = 400,
	LIMIT_MARK_POINTS_PER_CALL = 20000,
	LIMIT_MARK_STEPS = 100,		/* a person can undo */
	LIMIT_MARK_TEXT_CHARS = 200,
	LIMIT_POINTS_PER_SECOND = 40,
	LIMIT_STILL_EVERY_MS = 1000,	/* a sharp picture is asked for */
	LIMIT_CALLS_PER_MINUTE = 60,	/* tries of one account: each makes legs, and leaves a record */
	LIMIT_CALL_PARTIES = 6,		/* at once */
	LIMIT_CALL_SEATS = 12,		/* who was ever asked into one call keeps a seat in it */
	LIMIT_RING_MS = 45000,
	LIMIT_RESUME_MS = 20000,

	/* Relay */
	LIMIT_DATAGRAM_BYTES = 1500,
	LIMIT_LEGS = 20000,
	LIMIT_PATHS_PER_LEG = 8,
	LIMIT_STREAMS = 4096,		/* TCP connections with media */
	LIMIT_STREAMS_PER_ADDRESS = 256,
	LIMIT_VIDEO_BYTES_PER_SECOND = 2000000,
	LIMIT_AUDIO_BYTES_PER_SECOND = 50000,

	/* Audit */
	LIMIT_TALLY = 256,		/* refused pairs a minute; the rest is one sum */
	LIMIT_CHECKPOINT_ROWS = 1000,	/* that may wait to be signed */

	/* Joining by a link */
	LIMIT_JOIN_LINKS = 20,		/* open at once, of one host */
	LIMIT_HANDOVERS = 1000,		/* devices that show a code, of the deployment */
	LIMIT_JOIN_VISITORS = 1000,	/* waiting to be let in, of the deployment */
	LIMIT_JOIN_MINUTES_LEAST = 15,
	LIMIT_JOIN_MINUTES = 7 * 24 * 60,
	LIMIT_JOIN_AWAY_MS = 90000,	/* a page in the background may ask once a minute only */
	LIMIT_JOIN_STAY_MS = 4 * 3600 * 1000,	/* of who was let in */

	/* Mail */
	LIMIT_MAIL_WAITING = 10000,
	LIMIT_MAIL_HOURS = 24,		/* of tries, then it is given up */

	/* Store */
	LIMIT_WRITE_QUEUE = 4096,
	LIMIT_ROWS_PER_READ = 100,
	LIMIT_WORDS_STEP = 500,		/* messages a step of the index of words */
	LIMIT_CALL_RECORDS = 5000,	/* kept of one account */
	LIMIT_NOTE_BYTES = 16384,	/* of one person about one call */
	LIMIT_REPLAY_BYTES = 262144,	/* the marks of one call with their times */
	LIMIT_QUALITY_SAMPLES = 60,
	LIMIT_PERSON_BYTES = 64 * 1024 * 1024,	/* of what is kept about a person, as one file */
	LIMIT_RETENTION_DAYS = 36500,
	LIMIT_PEOPLE_COUNT = 100000,	/* so many a preview of the sign-in rule looks at */
	LIMIT_RETENTION_COUNT = 100000,	/* what a preview counts up to */
	LIMIT_CALL_RECORDS_WAITING = 65536,	/* to be written */
};

_Static_assert(LIMIT_SDP_BYTES < LIMIT_LIVE_BYTES, "an SDP must fit in a live frame");
_Static_assert(LIMIT_MESSAGE_BYTES * 2 < LIMIT_BODY_BYTES, "an escaped message must fit in a body");
_Static_assert(LIMIT_MARK_POINTS * 64 < LIMIT_LIVE_BYTES, "a mark must fit in a live frame");
_Static_assert(LIMIT_LIVE_BYTES < LIMIT_QUEUE_BYTES, "one frame must fit in the outgoing queue");
