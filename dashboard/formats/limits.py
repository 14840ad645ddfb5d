"""How much a file may hold. One place, so that the reader, its child process and the words agree."""

#: Bytes of a file as it comes.
FILE_BYTES = 50 * 1024 * 1024
#: Bytes of a workbook's parts unpacked, how many parts, and how much one part may grow.
UNPACKED_BYTES = 50 * 1024 * 1024
MEMBERS = 1_000
RATIO = 100
#: Parts smaller than this may grow as they like: they do no harm.
RATIO_FREE_BYTES = 1024 * 1024
ROWS = 200_000
COLUMNS = 300
CELLS = 5_000_000
#: Characters in a cell that are kept as they are; more is refused.
CELL_CHARACTERS = 20_000
#: Bytes of one line of a CSV file.
LINE_BYTES = 1024 * 1024
FEATURES = 100_000
#: Points of one polygon, and of a file.
VERTICES = 20_000
ALL_VERTICES = 2_000_000
#: The child process that reads: memory in bytes, seconds of processor, seconds by the clock, bytes it may answer.
MEMORY_BYTES = 1024 * 1024 * 1024
CPU_SECONDS = 60
WALL_SECONDS = 90
ANSWER_BYTES = 256 * 1024 * 1024
#: A problem or plan file of the matching: bytes, and values (each list, object, number, word) in it.
MATCH_FILE_BYTES = 128 * 1024 * 1024
MATCH_FILE_VALUES = 24_000_000
