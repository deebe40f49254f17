import socket


def free_port(preferred: int | None = None) -> int:
    """A TCP port that is free on loopback: the preferred one if it can be had."""
    for wanted in (preferred or 0, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", wanted))
            except OSError:
                continue
            port: int = probe.getsockname()[1]
            return port
    raise OSError("no free port on loopback")
