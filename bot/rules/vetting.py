"""Vetting: whether every place asked has answered, who carried the papers, what a relative's membership exempts."""

from bot.rules.facts import CARRIED_BY_FAMILY
from bot.rules.findings import Asked, Verdict


def vetting(asked: Asked) -> Verdict:
    """Complete once all places answered by the day asked about; never carried by the applicant or a relative.

    A relative who is a Party member is asked about for the present only, and only once that member's own committee
    has confirmed it.
    """
    places = asked.facts.vettings
    if not places:
        return _known_at_home(asked)
    if any(place.carried_by in CARRIED_BY_FAMILY for place in places):
        return Verdict("unmet_carrier")
    if any(place.relative_is_member and place.membership_confirmed is False for place in places):
        return Verdict("unmet_exempt")
    still_open = sum(place.returned_on is None or place.returned_on > asked.on for place in places)
    if still_open:
        return Verdict("unmet", {"open": still_open})
    if any(place.relative_is_member and place.membership_confirmed is None for place in places):
        return Verdict("unknown_exempt")
    if any(place.carried_by is None for place in places):
        return Verdict("unknown_carrier")
    return Verdict("met", {"returned": len(places)})


def _known_at_home(asked: Asked) -> Verdict:
    """No place asked: right only where the family has lived under one Party organisation, which certified so."""
    certified = asked.facts.dates.get("history_certified")
    if asked.facts.answers.get("known_at_home") and certified and certified <= asked.on:
        return Verdict("met_known", {"when": certified})
    return Verdict("unknown")
