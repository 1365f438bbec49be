"""One message per problem and address, and one when it clears; a message that is not accepted is
sent again."""

import json
from datetime import timedelta

import pytest
from filelock import FileLock

from pipelines.alerts.delivery import Delivery, deliver
from pipelines.alerts.send import Address, Sent, addresses
from pipelines.operations.last_refresh import remember
from tests.pipelines.alerts.support_alerts import EDITION, FEED, NOW, SECRET, Inbox, archive, look
from tests.support import imported, write_regional, write_text
from warehouse.base.home import Home
from warehouse.editions.check_history import record
from warehouse.store import Store

FIRST = f"access-recovery: {FEED} 2025-10: two files match where one is expected"


class Post:
    """Takes messages down, and accepts none while `trouble` is set."""

    def __init__(self) -> None:
        self.titles: list[str] = []
        self.bodies: list[str] = []
        self.trouble: str | None = None

    def __call__(self, address: Address, title: str, body: str) -> Sent:
        if self.trouble is None:
            self.titles.append(title)
            self.bodies.append(body)
        return Sent(address.name, self.trouble)


A, B = Address("json a.example", "json://a"), Address("json b.example", "json://b")


@pytest.fixture
def post() -> Post:
    return Post()


def told(home: Home, post: Post, minutes: float = 0, *to: Address) -> Delivery:
    return deliver(home, NOW + timedelta(minutes=minutes), list(to) or [A], post)


def test_once_over_many_evaluations_and_once_when_it_clears(home: Home, box: Inbox) -> None:
    to = addresses({"ACCESS_RECOVERY_ALERTS": box.url})
    look(home, "ambiguous")
    done = [deliver(home, NOW + timedelta(minutes=minute), to) for minute in range(5)]
    assert [len(one.sent) for one in done] == [1, 0, 0, 0, 0]
    assert box.titles == [FIRST]
    for part in ("What: It was ambiguous.", "Since: 27 Nov 2025, 10:00", "To do: Look at the page.",
                 "Analysts still see: no mart is published yet", str(home.root)):  # fmt: skip
        assert part in box.last
    look(home, "new", 10, remedy="")
    done = [deliver(home, NOW + timedelta(minutes=minute), to) for minute in range(10, 14)]
    assert [one.cleared for one in done] == [[FIRST.removeprefix("access-recovery: ")], [], [], []]
    assert box.titles[1:] == [FIRST.replace("recovery: ", "recovery: resolved: ")]
    look(home, "ambiguous", 20)
    deliver(home, NOW + timedelta(minutes=20), to)
    assert box.titles[2:] == [FIRST], "it is back"
    kept = (home.state / "alerts.json").read_text(encoding="utf-8")
    assert "json 127.0.0.1" in kept and SECRET not in kept and "robot" not in kept


def test_what_was_not_accepted_is_sent_again_with_growing_distance(home: Home, post: Post) -> None:
    look(home, "ambiguous")
    post.trouble = "it answered with HTTP status 500"
    tried = [minute for minute in range(20) if told(home, post, minute).failed]
    assert tried == [0, 1, 3, 7, 15]
    waiting = told(home, post, 20)
    assert waiting.waiting and not waiting.sent and "Not sent yet" in waiting.words
    post.trouble = None
    assert told(home, post, 31).sent and post.titles == [FIRST]
    look(home, "unchanged", 32, remedy="")
    assert told(home, post, 33).cleared, "a good one is followed by no wait"


def test_an_address_that_fails_costs_the_others_nothing(home: Home, post: Post) -> None:
    look(home, "ambiguous")

    def only_a(address: Address, title: str, body: str) -> Sent:
        return post(address, title, body) if address == A else Sent(address.name, "no answer")

    deliver(home, NOW, [A, B], only_a)
    again = told(home, post, 5, A, B)
    assert post.titles == [FIRST, FIRST] and again.sent, "B has it now, A had it"
    assert not told(home, post, 6, A, B).sent


def test_several_make_one_message_and_many_are_counted(home: Home, post: Post) -> None:
    for month in range(1, 10):
        look(home, "not found", edition=f"2025-0{month}")
        look(home, "refused", edition=f"2024-0{month}")
    assert len(told(home, post).sent) == 18
    assert len(post.titles) == 1 and post.titles[0].endswith(", and 17 more")
    assert post.bodies[0].count("To do:") == 12 and "And 6 more" in post.bodies[0]
    for month in range(1, 10):
        look(home, "new", 5, edition=f"2025-0{month}", remedy="")
    assert len(told(home, post, 5).cleared) == 9
    assert post.bodies[1].count("Resolved:") == 9 and len(post.titles) == 2


def test_another_problem_of_an_edition_does_not_resolve_the_first(home: Home, post: Post) -> None:
    look(home, "ambiguous", edition="2025-09")
    archive(home)
    record(home, FEED, EDITION, "fingerprint", [], "run")
    month_later = 24 * 60 * 30
    assert told(home, post, month_later).sent == [f"{FEED} 2025-11 is overdue by 9 days"]
    look(home, "not found", month_later, edition="2025-11")
    now = told(home, post, month_later + 1)
    assert (now.sent, now.cleared) == (
        [f"{FEED} 2025-11: its page exists, but its file is missing"],
        [],
    )
    imported(home, write_regional(home.root / "n.csv", {"APPOINTMENT_MONTH": "NOV2025"}))
    record(home, FEED, "2025-11", "fingerprint", [], "run")
    look(home, "new", month_later + 2, edition="2025-11", remedy="")
    assert told(home, post, month_later + 3).cleared == now.sent


def test_a_problem_that_may_pass_is_alerted_after_a_delay(home: Home, post: Post) -> None:
    look(home, "unreachable")
    assert told(home, post, 9).waiting == ["digital.example could not be reached"]
    assert told(home, post, 10).sent == ["digital.example could not be reached"]


def test_unreadable_state_resolves_no_problem(home: Home, post: Post) -> None:
    look(home, "ambiguous")
    told(home, post)
    broken = home.archive / "decisions" / "x-withdraw-a-2025-10-1.json"
    write_text(broken, "half a")
    assert told(home, post, 1).cleared == []
    broken.unlink()
    assert told(home, post, 2).cleared == ["The state of this installation can't be read"]


def test_without_an_address_the_command_explains_how_to_set_one(home: Home, post: Post) -> None:
    assert deliver(home, NOW, [], post).trouble is None
    look(home, "ambiguous")
    done = deliver(home, NOW, [], post)
    assert done.open == 1 and done.trouble and "ACCESS_RECOVERY_ALERTS" in done.words
    assert told(home, post, 1).sent, "it counts as told by nobody"


def test_two_processes_send_an_alert_once(home: Home, post: Post) -> None:
    look(home, "ambiguous")
    home.state.mkdir(parents=True, exist_ok=True)
    with FileLock(home.state / "alerts.lock", is_singleton=False):
        assert "Another process" in (told(home, post).trouble or "")
    assert post.titles == []


def test_a_full_disk_is_alerted_once_by_a_long_running_process(
    home: Home, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember(home, ["No space left on device"], [], False, NOW)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Store, "replace", full)
        assert [len(told(home, post, minute).sent) for minute in range(3)] == [1, 0, 0]
    look(home, "ambiguous")
    told(home, post, 4)
    memory = json.loads((home.state / "alerts.json").read_text(encoding="utf-8"))
    assert len(memory["addresses"]["json a.example"]["told"]) == 2, "what was told is kept, too"
