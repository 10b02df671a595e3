"""What a catalog holds, and how an older one becomes a newer one."""

from __future__ import annotations

from typing import Final

# "Kits", so that a catalog is never taken for another program's database, nor the reverse.
APPLICATION_ID: Final = 0x4B697473

_FIRST: Final = """
-- Folders that the user gave us. `device` tells a drive from the empty folder that it is mounted
-- on; `unsupported` counts files of formats that nobody here can read, by extension, as JSON.
CREATE TABLE roots (
    id INTEGER PRIMARY KEY,
    path BLOB NOT NULL UNIQUE,
    device INTEGER,
    excludes TEXT NOT NULL DEFAULT '[]',
    unsupported TEXT NOT NULL DEFAULT '{}',
    scanned_at REAL,
    is_online INTEGER NOT NULL DEFAULT 1
) STRICT;

-- `path` is below the root; '' is the root itself.
CREATE TABLE folders (
    id INTEGER PRIMARY KEY,
    root INTEGER NOT NULL REFERENCES roots ON DELETE CASCADE,
    path BLOB NOT NULL,
    UNIQUE (root, path)
) STRICT;

-- `content` is the identity of the stored audio, `whole` that of a large file read to its end,
-- known only where another file is alike. Times are in s, levels in dB of full scale.
CREATE TABLE samples (
    id INTEGER PRIMARY KEY,
    folder INTEGER NOT NULL REFERENCES folders ON DELETE CASCADE,
    name BLOB NOT NULL,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    state INTEGER NOT NULL,
    is_link INTEGER NOT NULL,
    added_at REAL NOT NULL,
    name_says INTEGER,
    content BLOB,
    whole BLOB,
    encoding TEXT,
    sample_rate INTEGER,
    channels INTEGER,
    is_stereo INTEGER,
    bit_depth INTEGER,
    duration_s REAL,
    start_s REAL,
    peak_dbfs REAL,
    rms_dbfs REAL,
    descriptors BLOB,
    centroid_hz REAL,
    root_hz REAL,
    root_confidence REAL,
    UNIQUE (folder, name)
) STRICT;
CREATE INDEX samples_by_content ON samples (content) WHERE content IS NOT NULL;
CREATE INDEX samples_in_work ON samples (state) WHERE state <> 1;

CREATE TABLE models (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    threshold REAL NOT NULL,
    UNIQUE (name, version)
) STRICT;

-- `probabilities` are six float32, `embedding` a float32 and so many bytes (see blobs.py).
CREATE TABLE predictions (
    sample INTEGER PRIMARY KEY REFERENCES samples ON DELETE CASCADE,
    model INTEGER NOT NULL REFERENCES models,
    label INTEGER NOT NULL,
    confidence REAL NOT NULL,
    kind INTEGER,
    probabilities BLOB NOT NULL,
    embedding BLOB
) STRICT;

-- What the user said. It belongs to the sound, and outlives the file that it was said of.
CREATE TABLE corrections (
    content BLOB PRIMARY KEY,
    label INTEGER NOT NULL,
    made_at REAL NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE tags (
    content BLOB NOT NULL,
    tag TEXT NOT NULL,
    PRIMARY KEY (content, tag)
) STRICT, WITHOUT ROWID;
CREATE TABLE comments (
    content BLOB PRIMARY KEY,
    comment TEXT NOT NULL
) STRICT, WITHOUT ROWID;
-- A favourite is this file and not its copies.
CREATE TABLE favourites (
    path BLOB PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- Of samples that cannot be read; and of what is no sample: folders, links that lead nowhere.
CREATE TABLE problems (
    sample INTEGER PRIMARY KEY REFERENCES samples ON DELETE CASCADE,
    sentence TEXT NOT NULL
) STRICT;
CREATE TABLE obstacles (
    path BLOB PRIMARY KEY,
    root INTEGER NOT NULL REFERENCES roots ON DELETE CASCADE,
    sentence TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What is searched: folder and name, then tags and comment, case-folded.
CREATE TABLE texts (
    sample INTEGER PRIMARY KEY REFERENCES samples ON DELETE CASCADE,
    text TEXT NOT NULL
) STRICT;
CREATE VIRTUAL TABLE trigrams USING fts5 (
    text, content = 'texts', content_rowid = 'sample', tokenize = 'trigram case_sensitive 1',
    columnsize = 0
);
CREATE TRIGGER texts_added AFTER INSERT ON texts BEGIN
    INSERT INTO trigrams (rowid, text) VALUES (new.sample, new.text);
END;
CREATE TRIGGER texts_removed AFTER DELETE ON texts BEGIN
    INSERT INTO trigrams (trigrams, rowid, text) VALUES ('delete', old.sample, old.text);
END;
CREATE TRIGGER texts_changed AFTER UPDATE ON texts BEGIN
    INSERT INTO trigrams (trigrams, rowid, text) VALUES ('delete', old.sample, old.text);
    INSERT INTO trigrams (rowid, text) VALUES (new.sample, new.text);
END;
"""

_SECOND: Final = """
-- Plans that were applied, and how far: from here they are undone, or finished after a crash.
-- `state` is 0 while it is open. `root` is the folder of the library that it has added.
CREATE TABLE batches (
    id INTEGER PRIMARY KEY,
    made_at REAL NOT NULL,
    mode TEXT NOT NULL,
    destination BLOB NOT NULL,
    template TEXT NOT NULL,
    removes_emptied INTEGER NOT NULL,
    state INTEGER NOT NULL DEFAULT 0,
    undoes INTEGER REFERENCES batches,
    root INTEGER
) STRICT;

-- `size` and `mtime_ns` are those of the file that the step is for. Once it has been copied,
-- `made_...` tells the copy from another file of its name. `before` is what a tag has replaced.
CREATE TABLE steps (
    id INTEGER PRIMARY KEY,
    batch INTEGER NOT NULL REFERENCES batches ON DELETE CASCADE,
    act INTEGER NOT NULL,
    source BLOB NOT NULL,
    target BLOB NOT NULL,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    reason TEXT NOT NULL,
    sample INTEGER,
    leader INTEGER,
    state INTEGER NOT NULL DEFAULT 0,
    sentence TEXT,
    made_device INTEGER,
    made_number INTEGER,
    made_mtime_ns INTEGER,
    before TEXT
) STRICT;
CREATE INDEX steps_by_batch ON steps (batch);

-- Folders that a batch makes (`role` 1), that it may empty (2), or that it has emptied and removed
-- (0): with what they were like before, and what systems leave in them, as JSON.
CREATE TABLE batch_folders (
    batch INTEGER NOT NULL REFERENCES batches ON DELETE CASCADE,
    path BLOB NOT NULL,
    role INTEGER NOT NULL,
    mode INTEGER,
    mtime_ns INTEGER,
    junk TEXT,
    PRIMARY KEY (batch, path)
) STRICT, WITHOUT ROWID;
"""

_THIRD: Final = """
-- Samples drawn at random that the user listened to: how many the model was right about, in all
-- and by what it had called them, as JSON.
CREATE TABLE checks (
    id INTEGER PRIMARY KEY,
    made_at REAL NOT NULL,
    asked INTEGER NOT NULL,
    right INTEGER NOT NULL,
    by_label TEXT NOT NULL
) STRICT;
"""

# Each brings a catalog from the version that is its position to the next. What is written here
# has been out in the world: it is never changed, only added to.
MIGRATIONS: Final = (_FIRST, _SECOND, _THIRD)
