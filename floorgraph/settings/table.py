"""What all tables of the configuration have in common."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationInfo


class Table(BaseModel):
    """A table whose keys are known, whose values never change and are never repeated in messages."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, use_attribute_docstrings=True
    )


def _beside(value: Path, info: ValidationInfo) -> Path:
    return Path((info.context or {}).get("folder", "")) / value


PathBeside = Annotated[Path, AfterValidator(_beside)]
"""A path; relative ones count from the folder of the configuration file."""
