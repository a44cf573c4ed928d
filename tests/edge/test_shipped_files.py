"""What comes with the engine is found in a checkout."""

from pathlib import Path

import pytest

from engine.edge.shipped_files import NotShipped, _first_folder, playbook_folder, snippet_folder


def test_snippet_and_playbook_of_this_checkout_are_found() -> None:
    assert (snippet_folder() / "s.js").is_file()
    assert list(playbook_folder().glob("*.yaml"))


def test_files_that_are_nowhere_are_told() -> None:
    with pytest.raises(NotShipped, match="none of /nowhere is there, expected files that come with the engine"):
        _first_folder(Path("/nowhere"))
