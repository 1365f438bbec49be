"""The settings of an installation, `settings.yaml` in its home (optional): schema, defaults,
reading."""

from __future__ import annotations

from datetime import datetime

import yaml
from cronsim import CronSim, CronSimError
from pydantic import Field, ValidationError, field_validator

from warehouse.base.errors import Refusal
from warehouse.base.home import SETTINGS, Home
from warehouse.base.strict import Strict
from warehouse.base.web import contact_address, web_address, without_passwords
from warehouse.reference.levels import OrgLevel

ORG_CODE = r"^[A-Z0-9]{3,9}$"


class Disclosure(Strict):
    """What may be published of local returns.

    `practice_level`: single practices too, not only sub-ICBs and above. `threshold`: counts of
    people and events from 1 to below it are suppressed at every level, with figures that would
    disclose them; 1 suppresses none.
    """

    practice_level: bool = False
    threshold: int = Field(default=5, ge=1)

    @property
    def words(self) -> str:
        """The choice in one line, for readers of the mart."""
        levels = "practices too" if self.practice_level else "sub-ICBs and above"
        if self.threshold == 1:
            return f"{levels}; no number is suppressed"
        return f"{levels}; counts from 1 to {self.threshold - 1} are suppressed"


class Timeouts(Strict):
    """Timeouts for publishers, in seconds: to connect, and between two bytes."""

    connect: float = Field(default=10, gt=0)
    read: float = Field(default=60, gt=0)


class Looking(Strict):
    """When the daemon looks up new editions, and how often it checks the home.

    `cron`: five fields, London time; a feed is looked up if its edition is due by the release
    calendar, on working days only unless the cron names every day. `poll_seconds`: between two
    evaluations of the landing folder and of a pending refresh; None leaves each its default.
    """

    cron: str = Field(default="35 9 * * 1-5", pattern=r"^([\d*/,A-Za-z-]+ ){4}[\d*/,A-Za-z-]+$")
    poll_seconds: int | None = Field(default=None, ge=5)

    @field_validator("cron")
    @classmethod
    def _comes_up(cls, said: str) -> str:
        try:
            CronSim(said, datetime(2026, 1, 1))
        except CronSimError as error:
            raise ValueError(f"not a valid cron expression ({str(error).lower()})") from error
        return said


class ShortName(Strict):
    """A name for an organisation, in place of the shipped or published one."""

    level: OrgLevel
    code: str = Field(pattern=ORG_CODE)
    name: str = Field(min_length=1)


class HeadlinePlace(Strict):
    """A place whose headline figures are shown; without `name` under its short name in the mart."""

    level: OrgLevel
    code: str = Field(pattern=ORG_CODE)
    name: str | None = None


# The default place; another ICB sets its own.
HOME_PLACE = "QK1"
HOME_HEADLINES = (
    HeadlinePlace(level="icb", code=HOME_PLACE, name="LLR"),
    HeadlinePlace(level="sub_icb", code="04C", name="Leicester City"),
    HeadlinePlace(level="local_authority", code="E06000016", name="Leicester City"),
)


class Settings(Strict):
    """All choices of an installation.

    `place`: ODS code of the home's ICB; claims about it are evaluated. `headline_places`: whose
    headline figures are shown, in that order; by default the ICB alone, for `HOME_PLACE` its city
    too. `short_names`: of organisations, before those shipped. `addresses`: beginnings of
    publishers' addresses -> replacements (a mirror). `keep_marts`: number of previous marts kept.
    `keep_runs_days`: how long Dagster's runs are kept at least. `memory_mb`: memory that DuckDB may
    use to build and check a mart; what does not fit is written to disk. The process needs up to 800
    MB beside it, after reading national files. `role_words`: words and phrases of roles that
    returns of a plan may have, beside the shipped ones. `contact`: e-mail or web address for
    questions and corrections, on each page that is published.
    """

    place: str = Field(default=HOME_PLACE, pattern=ORG_CODE)
    headline_places: tuple[HeadlinePlace, ...] = Field(default=(), max_length=10)
    short_names: tuple[ShortName, ...] = ()
    disclosure: Disclosure = Disclosure()
    addresses: dict[str, str] = Field(default_factory=dict)
    timeouts: Timeouts = Timeouts()
    look: Looking = Looking()
    keep_marts: int = Field(default=2, ge=0)
    keep_runs_days: int = Field(default=90, ge=1)
    memory_mb: int = Field(default=700, ge=500)
    role_words: tuple[str, ...] = ()
    contact: str | None = None

    @property
    def names_chosen(self) -> dict[tuple[str, str], str]:
        """(Level, code) -> short name."""
        return {(one.level, one.code): one.name for one in self.short_names}

    @property
    def headlines(self) -> tuple[HeadlinePlace, ...]:
        """The places whose headline figures are shown."""
        return self.headlines_chosen or HOME_HEADLINES

    @property
    def headlines_chosen(self) -> tuple[HeadlinePlace, ...]:
        """Those that were set, so that an unknown place is reported; empty for the defaults."""
        if self.headline_places or self.place == HOME_PLACE:
            return self.headline_places
        return (HeadlinePlace(level="icb", code=self.place),)

    @field_validator("addresses")
    @classmethod
    def _are_addresses(cls, said: dict[str, str]) -> dict[str, str]:
        return {web_address(one): web_address(other) for one, other in said.items()}

    @field_validator("contact")
    @classmethod
    def _can_be_written_to(cls, said: str | None) -> str | None:
        return None if said is None else contact_address(said)


class Unreadable(Refusal, ValueError):
    """Invalid settings."""


def read_settings(home: Home) -> Settings:
    """The settings of the home, with defaults.

    Raises Unreadable naming the file, the key, what was found and what is possible.
    """
    try:
        raw = yaml.safe_load(home.store.read_text(SETTINGS))
        return Settings.model_validate({} if raw is None else raw)
    except FileNotFoundError:
        return Settings()
    except (yaml.YAMLError, UnicodeError) as error:
        raise Unreadable(f"{home.settings}: not readable as YAML: {error}") from error
    except ValidationError as error:
        faults = [
            f"`{'.'.join(map(str, one['loc']))}`: {one['msg'].removeprefix('Value error, ')}, "
            f"found {one['input']!r}"
            for one in error.errors()
        ]
        found = without_passwords("; ".join(faults))
        raise Unreadable(f"{home.settings}: {found}.", POSSIBLE) from None


POSSIBLE = (
    "Possible keys: `place:` (ODS code of an ICB, like QK1), `headline_places:` (a list of "
    "`{level: sub_icb, code: 04C}`, optionally with `name:`), `short_names:` (a list of the same, "
    "with `name:`), `disclosure:` with `practice_level:` "
    "(true or false) and `threshold:` (1, 2, ...), "
    "`addresses:` with `https://a.publisher: https://your.mirror`, `timeouts:` with `connect:` and "
    "`read:` (seconds), `look:` with `cron:` ('35 9 * * 1-5') and `poll_seconds:` (5, 6, ...), "
    "`keep_marts:` (0, 1, ...), `keep_runs_days:` (1, 2, ...), `memory_mb:` (500, 501, ...), "
    "`role_words:` (a list), and `contact:` (an e-mail or web address)."
)
