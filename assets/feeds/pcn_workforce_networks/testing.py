"""Hand-made files of the network workforce, for tests of its figures by network."""

from __future__ import annotations

from assets.feeds.pcn_workforce.testing import network_staff

build = network_staff
