"""One concept, one name: no two modules or classes of the product are called the same."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
ROOMS = ("pipelines", "assets", "checks", "warehouse")
# The same job for each feed (rules, sample, testing), or a command, called as what it commands.
SAME_JOB = ("assets/feeds/", "pipelines/cli/")
# Words of the years before the glossary, which no name of the code has.
GONE = ("standing", "tainted", "taint", "trial", "passed_over", "hand_made", "leaf")


def modules() -> Iterator[tuple[str, ast.Module]]:
    for room in ROOMS:
        for path in sorted((PROJECT / room).rglob("*.py")):
            name = path.relative_to(PROJECT).as_posix()
            yield name, ast.parse(path.read_text(encoding="utf-8"))


def repeated(found: Iterator[tuple[str, str]]) -> dict[str, list[str]]:
    """Names that several places have."""
    places = defaultdict(list)
    for name, place in found:
        places[name].append(place)
    return {name: several for name, several in places.items() if len(several) > 1}


def test_no_two_modules_share_a_name() -> None:
    names = [name for name, _ in modules() if not name.startswith(SAME_JOB)]
    bases = ((Path(name).name, name) for name in names if not name.endswith("__init__.py"))
    assert repeated(bases) == {} and len(names) > 100


def test_no_two_classes_share_a_name() -> None:
    classes = [
        (node.name, name)
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    ]
    assert repeated(iter(classes)) == {} and len(classes) > 100


def test_no_function_or_variable_has_a_word_that_the_glossary_replaced() -> None:
    names = {
        (getattr(node, "name", None) or getattr(node, "id", None) or getattr(node, "arg", ""), name)
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Name | ast.arg)
    }
    assert [one for one in sorted(names) if one[0].strip("_").casefold() in GONE] == []


# What a docstring may point to beside modules: files of a feed's folder, of pages, of the project.
FILES = {"rules.py", "sample.py", "templates", "dagster.yaml"}


def test_what_docstrings_point_to_is_there() -> None:
    """`Not here: ... (`module`)` names a module beside it, or one by its full name."""
    known = {name.removesuffix(".py").replace("/", ".") for name, _ in modules()}
    known |= {name.rpartition(".")[0] for name in known} | set(ROOMS)
    lost = []
    pointers = 0
    for name, tree in modules():
        room = name.rpartition("/")[0].replace("/", ".")
        text = ast.get_docstring(tree) or ""
        said = re.search(r"(?:Does\s+not|Not\s+here):(.*?)(\n\n|$)", text, re.DOTALL)
        for brackets in re.findall(r"\(([^()]*`[^()]*)\)", said[1]) if said else ():
            for one in re.findall(r"`([a-z_.]+)`", brackets):
                pointers += 1
                owner = one.rpartition(".")[0]
                tried = {one, f"{room}.{one}", f"{room.rpartition('.')[0]}.{one}", owner}
                if one not in FILES and not tried & known and f"{room}.{owner}" not in known:
                    lost.append(f"{name}: `{one}`")
    assert lost == [] and pointers > 100
