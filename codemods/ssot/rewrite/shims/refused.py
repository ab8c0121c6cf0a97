"""Why one shim can't be made, as something that the helpers can raise."""

from __future__ import annotations


class NoShimError(Exception):
    """The path stays as it is, with the code and the reason."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
