"""Names of downloaded files, as every system takes them."""

import pytest

from warehouse.fetch.safe_file_names import file_name


@pytest.mark.parametrize(
    ("disposition", "path", "name"),
    [
        ("", "/x/NHS%20App%20-%20August%202025.xlsx", "NHS App - August 2025.xlsx"),
        ("", "/x/a%2Fb%5Cc.csv", "c.csv"),
        ("", "/", "download"),
        ('attachment; filename="a b.csv"', "/f", "a b.csv"),
        ("attachment; filename*=UTF-8''caf%C3%A9.csv", "/f", "café.csv"),
        ('attachment; filename="../../etc/passwd"', "/f", "passwd"),
        ('attachment; filename="C:\\\\x\\\\con.csv"', "/f", "_con.csv"),
        ('attachment; filename="a<b>:c?.csv. "', "/f", "a_b__c_.csv"),
        ("attachment", "/.hidden", "_.hidden"),
        ("", f"/{'x' * 300}.zip", f"{'x' * 117}.zip"),
    ],
)
def test_names_that_every_system_takes(disposition: str, path: str, name: str) -> None:
    assert file_name(disposition, f"https://publisher.invalid{path}") == name
