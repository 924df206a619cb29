/** @file ctl/explain.h  An answer for people. */
#pragma once
#include "reach/reach.h"

/** Print the line with its gates, the sentence and the remedies. False when it can't be written. */
bool explain_print(const struct ask *ask, const struct verdict *verdict);
