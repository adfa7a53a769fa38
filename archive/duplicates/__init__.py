"""Copies and updates of a story: who ran it first, who took it from whom."""
