"""What a process that reads strangers' bytes may do: hardly anything (edge).

Two fences: limits of the kernel, which hold for C libraries too, and Python's audit events (PEP 578), which name what
is refused. Limits that a system does not have are passed over.

The second is one against what a library can be talked into, and not against machine code that has taken over: what a C
library opens or connects by itself raises no event (lxml's own input is a string or bytes, and libxml2 is told to load
nothing else), and neither do os.mkfifo, os.mknod and os.readlink, nor what looks at a file's name or size.
"""

from __future__ import annotations

import os
import sys
import zoneinfo
from importlib.machinery import all_suffixes
from typing import Any

FILES = 32  # open at once: the connection, and what an import or a model's file takes for a moment
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
# Audit events by their beginnings (docs.python.org, library/audit_events): the network, processes, signals, other
# code than Python's, changes of the disk.
_REFUSED = (
    "socket.", "urllib.Request", "http.client.", "ftplib.", "smtplib.", "imaplib.", "poplib.", "nntplib.", "telnetlib.",
    "webbrowser.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.system", "os.startfile",
    "pty.", "os.kill", "os.killpg", "signal.pthread_kill", "ctypes.", "pickle.", "sqlite3.", "os.chdir", "os.chflags",
    "os.chmod", "os.chown", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.symlink", "os.truncate",
    "os.utime", "os.setxattr", "os.removexattr", "shutil.", "tempfile.", "resource.", "fcntl.", "syslog.",
    "sys.remote_exec", "cpython.remote_debugger",
)  # fmt: skip
_CODE = tuple(all_suffixes())
_OWN_SIZE = "/proc/self/statm"
_granted: tuple[str, ...] = ()  # folders, each with a slash behind it, of which everything may be read
_searched: tuple[str, ...] = ()  # folders of which packages and modules may be read


def confine(memory: int) -> None:
    """Give up, for good, what reading does not need. `memory`: bytes of data that this process may have.

    What is refused raises PermissionError, and MemoryError where memory is. Modules can still be imported, and files be
    read of what is installed: Python, its packages, the zones of time. Nothing else can be: no configuration, no store,
    no key, and of /proc, where the environment of the parent stands, nothing but the size of this process.
    """
    import ctypes  # noqa: F401  (numpy imports it, and what it does then is refused afterwards)

    global _granted, _searched
    installed = [each for each in sys.path if os.path.basename(each) in ("site-packages", "dist-packages")]
    prefixes = (sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix, sys.pycache_prefix or "")
    _granted = _folders(*prefixes, *installed, *zoneinfo.TZPATH)
    _searched = _folders(*sys.path)
    sys.dont_write_bytecode = True
    _limit("RLIMIT_DATA", memory)  # Linux: private writable memory, that of mmap included (since 4.7); see getrlimit(2)
    _limit("RLIMIT_FSIZE", 0)
    _limit("RLIMIT_CORE", 0)
    _limit("RLIMIT_NOFILE", FILES)
    _limit("RLIMIT_NPROC", 0)  # no further process or thread; the superuser is not held by it
    sys.addaudithook(_judge)


def held() -> int:
    """Give the bytes of data that this process has now, of what `confine` grants; 0 where the system does not tell."""
    try:
        with open(_OWN_SIZE, "rb") as file:
            return int(file.read().split()[5]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def _limit(name: str, value: int) -> None:
    import resource

    limit = getattr(resource, name, None)
    if limit is None:
        return
    try:
        hard = resource.getrlimit(limit)[1]
        least = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (least, least))
    except (OSError, ValueError):  # macOS refuses some values
        pass


def _judge(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open":
        path, mode, flags = arguments
        if (isinstance(mode, str) and set(mode) & set("wax+")) or (isinstance(flags, int) and flags & _WRITES):
            raise PermissionError(f"not granted to what reads strangers' texts: {event} to write")
        if not _may_read(path):
            raise PermissionError("not granted to what reads strangers' texts: open what is not installed")
    elif event.startswith(_REFUSED):
        raise PermissionError(f"not granted to what reads strangers' texts: {event}")


def _folders(*paths: str) -> tuple[str, ...]:
    """Give folders as they are named and as they are, but not the root of all."""
    named = (each.rstrip(os.sep) + os.sep for path in paths if path for each in (path, os.path.realpath(path)))
    return tuple(dict.fromkeys(each for each in named if each != os.sep))


def _may_read(path: str | bytes | os.PathLike[str] | int) -> bool:
    """Tell whether a file is one that is open already, or one of what is installed."""
    if isinstance(path, int) or path == _OWN_SIZE:
        return True
    named = os.fsdecode(path)
    real = os.path.realpath(named)
    # A relative path may start from another folder than this process's (`dir_fd`), which its event does not tell.
    if not os.path.isabs(named) or real.startswith("/proc/"):
        return False
    # Installers may link a package to a cache; where a path goes up again, what it names is not where it leads.
    return _is_installed(real) or (os.pardir not in named.split(os.sep) and _is_installed(named))


def _is_installed(path: str) -> bool:
    if path.startswith(_granted) or path in (os.devnull, "/dev/urandom"):
        return True
    for folder in _searched:
        if path.startswith(folder):
            first, _, rest = path[len(folder) :].partition(os.sep)
            if path.endswith(_CODE) or (rest and os.path.isfile(os.path.join(folder, first, "__init__.py"))):
                return True
    # a module path may name an archive
    return path + os.sep in _searched and os.path.isfile(path)
