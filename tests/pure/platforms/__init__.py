"""What is particular to a platform: its vendor's own signatures, its words, its oddities."""
