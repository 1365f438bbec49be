"""Parts and revisions of one edition are distinguished, whatever the order of import."""

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from warehouse.archive.source_files import SourceFile
from warehouse.editions.parts_and_revisions import Cells, number_revisions, vintage_of


def source(name: str, day: int, published: date | None = None) -> SourceFile:
    return SourceFile(
        sha256=name.ljust(64, "0"),
        container_sha256=name.ljust(64, "0"),
        file_name=f"{name}.csv",
        container_name=f"{name}.csv",
        member=None,
        feed="gp_appointments_sub_icb",
        edition="2025-10",
        edition_basis="content",
        months=("2025-10",),
        bytes=1,
        rows=1,
        headings=("A",),
        encoding="ascii",
        page="https://example.org",
        published_on=published,
        retrieved_at=datetime(2025, 11, day, tzinfo=UTC),
        imported_at=datetime(2025, 12, 1, tzinfo=UTC),
        licence="OGL",
        synthetic=False,
    )


OCTOBER = date(2025, 10, 1)


def cells(**content: int) -> Cells:
    return {(code, OCTOBER): digest for code, digest in content.items()}


def numbers(*files: tuple[SourceFile, Cells]) -> dict[str, int]:
    return {p.file.file_name[:-4]: p.revision for p in number_revisions(files)}


def test_files_with_disjoint_cells_are_parts() -> None:
    a, b = (source("a", 1), cells(QK1=1)), (source("b", 2), cells(QOC=2))
    assert numbers(a, b) == numbers(b, a) == {"a": 1, "b": 1}


def test_same_organisation_in_two_halves_of_time_is_parts() -> None:
    later = {("QK1", date(2025, 9, 1)): 5}
    assert numbers((source("a", 1), cells(QK1=1)), (source("b", 2), later)) == {"a": 1, "b": 1}


def test_other_content_of_the_same_cell_is_a_revision() -> None:
    a, b = (source("a", 1), cells(QK1=1)), (source("b", 2), cells(QK1=2))
    assert numbers(a, b) == numbers(b, a) == {"a": 1, "b": 2}


def test_equal_content_is_no_revision() -> None:
    a, b = (source("a", 1), cells(QK1=1)), (source("b", 2), cells(QK1=1, QOC=9))
    assert numbers(a, b) == {"a": 1, "b": 1}


def test_going_back_to_an_earlier_content_is_a_revision_too() -> None:
    files = [
        (source(n, i), cells(QK1=d))
        for i, (n, d) in enumerate(zip("abc", [1, 2, 1], strict=True), 1)
    ]
    assert numbers(*files) == {"a": 1, "b": 2, "c": 3}


def test_one_new_cell_makes_the_whole_file_a_revision() -> None:
    a = (source("a", 1), cells(QK1=1, QOC=1))
    assert numbers(a, (source("b", 2), cells(QK1=1, QOC=2))) == {"a": 1, "b": 2}


def test_part_arriving_after_a_revision_is_still_the_first_of_its_own() -> None:
    a, b = (source("a", 1), cells(QK1=1)), (source("b", 2), cells(QK1=2))
    assert numbers(a, b, (source("c", 3), cells(QOC=1))) == {"a": 1, "b": 2, "c": 1}


def test_publication_date_decides_before_retrieval() -> None:
    early = (source("a", 20, date(2025, 11, 27)), cells(QK1=1))
    late = (source("b", 2, date(2025, 12, 18)), cells(QK1=2))
    assert numbers(late, early) == {"a": 1, "b": 2}


def test_retrieval_decides_between_equal_publication_dates() -> None:
    day = date(2025, 11, 27)
    a, b = (source("z", 3, day), cells(QK1=1)), (source("b", 9, day), cells(QK1=2))
    assert numbers(b, a) == {"z": 1, "b": 2}


def test_stated_publication_date_outranks_none() -> None:
    silent = (source("a", 25), cells(QK1=1))
    assert numbers(silent, (source("b", 2, date(2025, 11, 1)), cells(QK1=2))) == {"a": 1, "b": 2}


def test_vintages_sort_by_edition_then_revision() -> None:
    ordered = [("2021-08", 1), ("2024-12", 3), ("2025-01", 1), ("2025-01", 2), ("2025-10", 1)]
    assert [vintage_of(*one) for one in ordered] == sorted(vintage_of(*one) for one in ordered)


CONTENT = st.dictionaries(st.sampled_from(["QK1", "QOC", "QUE", "QMJ"]), st.integers(1, 3))
DAYS = st.one_of(st.none(), st.dates(date(2025, 11, 1), date(2025, 11, 4)))
FILES = st.lists(st.tuples(CONTENT, DAYS, st.integers(1, 4)), min_size=1, max_size=6)


@given(files=FILES, data=st.data())
def test_order_of_import_never_changes_the_numbers(
    files: list[tuple[dict[str, int], date | None, int]], data: st.DataObject
) -> None:
    made = [
        (source(f"f{i}", day, published), cells(**content))
        for i, (content, published, day) in enumerate(files)
    ]
    shuffled = data.draw(st.permutations(made))
    assert number_revisions(shuffled) == number_revisions(made)


@given(files=FILES)
def test_no_two_files_of_one_revision_disagree_on_a_cell(
    files: list[tuple[dict[str, int], date | None, int]],
) -> None:
    made = {
        f"f{i}": (source(f"f{i}", day, published), cells(**content))
        for i, (content, published, day) in enumerate(files)
    }
    seen: dict[tuple[int, object], int] = {}
    for placed in number_revisions(made.values()):
        for cell, digest in made[placed.file.file_name[:-4]][1].items():
            assert seen.setdefault((placed.revision, cell), digest) == digest
