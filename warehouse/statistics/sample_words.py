"""What is said of a change on the year of a survey, whose figures are of a sample. Pure."""

from __future__ import annotations

from warehouse.base.number_format import signed_points

SampleLimits = tuple[float, float]


def sample_words(limits: SampleLimits | None) -> list[str]:
    """Whether another sample might show the change, by its limits at 95%, as shares. Answers are
    weighted and clustered, so that the true limits are wider: of a change beyond them it is said
    only how large it may be."""
    if limits is None:
        return []
    low, high = (signed_points(one) for one in limits)
    between = f"at 95% the change is between {low} and {high}"
    wider = "a little more for the weights of the survey"
    if limits[0] <= 0 <= limits[1]:
        return [f"A sample may show that much by chance: {between}, {wider}."]
    return [f"Of a sample: {between}, {wider}."]
