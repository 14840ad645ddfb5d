"""Bytes of files <-> rows and problems. Pure: no database, no clock, the same file gives the same answer."""
