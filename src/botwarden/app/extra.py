"""What the extra ``train`` brings: asked for before long work, not at its end."""

from importlib.util import find_spec

from botwarden.core.errors import ConfigError

TRAINING = ("torch", "sklearn", "onnx")
DRAWING = ("matplotlib",)
EXPLAINING = ("lime",)


def need_extra(what: str, *packages: str) -> None:
    """Raise ConfigError where a package that ``what`` needs is not installed."""
    missing = [name for name in packages if find_spec(name) is None]
    if missing:
        raise ConfigError(f"{what} needs {', '.join(missing)}: pip install 'botwarden[train]'")
