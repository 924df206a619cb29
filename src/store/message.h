/** @file store/message.h  Reading a message's columns, for whoever joins them. Inside this room only. */
#pragma once
#include "store/nouns.h"
#include "store/sqlite.h"

#define MESSAGE_COLUMNS "m.pos, m.conversation, m.seq, m.sender, m.at, m.client_id, m.text"

/** The message at `column` and the six columns behind it, borrowed until the next step. 0 or -ENOMEM. */
int message_of(struct query *q, int column, struct store_message *out);
