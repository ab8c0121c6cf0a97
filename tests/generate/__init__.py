"""Random whole packages that run, and a way to run them quickly."""

import tempfile

from hypothesis.configuration import set_hypothesis_home_dir

set_hypothesis_home_dir(f"{tempfile.gettempdir()}/ssot-hypothesis")  # pytest refuses to start beside `.hypothesis`
