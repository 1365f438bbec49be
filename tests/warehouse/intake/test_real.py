"""Importing real publications."""

from pathlib import Path

import pytest

from tests.support import imported
from tests.warehouse.intake.support_intake import kept
from warehouse.base.home import Home

REAL = {
    "gp_appointments_sub_icb": {
        "Regional_CSV_LeicesterLeicsRut_Aug21_release.csv": "2021-08",
        "Regional_CSV_Northamptonshire_Aug21_release.csv": "2021-08",
        "Regional_CSV_ShropsTelfordWrekin_Aug21_release.csv": "2021-08",
        "Regional_CSV_LeicesterLshire_Oct25_release.reconstructed.csv": "2025-10",
        "Regional_CSV_LeicesterLshire_Nov25_release.reconstructed.csv": "2025-11",
    },
    "gp_appointments_coverage": {
        "APPOINTMENTS_GP_COVERAGE_Oct25_England.reconstructed.csv": "2025-10",
        "APPOINTMENTS_GP_COVERAGE_Nov25_England.reconstructed.csv": "2025-11",
    },
    "gp_appointments_practice": {
        "Practice_Level_Crosstab_Aug_25_NewBankOnly.csv": "2025-08",
        "Practice_Level_Crosstab_London_East_South_Oct_25.reconstructed.csv.gz": "2025-10",
        "Mapping_Aug_25.csv": "2025-08",
        "Mapping_Oct25_England.reconstructed.csv": "2025-10",
        "Mapping_Nov25_England.reconstructed.csv": "2025-11",
    },
    "registered_patients": {
        "gp-reg-pat-prac-all_2021_bristolpeteredwards.csv": "2021-01",
        "PracPopOct.csv": "2025-10",
        "PracPopNov.csv": "2025-11",
        "PracPopDec.csv": "2025-12",
        "gp-reg-pat-prac-map.zip": "2026-07",
    },
}


@pytest.fixture(scope="module")
def real_home(real_feeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("real"))
    outcomes = imported(home, *[real_feeds / folder for folder in REAL])
    assert {one.verdict for one in outcomes} == {"imported"}, outcomes
    return home


@pytest.mark.parametrize(
    ("folder", "name"), [(folder, name) for folder, names in REAL.items() for name in names]
)
def test_a_real_publication_is_recognised(folder: str, name: str, real_home: Home) -> None:
    (file,) = [file for file in kept(real_home) if file.container_name == name]
    special = {"Mapping": "gp_appointments_mapping", "gp-reg-pat-prac-map": f"{folder}_map"}
    feed = next((feed for start, feed in special.items() if name.startswith(start)), folder)
    assert (file.feed, file.edition, file.synthetic) == (feed, REAL[folder][name], False)
    assert file.edition_basis == ("file_name" if feed == "gp_appointments_mapping" else "content")


def test_real_rows_and_months(real_home: Home) -> None:
    files = {file.container_name: file for file in kept(real_home)}
    half = files["Practice_Level_Crosstab_London_East_South_Oct_25.reconstructed.csv.gz"]
    assert (half.rows, half.months) == (392_709, ("2025-10",))
    nov = files["Regional_CSV_LeicesterLshire_Nov25_release.reconstructed.csv"]
    assert (len(nov.months), nov.months[0], nov.months[-1]) == (30, "2023-06", "2025-11")
    assert files.keys() == {name for names in REAL.values() for name in names}
