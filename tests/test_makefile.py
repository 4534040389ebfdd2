import shutil
import subprocess

import pytest
from django.conf import settings


@pytest.fixture
def clone(tmp_path):
    """What `make` needs of a fresh clone, on a machine that has a shell and little else."""
    for name in ("Makefile", "requirements-dev.txt"):
        shutil.copy(settings.BASE_DIR / name, tmp_path)
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "sh").symlink_to(shutil.which("sh"))
    return tmp_path


def run(clone, *arguments):
    environment = {"PATH": str(clone / "bin")}
    return subprocess.run(
        [shutil.which("make"), *arguments], check=False, cwd=clone, env=environment, capture_output=True, text=True
    )


def pretend(clone, name, code):
    program = clone / "bin" / name
    program.write_text(f"#!/bin/sh\n{code}\n")
    program.chmod(0o755)


def test_missing_python_is_said_in_one_line(clone):
    result = run(clone, "run")

    assert result.returncode == 2
    assert result.stderr.splitlines()[0] == "Python is missing: install Python 3.11 or newer."


def test_a_python_that_is_too_old_does_not_count(clone):
    pretend(clone, "python3", "exit 1")

    assert "Python is missing" in run(clone, "run").stderr


def test_a_python_without_venv_is_said_in_one_line(clone):
    pretend(clone, "python3", 'case "$2" in *version_info*) exit 0;; *) exit 1;; esac')

    result = run(clone, "run")

    assert result.returncode == 2
    assert result.stderr.splitlines()[0].startswith("Python's venv module is missing")
