"""Toolzz: voice call logs of a unit, searched and one by one."""
