"""What a reader of a mart can work out: all sums that are published, solved together."""

import numpy as np

from tests.warehouse.support_mart import Mart

PARENTS = {"sub_icb": "sub_icb_code", "icb": "icb_code"}
Cell = tuple[str, str]


def deduced(
    mart: Mart, kpi: str, month: str, level: str, table: str = "kpi_monthly"
) -> tuple[set[str], dict[str, float]]:
    """The codes of suppressed figures of a KPI and month, and those of them that the published
    figures of their members and wholes determine. `level`: the lowest one."""
    rows = mart.rows(
        f"""SELECT f.org_level, f.org_code, f.value, f.status, {
            ", ".join(f"o.{column}" for column in PARENTS.values())
        }
        FROM {table} AS f
        JOIN organisation AS o ON o.org_level = f.org_level AND o.org_code = f.org_code
            AND f.month BETWEEN o.valid_from AND coalesce(o.valid_to, DATE '2100-01-01')
        WHERE f.kpi_id = $kpi AND strftime(f.month, '%Y-%m') = $month""",
        kpi=kpi,
        month=month,
    )
    hidden = sorted((r["org_level"], r["org_code"]) for r in rows if r["status"] == "suppressed")
    shown = {(r["org_level"], r["org_code"]): r["value"] for r in rows if r["value"] is not None}
    place = {cell: number for number, cell in enumerate(hidden)}
    lines, sums = [], []
    for whole, below in (("sub_icb", level), ("icb", "sub_icb")):
        wholes = {r[PARENTS[whole]] for r in rows if r["org_level"] == below} - {None}
        for code in wholes:
            members = [
                (below, r["org_code"])
                for r in rows
                if r["org_level"] == below and r[PARENTS[whole]] == code
            ]
            if not {(whole, code), *members} <= {*shown, *hidden}:
                continue  # a figure that nobody has
            line, total = np.zeros(len(hidden)), 0.0
            for sign, cell in [(-1, (whole, code)), *((1, one) for one in members)]:
                if cell in place:
                    line[place[cell]] += sign
                else:
                    total -= sign * shown[cell]
            lines.append(line)
            sums.append(total)
    if not hidden or not lines:
        return {code for _, code in hidden}, {}
    matrix = np.array(lines)
    solution = np.linalg.lstsq(matrix, np.array(sums), rcond=None)[0]
    _, sizes, basis = np.linalg.svd(matrix)
    free = basis[(sizes > 1e-9).sum() :]
    known = {
        code: float(solution[number])
        for (_, code), number in place.items()
        if not np.any(np.abs(free[:, number]) > 1e-9)
    }
    return {code for _, code in hidden}, known
