#!/usr/bin/env python3
"""Rooms include only what they may (doc/architecture.md), SQL stays in the store, and every file says what it is."""
import os
import re
import sys

BELOW = {
    "base": [], "model": ["base"], "reach": ["model"], "net": ["base"], "store": ["model"], "live": ["reach"], "relay": ["base"],
    "mail": ["base"], "act": ["reach", "store", "live", "relay", "mail"], "edge": ["act", "net"], "ctl": ["reach", "store"],
}


def allowed(room, seen=None):
    seen = seen if seen is not None else {room}
    for lower in BELOW[room]:
        if lower not in seen:
            seen.add(lower)
            allowed(lower, seen)
    return seen


def main():
    root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "src")
    wrong = []
    files = 0
    for room in BELOW:
        for name in sorted(os.listdir(os.path.join(root, room))):
            if not name.endswith((".c", ".h")):
                continue
            files += 1
            path = f"src/{room}/{name}"
            with open(os.path.join(root, room, name), encoding="utf-8") as f:
                text = f.read()
            if f"@file {room}/{name}" not in text[:200]:
                wrong.append(f"{path}: does not begin with @file {room}/{name} and what it is")
            for other in re.findall(r'^#include "([a-z]+)/', text, re.M):
                if other in BELOW and other not in allowed(room):
                    wrong.append(f"{path}: {room} may not include {other}")
            for quoted in re.findall(r'^#include "([^"/]+)"', text, re.M):
                if quoted not in ("llhttp.h",):
                    wrong.append(f'{path}: write #include "{room}/{quoted}"')
            if room != "store" and re.search(r"sqlite3_|\bSELECT .* FROM\b|\bINSERT INTO\b", text):
                wrong.append(f"{path}: SQL lives in the store")
    print("\n".join(wrong) if wrong else f"{files} files")
    return 1 if wrong or files < 50 else 0


sys.exit(main())
