"""Sorting: plan, preview, apply, undo. Nothing is ever overwritten or lost."""
