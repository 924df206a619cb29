/** @file store/message.h  Reading a message's columns, for whoever joins them. Inside this room only. */
#pragma once
#include "store/nouns.h"
#include "store/sqlite.h"

/* What the message carries, as the protocol says it; NULL when nothing. */
#define MESSAGE_FILE "(SELECT json_object('id', f.id, 'name', f.name, 'type', f.type, 'size', f.bytes, 'width', f.width, 'height', f.height) FROM file f WHERE f.message = m.pos)"
#define MESSAGE_COLUMNS "m.pos, m.conversation, m.seq, m.sender, m.at, m.client_id, m.text, m.edited, m.deleted, " MESSAGE_FILE

/** The message at `column` and the nine columns behind it, borrowed until the next step. 0 or -ENOMEM. */
int message_of(struct query *q, int column, struct store_message *out);

/** Hand out the rows of an opened query and close it. */
int message_rows(struct query *q, int (*row)(void *arg, const struct store_message *message), void *arg);

/** Erase what a message says, as its sender's deletion does, for all who have it; nothing when it is deleted. Inside of a job. */
int message_erase(struct store_tx *tx, int64_t conversation, int64_t pos);
/** Take messages from before `cutoff` out of an inbox, the oldest first, at most *room, which is lowered by them. Inside of a job. */
int inbox_drop(struct store_tx *tx, int64_t account, time_ms_t cutoff, int *room);

/** Index a message's words, or forget them; nothing when the index has not come to it. Inside of a job. */
int words_put(struct store_tx *tx, int64_t pos);
int words_drop(struct store_tx *tx, int64_t pos);

/** The message takes its sender's upload along, as its file. -ENODATA unless that is whole, his, and for this conversation. Inside of a job. */
int upload_take(struct store_tx *tx, const struct store_message *message);
