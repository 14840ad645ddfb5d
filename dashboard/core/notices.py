"""What the desk is told without having asked."""

from enum import StrEnum


class Kind(StrEnum):
    """What is told. The words are `notices.kind.<name>`."""

    #: A visit of a series in the next three days to which nobody is sent.
    VISIT_GAP = "visit_gap"
    #: A meal round of the next three days that nobody is there to carry.
    MEAL_GAP = "meal_gap"
    #: A duty of a rota in the next three days with too few people.
    DUTY_GAP = "duty_gap"
    #: The two sides tell hours differently: they are held.
    HOURS_HELD = "hours_held"
    #: Repeats have raised a need's grade.
    RAISED = "raised"
