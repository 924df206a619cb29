/** @file act/upload.h  What upload.c and append.c share. Inside of the room. */
#pragma once
#include "act/room.h"

/** The protocol's object; a new reference. */
json_t *say_upload(const struct store_upload *upload);

/** May the asker send files there, now? False: the deed is over. */
bool file_may_go(struct deed *deed, const struct account *me, const struct store_conversation *conversation);

/** The upload of the path, if it is the asker's own. False: the deed is over. */
bool upload_given(struct deed *deed, struct store_upload *out);
