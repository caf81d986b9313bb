"""What `POST /_control/state` of the CloudNest simulator takes."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from floorgraph.simulators.cloudnest.limits import LimitRule
from floorgraph.simulators.cloudnest.machines import DeviceState


class _Change(BaseModel):
    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class MachineChange(_Change):
    """Changes to a machine."""

    gmid: int
    state: DeviceState | None = None
    """Enter this state now and stay in it until `release`; WORKING takes up the next sheet if need be."""
    release: bool = False
    """Let it live on by itself."""
    nickname: str | None = None
    finish_sheet: bool = False
    """The sheet on the table is cut now."""
    percent: int | None = Field(default=None, ge=0, le=100)
    """How much of the sheet on the table is cut."""


class AlarmRaised(_Change):
    """An alarm that stands until it is cleared; the machine's state stays."""

    gmid: int
    code: str
    text: str = ""


class AlarmCleared(_Change):
    """Alarms that end; all of the machine when no code is given."""

    gmid: int
    code: str | None = None


class NewFolder(_Change):
    """One more folder."""

    title: str
    parent: int = -1


class NewJob(_Change):
    """One more job with parts, layouts, and a task for each layout when a machine is given."""

    title: str = ""
    parent: int = -1
    layouts: int = Field(default=1, ge=0, le=20)
    gmid: int | None = None
    plates: int = Field(default=1, ge=1)


class NodeChange(_Change):
    """Changes to a folder or job; any parent will do, even one that makes a cycle."""

    id: int
    title: str | None = None
    parent: int | None = None
    position: int | None = None
    status: int | None = None
    type: int | None = None


class TaskChange(_Change):
    """Changes to a production task, whose dates follow."""

    guid: str
    finished: int | None = Field(default=None, ge=0)
    total: int | None = Field(default=None, ge=1)
    comments: str | None = None
    bare: bool | None = None
    """Answered without parts."""


class NewTask(_Change):
    """Sheets of a layout for a machine."""

    layout: str
    gmid: int
    plates: int = Field(default=1, ge=1)


class PlateChange(_Change):
    """Changes to a plate in stock."""

    guid: str
    remaining: int | None = Field(default=None, ge=-1)
    name: str | None = None


class Changes(_Change):
    """All changes; they are made in the order of these fields."""

    app_secret: str | None = None
    org_codes: list[str] | None = None
    ungranted: list[str] | None = None
    granted_machines: list[int] | Literal["all"] | None = None
    limits: list[LimitRule] | None = None
    """New rules in place of all present ones."""
    used: dict[str, int] = Field(default={})
    """What endpoints (by name) have used of their quota today."""
    clock_skew: float | None = None
    add_machines: int = Field(default=0, ge=0, le=500)
    remove_machines: list[int] = Field(default=[])
    add_folders: list[NewFolder] = Field(default=[])
    add_jobs: list[NewJob] = Field(default=[])
    nodes: list[NodeChange] = Field(default=[])
    remove_nodes: list[int] = Field(default=[])
    """Jobs go with their parts, layouts and tasks; what was in a folder becomes an orphan."""
    remove_layouts: list[str] = Field(default=[])
    add_tasks: list[NewTask] = Field(default=[])
    tasks: list[TaskChange] = Field(default=[])
    plates: list[PlateChange] = Field(default=[])
    machines: list[MachineChange] = Field(default=[])
    raise_alarms: list[AlarmRaised] = Field(default=[])
    clear_alarms: list[AlarmCleared] = Field(default=[])
