"""What the regulations on petitions ask of a petition."""

from typing import Final

JOINT_FROM: Final = 5
MOST_REPRESENTATIVES: Final = 5


def representatives_fit(people: int, representatives: int) -> bool:
    """Say whether a petition of so many people comes by a permitted number of representatives.

    Five or more who petition for the same thing choose at most five, and never more than there are people.
    Source: 信访工作条例 2022, joint petitions.
    """
    if people < 1 or not 1 <= representatives <= people:
        return False
    return people < JOINT_FROM or representatives <= MOST_REPRESENTATIVES
