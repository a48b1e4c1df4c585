#!/usr/bin/env python
"""Runs Django's commands for Ticketz."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ticketz.settings")
    from ticketz.command_line import run

    run(sys.argv)


if __name__ == "__main__":
    main()
