"""RobotAppel's call history (`/callHistory`, `/notes`): the calls, their batches, files of both, and the note."""
