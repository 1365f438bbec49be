"""Sensors: changes in the home to which the daemon reacts.

Does not: their decisions (`pipelines.operations.landing`, `pipelines.operations.pending`,
`pipelines.alerts`), when publishers are looked up (`pipelines.schedules`).
"""

import time
from datetime import date, datetime

import dagster as dg

from pipelines.instance.editions import know_editions
from pipelines.job_names import REFRESH_JOB, REPORT_JOB
from pipelines.operations import landing, pending
from pipelines.operations.last_refresh import last_refresh
from pipelines.operations.running import CUT_SHORT, is_alive, settle
from pipelines.resources import HomeResource
from pipelines.schedules import UNFINISHED
from warehouse.base.home import Home
from warehouse.base.lock import Busy, alone
from warehouse.contract.release_calendar import LONDON

# A run of the job `refresh` takes the home's lock soon after its start.
WITHOUT_LOCK = 300.0  # seconds
ON = dg.DefaultSensorStatus.RUNNING


def landing_sensor(job: dg.JobDefinition, seconds: int, still_for: float) -> dg.SensorDefinition:
    """Import files from the landing folder, once nothing there has changed for `still_for` seconds.
    Evaluated every `seconds`."""

    @dg.sensor(
        name="landing",
        job=job,
        minimum_interval_seconds=seconds,
        default_status=ON,
        description="Refresh when files in the landing folder have finished copying.",
    )
    def _landing(context: dg.SensorEvaluationContext, home: HomeResource) -> dg.SensorResult:
        place = home.get()
        before = last_refresh(place)
        refused = {one.file for one in before.refused} if before else set()
        seen = landing.SeenFolder.read(context.cursor)
        found = landing.look_at(landing.lying(place), seen, refused, still_for, time.time())
        return _result(found.run_key, found.why, found.seen.model_dump_json())

    return _landing


def new_editions_sensor(job: dg.JobDefinition, seconds: int) -> dg.SensorDefinition:
    """Refresh when an edition is pending, or the mart is not current."""
    shown: dict[Home, date] = {}  # when Dagster was told of editions that are due without a file

    @dg.sensor(
        name="new_editions",
        job=job,
        minimum_interval_seconds=seconds,
        default_status=ON,
        description="Refresh when an edition is pending, or the mart does not use all accepted "
        "editions.",
    )
    def _new_editions(context: dg.SensorEvaluationContext, home: HomeResource) -> dg.SensorResult:
        place, now = home.get(), time.time()
        try:
            with alone(place, lambda _: None, wait=False):
                settled = settle(place) + settle_stranded(context.instance, now)
        except Busy:
            return _result(None, "Another refresh of this home is running", context.cursor)
        if shown.get(place) != (today := datetime.now(LONDON).date()):
            know_editions(context.instance, place)
            shown[place] = today
        unfinished = dg.RunsFilter(job_name=REFRESH_JOB, statuses=UNFINISHED)
        if context.instance.get_run_ids(unfinished, limit=1):
            return _result(None, "A refresh is queued or running", context.cursor)
        before = pending.RememberedRefresh.read(context.cursor)
        found = pending.look_at(place, before, now, cut_short=bool(settled))
        return _result(found.run_key, found.why, found.remembered.model_dump_json())

    return _new_editions


def alerts_sensor(seconds: int) -> dg.SensorDefinition:
    """Send one alert about each problem, and one when it is resolved."""

    @dg.sensor(
        name="alerts",
        minimum_interval_seconds=seconds,
        default_status=ON,
        description="Send alerts about new and resolved problems.",
    )
    def _alerts(home: HomeResource) -> dg.SkipReason:
        from pipelines.alerts.delivery import deliver

        return dg.SkipReason(deliver(home.get()).words)

    return _alerts


def report_sensor(seconds: int) -> dg.SensorDefinition:
    """Write the access report of each mart that is published."""

    @dg.sensor(
        name="report",
        job_name=REPORT_JOB,
        minimum_interval_seconds=seconds,
        default_status=ON,
        description="Write the access report when a mart was published.",
    )
    def _report(context: dg.SensorEvaluationContext, home: HomeResource) -> dg.SensorResult:
        from warehouse.site.home_site import pending_fingerprint

        wanted = pending_fingerprint(home.get())
        if wanted is None:
            return _result(None, "The report is that of the published mart", context.cursor)
        return _result(wanted, "A mart was published", context.cursor)

    return _report


def _result(run_key: str | None, why: str, cursor: str | None) -> dg.SensorResult:
    if run_key is None:
        return dg.SensorResult(skip_reason=why, cursor=cursor)
    return dg.SensorResult([dg.RunRequest(run_key=run_key, tags={"why": why})], cursor=cursor)


def settle_stranded(instance: dg.DagsterInstance, now: float) -> int:
    """Mark runs of the job `refresh` as failed that began some time ago and whose process has no
    heartbeat: they would block every refresh. Returns their number."""
    running = dg.RunsFilter(job_name=REFRESH_JOB, statuses=[dg.DagsterRunStatus.STARTED])
    stranded = [
        record.dagster_run
        for record in instance.get_run_records(running)
        if record.start_time is not None
        and now - record.start_time > WITHOUT_LOCK
        and not is_alive(record.dagster_run.tags)
    ]
    for run in stranded:
        instance.report_run_failed(run, CUT_SHORT)
    return len(stranded)
