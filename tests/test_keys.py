import base64
import stat

from clinic import keys


def test_secrets_are_made_once_and_only_for_their_owner(tmp_path):
    file = tmp_path / "secrets.env"

    first = keys.kept_secrets(file)
    second = keys.kept_secrets(file)

    assert first == second
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_a_secret_that_is_missing_is_added_and_the_others_stay(tmp_path):
    file = tmp_path / "secrets.env"
    file.write_text("SECRET_KEY=from-an-older-version=\n")

    secrets = keys.kept_secrets(file)

    assert secrets["SECRET_KEY"] == "from-an-older-version="
    assert len(base64.b64decode(secrets["ENCRYPTION_KEYS"])) == 32
    assert keys.kept_secrets(file) == secrets


def test_no_two_secrets_are_the_same():
    values = [*keys.new_secrets().values(), *keys.new_secrets().values()]

    assert len(set(values)) == len(values)
