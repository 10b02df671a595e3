"""Kitsort, the program: its core, its command line and its window."""
