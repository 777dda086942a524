"""The few exceptions of ours. Each stands for something that a user can mend; its text is one line."""


class ConfigError(ValueError):
    """A setting, option or argument that cannot be used."""


class CaptureError(ValueError):
    """A file that is not a capture we can read, or one of whose link types none can be decoded."""


class SchemaMismatch(ValueError):
    """Feature rows of one schema met a consumer of another."""


class DataError(ValueError):
    """A table whose columns or values cannot be used; says the file, and the row and column where it is about one."""


class ModelError(ValueError):
    """A file that is no model, was changed after it was written, or needs a newer version of botwarden."""
