import shutil
import tempfile
from pathlib import Path

import pytest
from django.conf import settings


@pytest.fixture(scope="module")
def reachable_folders():
    """Makes empty folders that PostgreSQL's user can get into; pytest's own are closed to that one."""
    made = []

    def make():
        folder = Path(tempfile.mkdtemp(dir=settings.CLINIC_DATA))
        folder.chmod(0o711)
        made.append(folder)
        return folder

    yield make
    for folder in made:
        shutil.rmtree(folder)


@pytest.fixture
def folder(reachable_folders):
    return reachable_folders()
