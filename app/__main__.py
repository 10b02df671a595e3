"""The start of the program, as ``kitsort``, ``python -m app`` and frozen."""

import os


def main() -> None:
    """Run the command line."""
    # The pool has a thread for each core; a second pool inside the matrix library makes them
    # fight. Has to stand before numpy is loaded.
    for library in ("OPENBLAS", "MKL", "OMP", "VECLIB_MAXIMUM"):
        name = f"{library}_THREADS" if library == "VECLIB_MAXIMUM" else f"{library}_NUM_THREADS"
        os.environ.setdefault(name, "1")
    from app.cli.main import cli  # noqa: PLC0415

    cli()


if __name__ == "__main__":
    main()
