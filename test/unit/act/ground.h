/** @file act/ground.h  A whole act for tests and fuzz targets: store in memory, relay on loopback, a small fixed world with two people signed in. */
#pragma once
#include "act/act.h"

enum { PEOPLE = 2 };

/** 0: tess@b.example, technician, owner of b. 1: ines@a.example, expert. Conversation 1 is theirs; 2 is tess's with zoe@c.example, closed. */
struct ground {
	struct act *act;
	char tokens[PEOPLE][TOKEN_CHARS + 1];
	unsigned changes;	/* under way */
	bool shut;		/* b's external access is off, or will be */
};

/** The ground, made at the first call. */
struct ground *ground_get(void);

/** Switch b's external access off or open, as its admin would; done when ground_settle returns. */
void ground_shut(struct ground *ground, bool shut);

/** Let b's people invite guests, or nobody, as the operator's document would; done when ground_settle returns. */
void ground_guests(struct ground *ground, bool open);

/** Forget how often anybody asked: a fuzzer asks more often than anybody may. */
void ground_unpace(struct ground *ground);

/** Run completions until nothing is under way. Gives up (abort) after half a minute. */
void ground_settle(struct ground *ground);

/** Forget what one input left behind: calls, and a shut border. All lines are closed. Makes a new ground when this one has grown. */
void ground_clear(struct ground *ground);
