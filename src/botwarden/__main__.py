"""The command ``botwarden``, and ``python -m botwarden``."""

import sys

from botwarden._version import __version__


def main() -> int:
    """Run the command line of this process; returns its exit code: 0 nothing found, 1 something found, 2 could not."""
    arguments = sys.argv[1:]
    if arguments == ["--version"]:  # answered before anything heavy is loaded
        sys.stdout.write(f"botwarden {__version__}\n")
        return 0
    from botwarden.cli.main import run

    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
