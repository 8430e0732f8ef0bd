"""RobotAppel over HTTP."""
