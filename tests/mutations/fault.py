"""What a fault is."""

from typing import NamedTuple


class Fault(NamedTuple):
    name: str
    file: str  # in course_utils/
    old: str
    new: str
