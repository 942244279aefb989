"""What a process that reads strangers' bytes may do: hardly anything (edge).

Two fences, of which either would do for most: limits of the kernel, which hold for C libraries too, and Python's audit
events (PEP 578), which name what is refused. Limits that a system does not have are passed over.
"""

from __future__ import annotations

import os
import sys
from typing import Any

FILES = 32  # open at once: the connection, and what an import or a model's file takes for a moment
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
# Audit events by their beginnings (docs.python.org, library/audit_events): the network, processes, signals, other
# code than Python's, changes of the disk.
_REFUSED = (
    "socket.", "urllib.Request", "http.client.", "ftplib.", "smtplib.", "imaplib.", "poplib.", "nntplib.", "telnetlib.",
    "webbrowser.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.system", "os.startfile",
    "pty.", "os.kill", "os.killpg", "signal.pthread_kill", "ctypes.", "pickle.", "sqlite3.", "os.chflags", "os.chmod",
    "os.chown", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.symlink", "os.truncate", "os.utime",
    "os.setxattr", "os.removexattr", "shutil.", "tempfile.", "resource.", "fcntl.", "syslog.",
    "sys.remote_exec", "cpython.remote_debugger",
)  # fmt: skip


def confine(memory: int) -> None:
    """Give up, for good, what reading does not need. `memory`: bytes of data that this process may have.

    What is refused raises PermissionError, and MemoryError where memory is. Modules can still be imported and files
    read.
    """
    import ctypes  # noqa: F401  (numpy imports it, and what it does then is refused afterwards)

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
        with open("/proc/self/statm", "rb") as file:
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
        _, mode, flags = arguments
        if (isinstance(mode, str) and set(mode) & set("wax+")) or (isinstance(flags, int) and flags & _WRITES):
            raise PermissionError(f"not granted to what reads strangers' texts: {event} to write")
    elif event.startswith(_REFUSED):
        raise PermissionError(f"not granted to what reads strangers' texts: {event}")
