"""The start of the program, as ``kitsort``, ``python -m app`` and frozen."""

import os


def main() -> None:
    """Run the command line."""
    # The pool has a thread for each core; a second pool inside the matrix library makes them
    # fight. Has to stand before numpy is loaded.
    for library in ("OPENBLAS_NUM", "MKL_NUM", "OMP_NUM", "VECLIB_MAXIMUM"):
        os.environ.setdefault(f"{library}_THREADS", "1")
    from app.cli.main import cli  # noqa: PLC0415

    cli()


if __name__ == "__main__":
    main()
