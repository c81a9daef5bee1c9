"""Where files lie: nowhere but in the store."""

import pytest

from portal.files.store import path_of, remove
from portal.settings import settings


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "../../secret_key", "ab/../../x", "", "A" * 32, "a" * 31, "a" * 32 + "\n"]
)
def test_a_name_that_the_store_never_gave_is_nowhere(name):
    with pytest.raises(FileNotFoundError):
        path_of(name)
    with pytest.raises(FileNotFoundError):
        remove(name)


def test_its_own_names_are_within_it():
    assert path_of("0123456789abcdef" * 2).is_relative_to(settings().files_folder)
