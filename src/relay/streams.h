/**
 * @file relay/streams.h  TCP connections as flows: for networks that let no UDP through, media comes over the HTTPS port in frames
 * (frame.h). Each is a flow of the board like any other; what is and is not allowed over it is the board's.
 *
 * Bounds: connections in all and for one address, STREAM_PROVE_MS until the first valid check, the first frame that is not
 * answered before it ends the connection, a frame's length, and consent. What the socket does not take now is dropped as the
 * network drops a datagram: waiting packets would only make the picture late. Only the rest of one begun frame waits.
 * Called with the board's lock held.
 */
#pragma once
#include "relay/board.h"

enum { STREAM_PROVE_MS = 5000 };

struct streams;

/** Connections are watched by `epoll`, with their number and its generation as data. NULL when memory is out. */
struct streams *streams_new(struct board *board, int epoll);

/** Close all; the board must be released, or forget them by itself. */
void streams_free(struct streams *streams);

/** Take an accepted, non-blocking socket over; closes it when a bound is reached. */
void streams_take(struct streams *streams, int64_t now, int fd);

/** Something came for the connection of that epoll data. */
void streams_event(struct streams *streams, int64_t now, uint64_t data, uint32_t events);

/** Send a datagram over a flow of ours, or drop it. */
void streams_send(struct streams *streams, const struct flow *flow, const void *p, size_t n);

/** The board uses this flow no more. It is closed by streams_sweep. */
void streams_leave(struct streams *streams, const struct flow *flow);

/** Close those that are to end: unsent bytes are thrown away. Before the lock is given back. */
void streams_sweep(struct streams *streams);

/** End those that proved nothing in time, and those whose consent has lapsed. Every second or so. */
void streams_tidy(struct streams *streams, int64_t now);

/** Add our numbers. */
void streams_totals(const struct streams *streams, struct relay_totals *totals);
