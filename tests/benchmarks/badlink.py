"""Two network namespaces with a bad line between them: real packets, delayed, jittered and lost by this process.

For kernels without tc's netem. Needs root and /dev/net/tun. One-way delay is uniform in delay ± jitter, order is kept.

    python -m tests.benchmarks.badlink NAME DELAY_MS JITTER_MS LOSS     until standard input closes
"""

import ctypes
import fcntl
import heapq
import os
import random
import select
import struct
import subprocess
import sys
import time
from pathlib import Path

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 1, 0x1000
CLONE_NEWNET = 0x40000000
ADDRESSES = ("10.77.0.1", "10.77.0.2")


def end_of_line(name: str, address: str) -> int:
    """A namespace with one interface; what it sends can be read from the descriptor."""
    subprocess.run(["ip", "netns", "add", name], check=True)
    with Path(f"/run/netns/{name}").open() as namespace:
        if ctypes.CDLL(None, use_errno=True).setns(namespace.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")
    tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH22x", b"line", IFF_TUN | IFF_NO_PI))
    for command in (f"addr add {address}/24 dev line", "link set line up", "link set lo up"):
        subprocess.run(["ip", *command.split()], check=True)
    return tun


def carry(ends: list[int], delay: float, jitter: float, loss: float) -> None:
    chance = random.Random(1975)
    waiting: list[tuple[float, int, int, bytes]] = []  # when it is due, its number, the end it goes to
    due = [0.0, 0.0]
    number = 0
    while True:
        pause = max(0.0, waiting[0][0] - time.monotonic()) if waiting else None
        ready, _w, _x = select.select([*ends, sys.stdin], [], [], pause)
        if sys.stdin in ready:
            return
        for end in ready:
            to = 1 - ends.index(end)
            packet = os.read(end, 65536)
            if chance.random() >= loss:
                due[to] = max(due[to], time.monotonic() + delay + chance.uniform(-jitter, jitter))
                heapq.heappush(waiting, (due[to], number, to, packet))
                number += 1
        while waiting and waiting[0][0] <= time.monotonic():
            _due, _number, to, packet = heapq.heappop(waiting)
            os.write(ends[to], packet)


def main(name: str, delay: str, jitter: str, loss: str) -> None:
    names = [f"{name}-{i}" for i in (1, 2)]
    try:
        ends = [end_of_line(*pair) for pair in zip(names, ADDRESSES, strict=True)]
        print("ready", flush=True)
        carry(ends, float(delay) / 1000, float(jitter) / 1000, float(loss))
    finally:
        for one in names:
            subprocess.run(["ip", "netns", "del", one], check=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
