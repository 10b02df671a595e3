"""Sorting in the window: plans to look through, their progress, and what was sorted before."""
