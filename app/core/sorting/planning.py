"""From the catalog to a plan that can be shown."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence

from app.core.catalog.database import Database
from app.core.catalog.roots import place_of, roots
from app.core.errors import AppError
from app.core.sorting.candidates import candidates
from app.core.sorting.cautions import cautions, obstacles
from app.core.sorting.journal import unfinished
from app.core.sorting.placements import placements
from app.core.sorting.planner import make_plan
from app.core.sorting.steps import Plan, Rules, Step
from app.core.sorting.surroundings import Surroundings
from app.core.sorting.undoing import make_undo


def absolute(path: str) -> str:
    """Return a path as it is from everywhere, without dots in it."""
    return os.path.abspath(path)


def require_ready(database: Database, rules: Rules) -> None:
    """Raise an error where no plan could be applied.

    Raises
    ------
    AppError
        If an earlier batch was interrupted, or the destination is a file.
    """
    if unfinished(database):
        raise AppError("An earlier sort was interrupted: kitsort recover comes first.")
    there = rules.destination
    if there and os.path.lexists(there) and not os.path.isdir(there):
        raise AppError(f"{there}: This is a file; name a folder.")


def plan_sort(
    database: Database,
    folders: Sequence[str] | None,
    rules: Rules,
    samples: Collection[int] | None = None,
) -> Plan:
    """Return what sorting would do, with its warnings.

    Of the samples in some folders, or in all; of these, only those with the given numbers.
    """
    if folders is not None:
        known = roots(database)
        # As the catalog calls them: a link to a root is that root.
        places = [place_of(known, folder) for folder in folders]
        folders = [os.path.join(place[0].path, place[1]) for place in places if place]
    plan = make_plan(
        candidates(database, folders, samples),
        rules,
        Surroundings(),
        placements(database, rules.destination),
    )
    plan.obstacles += obstacles(plan)
    plan.warnings += cautions(plan)
    return plan


def plan_examples(database: Database, rules: Rules, samples: Collection[int]) -> list[Step]:
    """Return where a few samples would go, as far as that is known without their past.

    For who is typing a template: the journal is not read, and nothing is warned of.
    """
    return make_plan(candidates(database, None, samples), rules, Surroundings()).steps


def plan_undo(database: Database, batch: int | None = None) -> Plan:
    """Return the plan that takes a batch back, by default the newest, with what hinders it.

    Raises
    ------
    AppError
        As for `make_undo`.
    """
    plan = make_undo(database, batch)
    plan.obstacles += obstacles(plan)
    return plan
