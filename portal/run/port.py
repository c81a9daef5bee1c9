"""The port that people reach Plein on: held before anything is started, so that two installations never share one."""

from __future__ import annotations

import errno
import socket
import sys

from portal.settings import BadSetting


def hold_port(host: str, port: int) -> socket.socket:
    """A socket that keeps the port for this process and its web processes for as long as it is open; it takes no
    connections itself. Raises BadSetting where the port is somebody else's, or the address can't be had."""
    holder = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind((host, port))
    except OSError as error:
        holder.close()
        raise BadSetting(_why(host, port, error)) from None
    if sys.platform != "linux":  # elsewhere web processes could not listen beside it: then it was only looked at
        holder.close()
        return holder
    # From now on only those share it who ask for that, as web processes do, and they have to be this user's; whoever
    # wants to hold it, too, binds it alone, and is refused.
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
    holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    return holder


def _why(host: str, port: int, error: OSError) -> str:
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return f"HOST: {host} is no address of this machine ({error.strerror}); set one that it has"
    if error.errno == errno.EACCES:
        return f"PORT: {port} is not for this user ({error.strerror}); set one above 1023"
    return f"PORT: {host}:{port} is taken ({error.strerror}); stop what is there, or set another"
