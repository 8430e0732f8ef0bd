"""`python -m tests.servers kafka|mongo`: start one, say where it listens, end it with Ctrl-C."""

import signal
import sys

from tests.servers.hosts import NotStarted
from tests.servers.shared import KINDS

if len(sys.argv) != 2 or sys.argv[1] not in KINDS:
    sys.exit(f"usage: python -m tests.servers {'|'.join(KINDS)}")
try:
    with KINDS[sys.argv[1]]() as server:
        waited = {signal.SIGINT, signal.SIGTERM}
        signal.pthread_sigmask(signal.SIG_BLOCK, waited)  # who reads the address may end us at once
        print(server.address, flush=True)
        signal.sigwait(waited)
except NotStarted as error:
    sys.exit(str(error))
