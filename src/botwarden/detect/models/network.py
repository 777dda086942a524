"""`Network`: a network of a model at work in ONNX Runtime."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from botwarden.core.errors import ModelError
from botwarden.core.text import printable
from botwarden.detect.models.largest import mean_of_largest, without_largest

if TYPE_CHECKING:
    from onnxruntime import InferenceSession


class Network:
    """Made of bytes, when it is first used; it reads no file and starts no threads but those asked for.

    Not all of what it gives comes from ONNX Runtime: see `botwarden.detect.models.largest`. Not to be used by several
    threads at once.
    """

    def __init__(self, onnx: bytes, name: str, width: int, outputs: dict[str, int | None], threads: int = 1) -> None:
        """``name``: of its part, for messages; ``width``: columns of its input ``x``.

        outputs : what it has to give, with the number of columns; None: one number per row
        """
        self._onnx = onnx
        self._name = name
        self._width = width
        self._outputs = outputs
        self._threads = threads
        self._session: InferenceSession | None = None
        self._top = 0  # of so many largest errors the score is the mean; 0: ONNX Runtime works it out

    def run(self, output: str, x: NDArray[np.float32]) -> NDArray[np.float32]:
        """float32[n] or [n, columns]: an output for ``x``: float32[n, width]. Raises ModelError where it fails."""
        session = self.open()
        if self._top and output == "score":
            return mean_of_largest(self._given(session, "errors", self._width, x), self._top)
        return self._given(session, output, self._outputs[output], x)

    def _given(
        self, session: "InferenceSession", output: str, columns: int | None, x: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        try:
            (found,) = session.run([output], {"x": x})
        except Exception as error:  # whatever ONNX Runtime raises
            raise self._unusable(_line(error)) from error
        if not isinstance(found, np.ndarray) or found.shape != ((len(x),) if columns is None else (len(x), columns)):
            raise self._unusable(f"its output '{output}' has the wrong shape")
        return found

    def open(self) -> "InferenceSession":
        """Load the network, unless it is. Raises ModelError for one that cannot be used."""
        if self._session is None:
            self._session = self._load()
        return self._session

    def _load(self) -> "InferenceSession":
        import onnxruntime  # noqa: PLC0415 - slow to load, and most commands need no model

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 4  # what goes wrong is raised
        onnx, top = without_largest(self._onnx)
        if top > self._width:
            raise self._unusable("its score is of more errors than it has")
        try:
            session = onnxruntime.InferenceSession(onnx, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # whatever ONNX Runtime raises
            raise self._unusable(_line(error)) from error
        inputs = {one.name: (one.type, list(one.shape)[1:]) for one in session.get_inputs()}
        if inputs != {"x": ("tensor(float)", [self._width])}:
            raise self._unusable(f"its input is not 'x' with {self._width} columns")
        given = {one.name: one.type for one in session.get_outputs()}
        for output in {"errors"} if top else self._outputs:
            if given.get(output) != "tensor(float)":
                raise self._unusable(f"it has no output '{output}'")
        self._top = top
        return session

    def _unusable(self, why: str) -> ModelError:
        return ModelError(f"the network '{printable(self._name, 64)}' cannot be used: {why}")


def _line(error: Exception) -> str:
    return printable(" ".join(str(error).split()), 200)
