"""Runs the command line in this process, and says how much memory it took at most.

    python tests/benchmarks/peak_memory.py classify DIR --format jsonl

The last line on standard error is the peak of the resident memory in MB (2^20 bytes). It is read
from inside: what the system tells the parent of a process counts the parent's own memory too, from
before the child became another program.
"""

from __future__ import annotations

import atexit
import sys
from pathlib import Path

_MB = 1 << 20


def peak_mb() -> float:
    """Return the most memory that this process has held at once."""
    status = Path("/proc/self/status")
    if status.is_file():
        lines = status.read_text(encoding="ascii").splitlines()
        [kilobytes] = [line.split()[1] for line in lines if line.startswith("VmHWM:")]
        return int(kilobytes) * 1024 / _MB
    if sys.platform == "win32":
        import psutil  # noqa: PLC0415

        return float(psutil.Process().memory_info().peak_wset / _MB)
    import resource  # noqa: PLC0415

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MB  # in bytes on macOS


def main() -> None:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from app.__main__ import main as run  # noqa: PLC0415

    atexit.register(lambda: print(peak_mb(), file=sys.stderr))
    run()


if __name__ == "__main__":
    main()
