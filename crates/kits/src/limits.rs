//! How much a kit may hold. Whatever is larger is refused by name and number.

/// Bytes of one file. A file is read at most one byte further.
pub const MAX_FILE: u64 = 16 * MIB;
/// Bytes of all text files of a kit together.
pub const MAX_TOTAL: u64 = 64 * MIB;
/// Bytes of one line.
pub const MAX_LINE: usize = 1 << 20;
/// Files and folders of a kit, or entries of an archive.
pub const MAX_ENTRIES: usize = 10_000;
/// Bytes of an uploaded archive.
pub const MAX_ARCHIVE: u64 = 32 * MIB;
/// How many times larger an archive's entry may become when it is inflated.
pub const MAX_RATIO: u64 = 100;
/// Entries up to this many bytes are not held to [`MAX_RATIO`]: a file of blank lines is no bomb.
pub const RATIO_FREE: u64 = 256 * 1024;
/// Folders in each other.
pub const MAX_FOLDERS: usize = 32;
/// Bytes of one part of a path inside an archive; longer ones get a safe name.
pub const MAX_NAME: usize = 255;
/// Characters of a title. The full text is kept in the description.
pub const MAX_TITLE: usize = 255;
/// Characters of the name of a detail of access.
pub const MAX_DETAIL: usize = 60;
/// Tasks and subtasks of one kit.
pub const MAX_TASKS: usize = 20_000;
/// Times that a task waits for another one, in one kit.
pub const MAX_DEPENDENCIES: usize = 20_000;
/// Rows of a CSV file.
pub const MAX_ROWS: usize = 50_000;
/// Story points of one story; more is a mistake.
pub const MAX_POINTS: f64 = 1_000.0;
/// Lines of one file that are named one by one for the same reason; the rest is counted.
pub const MAX_NAMED_LINES: usize = 20;

const MIB: u64 = 1 << 20;
