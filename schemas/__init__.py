"""The words and shapes that two packages share: plain values, no I/O, nothing of ours imported from outside."""
