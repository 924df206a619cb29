/** @file act/device.h  What kind of device a User-Agent says it is. Inside of the room. */
#pragma once
#include "base/str.h"

/** Static words, "" for what it does not say. */
struct device {
	const char *browser;
	const char *system;
};

struct device device_of(struct str agent);
