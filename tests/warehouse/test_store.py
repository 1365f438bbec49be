"""The door to the home: what each verb promises, whatever the keys and contents."""

import errno
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from warehouse.store import BadKey, Changed, Locked, Store, version_of

WILD = st.text(max_size=30) | st.lists(
    st.sampled_from(["..", ".", "", "a", "C:", "\\", "nul"])
).map("/".join)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "home")


@pytest.mark.parametrize(
    "key",
    [
        "",
        "/etc/passwd",
        "../outside",
        "a/../../outside",
        "a/./b",
        "a//b",
        "a/",
        "a\\b",
        "C:/a",
        "a/NUL",
        "com1.txt",
        "a/b. /c",
        "a\nb",
        "a?",
    ],
)
def test_a_key_that_leads_out_or_that_windows_would_not_take_is_refused(
    store: Store, key: str
) -> None:
    for verb in (store.read, store.exists, store.delete, store.delete_all, store.local_copy):
        with pytest.raises(BadKey, match="name of an object"):
            verb(key)
    with pytest.raises(BadKey):
        store.replace(key, b"x")
    assert not store.root.exists()


@given(WILD)
def test_no_key_leads_out_of_the_home(key: str) -> None:
    root = Path("/home/of/somebody")
    try:
        path = Store(root).local_copy(key)
    except BadKey:
        return
    assert Path(os.path.normpath(path)).is_relative_to(root) and path != root
    assert path.relative_to(root).as_posix() == key


class Verbs(RuleBasedStateMachine):
    """Any order of verbs leaves what a dictionary would hold."""

    keys = st.sampled_from(["a/x", "a/y.json", "a/b/x", "ab/x", "c"])
    contents = st.binary(max_size=20)

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(os.environ.get("TMPDIR", "/tmp")) / f"store-{os.getpid()}-{id(self)}"
        self.store, self.model = Store(self.folder), dict[str, bytes]()

    def teardown(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    @rule(key=keys, content=contents)
    def replace(self, key: str, content: bytes) -> None:
        self.store.replace(key, content)
        self.model[key] = content

    @rule(key=keys, content=contents)
    def write_once(self, key: str, content: bytes) -> None:
        assert self.store.write_once(key, content) == (key not in self.model)
        self.model.setdefault(key, content)

    @rule(key=keys, content=contents, seen=st.none() | contents)
    def replace_if_unchanged(self, key: str, content: bytes, seen: bytes | None) -> None:
        version = None if seen is None else version_of(seen)
        if self.model.get(key) == seen:
            assert self.store.replace_if_unchanged(key, content, version) == version_of(content)
            self.model[key] = content
        else:
            with pytest.raises(Changed):
                self.store.replace_if_unchanged(key, content, version)

    @rule(key=keys, other=keys)
    def copy(self, key: str, other: str) -> None:
        if key in self.model and key != other:
            self.store.copy(key, other)
            self.model[other] = self.model[key]

    @rule(key=keys)
    def delete(self, key: str) -> None:
        self.store.delete(key)
        self.model.pop(key, None)

    @rule(prefix=st.sampled_from(["a", "a/b", "ab", "d"]))
    def delete_all(self, prefix: str) -> None:
        self.store.delete_all(prefix)
        for key in [key for key in self.model if key.startswith(f"{prefix}/")]:
            del self.model[key]

    @invariant()
    def holds_what_was_written(self) -> None:
        for prefix in ("a", "a/b", "ab", "d"):
            wanted = sorted(key for key in self.model if key.startswith(f"{prefix}/"))
            assert self.store.list_keys(prefix) == wanted
            assert self.store.list_keys(prefix, ".json") == [k for k in wanted if k == "a/y.json"]
        for key in ("a/x", "a/y.json", "a/b/x", "ab/x", "c"):
            held = self.model.get(key)
            assert self.store.exists(key) == (held is not None)
            assert self.store.version(key) == (None if held is None else version_of(held))
            if held is not None:
                assert self.store.read(key) == held and self.store.size(key) == len(held)


TestVerbs = Verbs.TestCase
TestVerbs.settings = settings(max_examples=30, stateful_step_count=20, deadline=None)


def test_what_is_not_there_is_named(store: Store) -> None:
    for verb in (store.read, store.read_text, store.size, store.open):
        with pytest.raises(FileNotFoundError, match=r"a.b\.json"):
            verb("a/b.json")


def test_a_writer_that_fails_leaves_the_old_object_and_nothing_else(store: Store) -> None:
    def half() -> None:
        with store.writing("a/b") as path:
            path.write_bytes(b"half")
            raise OSError(errno.ENOSPC, "disk full")

    store.replace("a/b", "before")
    with pytest.raises(OSError, match="disk full"):
        half()
    assert store.read_text("a/b") == "before"
    assert [path.name for path in (store.root / "a").iterdir()] == ["b"]


def test_of_many_who_write_once_one_wins(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(lambda n: store.write_once("a/b", b"%d" % n), range(32)))
    assert won.count(True) == 1 and store.read("a/b") == b"%d" % won.index(True)


def test_write_once_on_a_disk_without_links(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_link(*_: object) -> None:
        raise PermissionError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", no_link)
    assert store.write_once("a/b", b"1") and not store.write_once("a/b", b"2")
    store.copy("a/b", "a/c")
    assert store.list_keys("a") == ["a/b", "a/c"]
    assert store.read("a/b") == store.read("a/c") == b"1"


def test_no_change_is_lost_among_many_who_count(store: Store) -> None:
    def add_one(_: int) -> None:
        while True:
            version = store.version("count")
            seen = int(store.read("count")) if version else 0
            try:
                store.replace_if_unchanged("count", b"%d" % (seen + 1), version)
            except Changed:
                continue
            return

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add_one, range(20)))
    assert store.read("count") == b"20"


def test_a_lock_in_use_is_reported(store: Store) -> None:
    with (
        store.lock("state/a.lock"),
        pytest.raises(Locked, match=r"a\.lock"),
        store.lock("state/a.lock", wait=False),
    ):
        pass
    with store.lock("state/a.lock", wait=False):
        assert store.list_keys("state") == []


def test_a_part_becomes_an_object_when_it_is_put(store: Store) -> None:
    part = store.part("mart/a.duckdb")
    part.write_bytes(b"made")
    assert store.list_keys("mart") == []
    store.put("mart/a.duckdb", part)
    assert store.read("mart/a.duckdb") == b"made" and not part.exists()


def test_scratch_is_put_from_another_disk_and_vanishes(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = os.replace

    def same_disk(source: Path, target: Path) -> None:
        if not Path(source).is_relative_to(store.root):
            raise OSError(errno.EXDEV, "another disk")
        replace(source, target)

    monkeypatch.setattr(os, "replace", same_disk)
    with store.scratch() as folder:
        (folder / "made").write_bytes(b"made")
        store.put("a/b", folder / "made")
        assert list(folder.iterdir()) == []
    assert store.read("a/b") == b"made" and not folder.exists()


def test_only_what_was_left_half_written_long_ago_is_swept(store: Store) -> None:
    store.replace("a/b", b"whole")
    store.part("a/b").write_bytes(b"in the making")
    unknown = store.root / "a" / "b.1234abcd.part"  # as a release before named it
    for name in ("a/b.20250101T000000-0123abcd.part", "a/c.20250101T000000-0123abcd.part.wal"):
        (store.root / name).write_bytes(b"left")
    unknown.write_bytes(b"left")
    assert store.sweep("a", older_than=timedelta(hours=1)) == 3
    assert len(list((store.root / "a").iterdir())) == 2
    assert store.sweep("a") == 1 and store.sweep("nothing") == 0
    assert store.read("a/b") == b"whole" and store.list_keys("a") == ["a/b"]


def test_empty_folders_go_and_others_stay(store: Store) -> None:
    store.replace("lake/a/b/c", b"")
    store.replace("lake/d/e", b"")
    store.delete("lake/a/b/c")
    store.prune("lake")
    assert sorted(p.name for p in store.root.rglob("*")) == ["d", "e", "lake"]


def test_free_space_of_a_home_that_is_not_made_yet(store: Store) -> None:
    assert store.free_space() > 0 and not store.root.exists()
