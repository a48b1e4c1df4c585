"""What is written for people says what is so: links lead somewhere, commands exist, tables agree with the code."""

import re
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType

import pytest
import yaml
from django.core.management import get_commands

import billing
import billing.steps
import billing.whmcs
import companies
from billing.models import Kind
from billing.roles import FOR_SUPERUSERS, MAY, rights_of
from companies.authorization.roles import OperatorRole
from ticketz import settings

ROOT = Path(__file__).resolve().parents[2]
OURS = ("plans", "companies", "billing", "ticketz")
SKIPPED = {".venv", "var", "node_modules", ".pytest_cache"}
DOCUMENTS = sorted(path for path in ROOT.rglob("*.md") if not SKIPPED & set(path.relative_to(ROOT).parts))
GUIDE = ROOT / "docs" / "guide"
RUNBOOK = ROOT / "docs" / "runbook"
LANGUAGES = ("en", "pt-BR", "es")
LARGEST_PICTURES = 4_000_000
NAMED_IN_WORDS = r"`((?:ticketz|billing|companies|plans|sandbox|bench|tests)(?:\.\w+)+)`"


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def without_code(text: str) -> str:
    return re.sub(r"```.*?```", "", text, flags=re.DOTALL)


def anchors_of(path: Path) -> set[str]:
    """The anchors of a document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ +(.+)$", without_code(path.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def links_of(path: Path) -> list[str]:
    return re.findall(r"\]\(([^)\s]+)\)", without_code(path.read_text()))


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_each_link_leads_somewhere(path: Path) -> None:
    for link in links_of(path):
        target, _, anchor = link.partition("#")
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        to = (path.parent / target).resolve() if target else path
        assert to.exists(), link
        if anchor:
            assert anchor in anchors_of(to), link


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_each_command_that_is_mentioned_exists(path: Path) -> None:
    mentioned = re.findall(r"(?:manage\.py|ticketz-manage) ([a-z][a-z_]+)", path.read_text())
    assert set(mentioned) - set(get_commands()) == set()


def test_each_command_that_exists_is_explained() -> None:
    own = {name for name, app in get_commands().items() if str(app).split(".")[0] in OURS}
    explained = set(re.findall(r"manage\.py ([a-z][a-z_]+)", (ROOT / "docs" / "commands.md").read_text()))
    assert own - explained == set()
    assert len(own) > 15


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_thing_that_needs_attention_and_each_alert_has_a_section_in_the_runbook(language: str) -> None:
    sections = re.findall(r"^### (.+)$", (RUNBOOK / language / "README.md").read_text(), re.MULTILINE)
    rules = yaml.safe_load((ROOT / "ops" / "prometheus" / "alerts.yml").read_text())
    alerts = [rule["alert"] for group in rules["groups"] for rule in group["rules"]]
    assert len(alerts) > 10
    assert sorted(sections) == sorted([*alerts, *Kind.values])


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_each_section_of_the_runbook_has_the_same_steps_code_and_links_in_each_language(language: str) -> None:
    english, other = (list(_bones_of(RUNBOOK / name / "README.md")) for name in ("en", language))
    assert other == english


def _bones_of(path: Path) -> Iterator[tuple[str, int, list[str], list[str]]]:
    """Of each section what no language changes: its anchor, how many steps, code and commands, where links lead."""
    parts = re.split(r"^(#+) (.+)\n", path.read_text(), flags=re.MULTILINE)[1:]
    for marks, title, text in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        steps = len(re.findall(r"^(?:\*|\d\.) ", text, re.MULTILINE))
        code = re.findall(r"`([^`]+)`", text) + re.findall(r"^    (.+?) +# ", text, re.MULTILINE)
        links = re.findall(r"\]\((?!\.\./(?:en|es|pt-BR)/)([^)]+)\)", text)
        yield title if marks == "###" else marks, steps, sorted(code), sorted(links)


def test_each_alert_leads_to_its_section() -> None:
    rules = yaml.safe_load((ROOT / "ops" / "prometheus" / "alerts.yml").read_text())
    for group in rules["groups"]:
        for rule in group["rules"]:
            assert rule["annotations"]["runbook"] == f"docs/runbook/en/README.md#{rule['alert'].lower()}"


def test_the_table_of_rights_says_what_the_roles_may() -> None:
    text = (ROOT / "docs" / "security.md").read_text()
    told: dict[str, list[str]] = {}
    for line in re.findall(r"^\| .*`\w+\.\w+`.*\|$", text, re.MULTILINE):
        what, *answers = [cell.strip() for cell in line.strip("|").split("|")]
        for right in re.findall(r"`(\w+\.\w+)`", what):
            told[right] = answers
    granted = {right for rights in MAY.values() for right in rights}
    assert set(told) == granted
    roles = (OperatorRole.VIEWER, OperatorRole.SUPPORT, OperatorRole.GATEWAY_MANAGER)
    for right, answers in told.items():
        assert answers == [*("yes" if right in rights_of(role) else "no" for role in roles), "yes"], right
    assert {"companies.view_auditentry", "companies.view_installation"} == FOR_SUPERUSERS, "a row tells of these two"


def test_each_module_that_the_architecture_names_exists() -> None:
    named = re.findall(r"`((?:ticketz|billing|companies|plans)\.[\w.]+)`", (ROOT / "docs/architecture.md").read_text())
    missing = [name for name in named if not _module_exists(name)]
    assert missing == []
    assert len(named) > 20


def test_each_module_that_the_code_names_in_words_is_there_with_what_is_named_in_it() -> None:
    """Where a docstring or a comment says where to read on, there is something to read."""
    files = [path for folder in (*OURS, "sandbox", "bench", "tests") for path in (ROOT / folder).rglob("*.py")]
    named = {(path, name) for path in files for name in re.findall(NAMED_IN_WORDS, path.read_text())}
    assert [f"{name_of(path)}: {name}" for path, name in sorted(named) if not _is_there(name)] == []
    assert len(named) > 50


def _is_there(name: str) -> bool:
    """Whether there is a module of this name, or one that holds the word behind it."""
    module, word = name, ""
    while module and not _module_exists(module):
        module, _, word = module.rpartition(".")
    return bool(module) and bool(re.search(rf"\b{word}\b", _file_of(module).read_text()))


def _file_of(module: str) -> Path:
    path = ROOT / Path(*module.split("."))
    return path.with_suffix(".py") if path.with_suffix(".py").exists() else path / "__init__.py"


def _module_exists(name: str) -> bool:
    return _file_of(name).exists()


@pytest.mark.parametrize("app", [billing, companies], ids=lambda app: app.__name__)
def test_the_architecture_names_each_module_and_each_folder_of_an_app(app: ModuleType) -> None:
    text = (ROOT / "docs/architecture.md").read_text()
    begins = text.index(f"`{app.__name__}/` has")
    part = text[begins : text.index("`apps.py`", begins) + 100]
    entries = {f"{found.name}/" if found.ispkg else f"{found.name}.py" for found in iter_modules(app.__path__)}
    assert entries - set(re.findall(r"`([\w./]+)`", part)) == set()


def test_each_file_that_contributing_names_exists() -> None:
    named = re.findall(r"`((?:[\w.*-]+/)+[\w.-]*|[\w-]+\.(?:py|toml|yaml))`", (ROOT / "CONTRIBUTING.md").read_text())
    missing = [name for name in named if not list(ROOT.glob(name.rstrip("/")))]
    assert missing == []


def test_the_guide_is_the_same_in_each_language() -> None:
    texts = {language: (GUIDE / language / "README.md").read_text() for language in LANGUAGES}
    shapes = {_shape(text) for text in texts.values()}
    assert len(shapes) == 1
    for language, text in texts.items():
        pictures = re.findall(r"\((\w+\.png)\)", text)
        assert sorted(set(pictures)) == sorted(path.name for path in (GUIDE / language).glob("*.png"))


def _shape(text: str) -> tuple[int, int, int, tuple[str, ...]]:
    """Headings, rows, numbered steps and pictures."""
    rows = len(re.findall(r"^\|", text, re.MULTILINE))
    steps = len(re.findall(r"^\d\. ", text, re.MULTILINE))
    return len(re.findall(r"^#", text, re.MULTILINE)), rows, steps, tuple(re.findall(r"\((\w+\.png)\)", text))


def test_the_pictures_are_small_enough_to_carry_along() -> None:
    assert sum(path.stat().st_size for path in GUIDE.rglob("*.png")) < LARGEST_PICTURES


def test_one_version_is_told_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    released = re.findall(r"^## (\d+\.\d+\.\d+) ", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    before = (ROOT / ".ci" / "previous-version").read_text().split()[0]
    assert project == released[0] == settings.VERSION
    assert released[1] == before


@pytest.mark.parametrize("package", [billing, billing.steps, billing.whmcs], ids=lambda package: package.__name__)
def test_the_map_of_a_large_package_has_each_of_its_modules(package: ModuleType) -> None:
    names = {module.name for module in iter_modules(package.__path__)}
    lines = re.findall(r"^\S.*?  +(.+)$", package.__doc__ or "", re.MULTILINE)
    assert names - {name for line in lines for name in re.findall(r"\w+", line)} == set()


@pytest.mark.parametrize("name", [found.name for found in iter_modules(billing.steps.__path__) if found.ispkg])
def test_a_package_of_the_steps_has_a_line_for_each_of_its_modules(name: str) -> None:
    package = import_module(f"billing.steps.{name}")
    lines = re.findall(r"^(\w+)   +\S", package.__doc__ or "", re.MULTILINE)
    assert sorted(lines) == sorted(module.name for module in iter_modules(package.__path__))
