/** @file relay/early.c  Handshake datagrams that come before the receiver's first check: kept, since a lost one costs a DTLS timeout. */
#include "relay/board.h"

#include <stdlib.h>

void early_keep(struct leg *leg, const uint8_t *p, size_t n)
{
	struct early *early = &leg->early[leg->n_early];

	if (leg->n_early == LEG_EARLY)
		return;
	early->p = malloc(n);
	if (!early->p)
		return;		/* no worse than a lost datagram: DTLS sends again */
	memcpy(early->p, p, n);
	early->n = n;
	leg->n_early++;
}

void early_deliver(struct board *board, int64_t now, struct leg *leg)
{
	for (unsigned i = 0; i < leg->n_early; i++)
		board_leg_send(board, now, leg, leg->early[i].p, leg->early[i].n);
	early_free(leg);
}

void early_free(struct leg *leg)
{
	for (unsigned i = 0; i < leg->n_early; i++)
		free(leg->early[i].p);
	leg->n_early = 0;
}
