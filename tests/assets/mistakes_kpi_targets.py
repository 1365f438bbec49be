"""What people get wrong in the return of targets."""

from tests.assets.mistakes import Mistakes, of_months

RETURNED, KPI, LEVEL, CODE = "Month", "KPI", "Level", "Organisation code"
FROM, UNTIL, TARGET, SOURCE = "From", "Until", "Target", "Source"
SHARE = "appointments_dna_share"

MISTAKES = Mistakes(
    own=(CODE, lambda number: f"C8{number:04d}"),
    rows=(
        *of_months(RETURNED),
        ({LEVEL: "ICBs"}, None),
        ({LEVEL: "Network"}, None),
        ({LEVEL: "ward"}, "expected one of practice, pcn"),
        ({FROM: "2025-13"}, "From: found `2025-13`"),
        ({FROM: ""}, "From: found nothing"),
        ({UNTIL: "ongoing"}, "Until: found `ongoing`"),
        ({TARGET: ""}, "Target: found nothing"),
        ({SOURCE: ""}, "Source: found nothing"),
    ),
    editions=(
        (({}, {}), "keys_unique", "rows 2 and 3 have the same"),
        (({KPI: "apointments"},), "targets_sound", "row 2: KPI: found `apointments`, expected the"),
        (({KPI: "apointments"},), "targets_sound", "Did you mean appointments"),
        (
            ({LEVEL: "provider"},),
            "targets_sound",
            f"row 2: Level: found `provider`, expected one of which {SHARE} has figures: practice",
        ),
        (({TARGET: "90"},), "targets_sound", "Target: found `90`, expected a share from 0 to 1"),
        (({TARGET: "low"},), "targets_sound", "Target: found `low`, expected a number in share"),
        (({TARGET: "110%"},), "targets_sound", "found `110%`, expected a share from 0 to 1"),
        (
            ({KPI: "appointments", TARGET: "90%"},),
            "targets_sound",
            "found `90%`, expected a number in events, such as 0.9",
        ),
        (({UNTIL: "2025-03"},), "targets_sound", "Until: found `2025-03-01`, expected no month be"),
        (({SOURCE: "me"},), "targets_sound", "Source: found `me`, expected who set it"),
    ),
)
