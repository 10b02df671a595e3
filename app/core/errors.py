"""What can go wrong that is not our fault, as one sentence for the user."""

from __future__ import annotations


class AppError(Exception):
    """One sentence: what went wrong, and what to do where that helps. Bugs are anything else."""


class CatalogError(AppError):
    """The catalog cannot be opened, read or written."""


class BusyError(CatalogError):
    """Another program is writing to the catalog."""
