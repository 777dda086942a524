"""What can be asked for by name, and is imported only then: it needs packages of the extra ``train``."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from botwarden.core.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Choice:
    """A class by its name in a module of `botwarden.learn`, and a line about it for help texts."""

    module: str
    cls: str
    text: str
    skips: tuple[str, ...] = ()
    """Statistics whose columns it does better without."""


def chosen(kind: str, name: str, choices: Mapping[str, Choice]) -> Any:
    """The class of that name; ``kind``: what it is one of, for messages.

    Raises ConfigError for a name that there is none of, and where the extra ``train`` is not installed.
    """
    choice = choices.get(name)
    if choice is None:
        raise ConfigError(f"there is no {kind} {name!r}; choose from {', '.join(choices)}")
    try:
        module = import_module(f"botwarden.learn.{choice.module}")
    except ModuleNotFoundError as error:
        missing = (error.name or "").split(".")[0]
        raise ConfigError(f"training needs {missing}, which is missing: pip install 'botwarden[train]'") from error
    return getattr(module, choice.cls)
