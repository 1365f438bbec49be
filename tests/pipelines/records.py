"""Records of editions without their bytes: enough for what only asks what is held."""

from datetime import UTC, datetime
from hashlib import sha256

from warehouse.archive.source_files import Archive, SourceFile
from warehouse.base.home import Home

REAL = "https://files.digital.nhs.uk/00/000000/file.zip"


def record(
    home: Home, feed: str, *editions: str, synthetic: bool = False, url: str | None = REAL
) -> None:
    """Note files of these editions as imported."""
    for edition in editions:
        digest = sha256(f"{feed} {edition}".encode()).hexdigest()
        file = SourceFile(
            sha256=digest,
            container_sha256=digest,
            file_name=f"{feed}_{edition}.csv",
            container_name=f"{feed}_{edition}.csv",
            member=None,
            feed=feed,
            edition=edition,
            edition_basis="content",
            months=(edition,),
            bytes=1000,
            rows=10,
            headings=("A",),
            encoding="ascii",
            url=url,
            page="https://digital.nhs.uk",
            published_on=None,
            retrieved_at=datetime(2025, 1, 1, tzinfo=UTC),
            imported_at=datetime(2025, 1, 1, tzinfo=UTC),
            licence="OGL",
            synthetic=synthetic,
        )
        Archive(home).add(file)
