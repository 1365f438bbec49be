"""Names of the jobs. Does not: the jobs (`definitions`, and the modules that make them)."""

PUBLISH_JOB = "publish_mart"
REFRESH_JOB = "refresh"
REPORT_JOB = "write_report"


def feed_job_name(feed: str) -> str:
    """Return the name of the job that processes editions of one feed."""
    return f"take_in_{feed}"
