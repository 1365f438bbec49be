"""A release of several files, and what the archive has of a home."""

from tests.support import crosstab, mapping
from warehouse.archive.source_files import Archive, SourceFile
from warehouse.base.home import Home

MONTH = "APPOINTMENT_MONTH_START_DATE"
AUGUST, SEPTEMBER, OCTOBER = ({MONTH: f"01{name}2025"} for name in ("AUG", "SEP", "OCT"))
RELEASE = {
    "Practice_Level_Crosstab_Aug_25.csv": crosstab(AUGUST),
    "Practice_Level_Crosstab_London_East_South_Oct_25.csv": crosstab(OCTOBER),
    "Practice_Level_Crosstab_Midlands_North_Oct_25.csv": crosstab(OCTOBER | {"GP_CODE": "C82002"}),
    "Practice_Level_Crosstab_Sep_25.csv": crosstab(SEPTEMBER),
    "Mapping.csv": mapping(),
}


def kept(home: Home) -> list[SourceFile]:
    return Archive(home).files()
