"""What the sample ward expects of its mass organisations, who holds a position without being a member, who left."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from bot.rules.grouping import grouping
from bot.sample.cases import Sample
from storage import achievements, bulk, exits, units

# What each organisation of the ward is to introduce in a year.
_SOURCES = {"youth_union": 30, "women": 10, "farmers": 8, "trade_union": 8}
_MONTHS_AGO = 8


def write(connection: Connection, now: datetime, unit: Mapping[str, int], samples: Sequence[Sample]) -> None:
    """Goals by organisation, a few heads of hamlets among the sources, one exit earlier in the year."""
    ward = units.by_id(connection, unit["PTN"])
    for slug, sources in _SOURCES.items():
        values = {"sources": sources}
        achievements.set_more(connection, now, None, ward.id, f"organisation:{slug}", now.year, 0, values)
    homes = [one for one in samples if one.unit.startswith("TDP") and one.step == "source" and one.state == "open"]
    labels = [*grouping().positions, grouping().positions[0]]
    rows = [
        {"candidate_id": sample.number, "label": label}
        for sample, label in zip(homes, labels, strict=False)
        if label not in sample.groups
    ]
    bulk.add_labels(connection, rows)
    exits.enter(
        connection, now, None, ward, "struck_off", now.date().replace(month=max(1, now.month - _MONTHS_AGO), day=1), 1
    )
