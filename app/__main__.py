"""The start of the program, as ``kitsort``, ``python -m app`` and frozen."""

import os
import sys

_OLDEST = (3, 11)


def main() -> None:
    """Run the command line."""
    if sys.version_info < _OLDEST:
        major, minor = sys.version_info[:2]
        sys.exit(f"Kitsort needs Python 3.11 to 3.13; this is {major}.{minor}.")
    # The pool has a thread for each core; a second pool inside the matrix library makes them
    # fight. Has to stand before numpy is loaded.
    for library in ("OPENBLAS_NUM", "MKL_NUM", "OMP_NUM", "VECLIB_MAXIMUM"):
        os.environ.setdefault(f"{library}_THREADS", "1")
    from app.cli.main import cli  # noqa: PLC0415

    cli()


if __name__ == "__main__":
    main()
