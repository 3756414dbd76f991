"""Reading the data files of this room."""

from importlib import resources
from typing import Any

import yaml

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(text: str) -> Any:
    """A YAML text, by the fast loader where there is one; plain values only."""
    return yaml.load(text, Loader=_Loader)  # noqa: S506  (both loaders are the safe ones)


def read_data(name: str) -> Any:
    """The YAML file of that name next to this file."""
    return read_yaml(resources.files(__package__).joinpath(name).read_text("utf-8"))
