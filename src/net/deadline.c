/** @file net/deadline.c  The wheel of deadlines. */
#include "net/deadline.h"

static uint64_t tick_now(const struct deadlines *wheel)
{
	return uv_now(wheel->timer.loop) / DEADLINE_TICK_MS;
}

static bool deadline_waits(const struct deadline *deadline)
{
	return deadline->node.next && deadline->node.next != &deadline->node;
}

void deadlines_init(struct deadlines *wheel, uv_loop_t *loop)
{
	uv_timer_init(loop, &wheel->timer);
	wheel->tick = tick_now(wheel);
	wheel->waiting = 0;
	for (size_t i = 0; i < DEADLINE_SLOTS; i++)
		list_init(&wheel->slots[i]);
}

void deadline_clear(struct deadlines *wheel, struct deadline *deadline)
{
	if (!deadline_waits(deadline))
		return;
	list_del(&deadline->node);
	wheel->waiting--;
	if (wheel->waiting == 0)
		uv_timer_stop(&wheel->timer);
}

/* Those of one slot that are due; what lies a whole turn of the wheel further on stays. */
static void slot_collect(struct list *slot, uint64_t tick, struct list *due)
{
	list_each(slot, node, after) {
		if (list_entry(node, struct deadline, node)->at > tick)
			continue;
		list_del(node);
		list_add(due, node);
	}
}

static void deadlines_run(uv_timer_t *timer)
{
	struct deadlines *wheel = list_entry(timer, struct deadlines, timer);
	uint64_t now = tick_now(wheel);
	struct list due;

	list_init(&due);
	for (int i = 0; i < DEADLINE_SLOTS && wheel->tick < now; i++) {
		wheel->tick++;
		slot_collect(&wheel->slots[wheel->tick % DEADLINE_SLOTS], now, &due);
	}
	wheel->tick = now;
	while (!list_empty(&due)) {
		struct deadline *deadline = list_entry(due.next, struct deadline, node);

		deadline_clear(wheel, deadline);
		deadline->due(deadline);
	}
}

void deadline_set(struct deadlines *wheel, struct deadline *deadline, uint64_t ms)
{
	assert(deadline->due);
	deadline_clear(wheel, deadline);
	if (wheel->waiting == 0) {
		wheel->tick = tick_now(wheel);
		uv_timer_start(&wheel->timer, deadlines_run, DEADLINE_TICK_MS, DEADLINE_TICK_MS);
	}
	deadline->at = (uv_now(wheel->timer.loop) + ms) / DEADLINE_TICK_MS + 1;
	list_add(&wheel->slots[deadline->at % DEADLINE_SLOTS], &deadline->node);
	wheel->waiting++;
}
