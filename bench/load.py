"""Load: as many POSTs as a server answers, over kept connections, by `wrk` where it is installed, else by ourselves."""

import asyncio
import re
import shutil
import struct
import subprocess
import tempfile
import time
from collections.abc import Sequence
from math import nan
from pathlib import Path
from typing import Final, NamedTuple

# wrk's requests are made by Lua; ours are whole and lie in a file, each behind its length.
SCRIPT: Final = """
local requests, file, n = {}, io.open("%s", "rb"), 0
while true do
  local head = file:read(4)
  if not head then break end
  local a, b, c, d = head:byte(1, 4)
  requests[#requests + 1] = file:read(((a * 256 + b) * 256 + c) * 256 + d)
end
request = function() n = n %% #requests + 1; return requests[n] end
"""
MILLISECONDS: Final = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}


class Result(NamedTuple):
    """Requests a second that were answered 2xx, and percentiles of their time in milliseconds."""

    rate: float
    p50: float
    p99: float
    wrong: int


def request(path: str, headers: dict[str, str], body: bytes) -> bytes:
    """Return a POST as it goes over the wire."""
    lines = [f"POST {path} HTTP/1.1", "host: 127.0.0.1", f"content-length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def load(port: int, requests: Sequence[bytes], *, seconds: float, connections: int) -> Result:
    """Return what a server on *port* does while *connections* send *requests* as fast as they are answered."""
    if shutil.which("wrk"):
        return _wrk(port, requests, seconds=seconds, connections=connections)
    return asyncio.run(_ourselves(port, requests, seconds=seconds, connections=connections))


def _wrk(port: int, requests: Sequence[bytes], *, seconds: float, connections: int) -> Result:
    with tempfile.TemporaryDirectory() as directory:
        file, script = Path(directory) / "requests", Path(directory) / "wrk.lua"
        file.write_bytes(b"".join(struct.pack(">I", len(one)) + one for one in requests))
        script.write_text(SCRIPT % file)
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds:.0f}s", "--latency", "-s", str(script)]
        run = subprocess.run([*command, f"http://127.0.0.1:{port}"], capture_output=True, text=True, check=True)
    told = run.stdout
    wrong = sum(map(int, re.findall(r"Non-2xx or 3xx responses: (\d+)", told)))
    return Result(float(_found(r"Requests/sec:\s+(\S+)", told)), _time("50%", told), _time("99%", told), wrong)


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    if match is None:
        raise ValueError(text)
    return match[1]


def _time(percentile: str, told: str) -> float:
    match = re.search(rf"{percentile}\s+([\d.]+)(us|ms|s|m)\b", told)
    return float(match[1]) * MILLISECONDS[match[2]] if match else nan  # nothing was answered


async def _ourselves(port: int, requests: Sequence[bytes], *, seconds: float, connections: int) -> Result:
    until = time.perf_counter() + seconds
    times: list[float] = []
    wrong = 0

    async def sender(start: int) -> None:
        nonlocal wrong
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        number = start
        while (sent := time.perf_counter()) < until:
            number = (number + connections) % len(requests)
            writer.write(requests[number])
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(_found(r"content-length: (\d+)", head.decode().lower())))
            wrong += head[9:10] != b"2"
            times.append((time.perf_counter() - sent) * 1000)
        writer.close()

    await asyncio.gather(*(sender(number) for number in range(connections)))
    times.sort()
    return Result(len(times) / seconds, times[len(times) // 2], times[len(times) * 99 // 100], wrong)


def paced(port: int, requests: Sequence[bytes], *, seconds: float, rate: float, connections: int) -> Result:
    """Return what a server does at *rate* requests a second; time counts from when a request was due."""
    return asyncio.run(_paced(port, requests, seconds=seconds, rate=rate, connections=connections))


async def _paced(port: int, requests: Sequence[bytes], *, seconds: float, rate: float, connections: int) -> Result:
    due = time.perf_counter() + 0.1
    last = due + seconds
    times: list[float] = []
    wrong = 0

    async def sender(number: int) -> None:
        nonlocal wrong
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        at = due + number / rate
        while at < last:
            await asyncio.sleep(max(0.0, at - time.perf_counter()))
            writer.write(requests[number % len(requests)])
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(_found(r"content-length: (\d+)", head.decode().lower())))
            wrong += head[9:10] != b"2"
            times.append((time.perf_counter() - at) * 1000)
            number += connections
            at = due + number / rate
        writer.close()

    await asyncio.gather(*(sender(number) for number in range(connections)))
    times.sort()
    return Result(len(times) / seconds, times[len(times) // 2], times[len(times) * 99 // 100], wrong)
