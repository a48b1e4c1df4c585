"""What a version promises to the one beside it, printed as JSON: `python surface.py` in the folder of its code.

A script that imports nothing of the tests: it runs in the tree of the version before as well.
"""

import inspect
import json
import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, os.getcwd())
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ticketz.settings")

import django

django.setup()

from celery import current_app  # noqa: E402
from django.contrib.staticfiles.finders import get_finders  # noqa: E402
from django.db.migrations.loader import MigrationLoader  # noqa: E402
from django.urls import URLPattern, get_resolver  # noqa: E402


def own_tasks() -> dict[str, Any]:
    """The tasks by their names."""
    current_app.loader.import_default_modules()
    return {name: task for name, task in current_app.tasks.items() if not name.startswith("celery.")}


def kept_tasks() -> list[str]:
    """Those that a version has only for messages of the one before it, and sends none of itself."""
    return [name for name, task in own_tasks().items() if task.run.__module__.endswith(".tasks_before")]


def tasks() -> dict[str, list[list[object]]]:
    """Each task's parameters: name, annotation, whether a call may leave it out."""
    return {
        name: [
            [p.name, getattr(p.annotation, "__name__", str(p.annotation)), p.default is not p.empty]
            for p in inspect.signature(task.run).parameters.values()
        ]
        for name, task in own_tasks().items()
    }


def routes(patterns: list[Any] | None = None, before: str = "") -> list[str]:
    """All addresses that are served, as they are written in the code."""
    found: list[str] = []
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(entry.pattern)
        found += [route] if isinstance(entry, URLPattern) else routes(entry.url_patterns, route)
    return found


def static_files(*, kept: bool) -> list[str]:
    """The files that this version's own pages may ask for, or the names it keeps for pages of the one before."""
    found = [(path, Path(storage.location).name) for finder in get_finders() for path, storage in finder.list([])]
    return sorted(path for path, folder in found if (folder == "static_before") == kept)


def own_migrations() -> list[list[str]]:
    """The migrations that stand in this tree; those of others come with their packages."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    apps = {path.parent.name for path in Path.cwd().glob("*/migrations")}
    return [[app, name] for app, name in sorted(loader.disk_migrations) if app in apps]


if __name__ == "__main__":
    surface = {
        "tasks": tasks(), "kept": kept_tasks(), "routes": sorted(routes()),
        "static": static_files(kept=False), "static_kept": static_files(kept=True),
        "migrations": own_migrations(),
    }  # fmt: skip
    print(json.dumps(surface))  # noqa: T201 - for whoever started this
