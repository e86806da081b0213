-- One recipe on one event. File names are bytes on Linux and need not be UTF-8: names and keys are BLOBs.
CREATE TABLE runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  key BLOB NOT NULL UNIQUE,
  recipe TEXT NOT NULL,
  recipe_hash TEXT NOT NULL,
  event TEXT NOT NULL CHECK (event IN ('file', 'schedule', 'asked')),
  path BLOB,
  content TEXT,
  origin TEXT,
  due TEXT,
  state TEXT NOT NULL,
  reason TEXT,
  attempt INTEGER NOT NULL DEFAULT 0,
  interruptions INTEGER NOT NULL DEFAULT 0,
  place INTEGER NOT NULL UNIQUE,
  queued_at TEXT NOT NULL,
  not_before TEXT,
  started_at TEXT,
  finished_at TEXT,
  lane BLOB NOT NULL DEFAULT x'',
  dry INTEGER NOT NULL DEFAULT 0,
  approved INTEGER NOT NULL DEFAULT 0
);

-- The queue: each recipe's runs, lane by lane, in the order of their places. Kept small by holding only what is queued.
CREATE INDEX runs_queued ON runs (recipe, lane, place, not_before) WHERE state = 'queued';

CREATE INDEX runs_by_state ON runs (state, id);

CREATE INDEX runs_by_path ON runs (path, id);

CREATE INDEX runs_by_origin ON runs (recipe, origin, id);

-- When a recipe last had its turn in a lane (a watched folder), counted in turns: no busy folder starves another.
CREATE TABLE turns (
  recipe TEXT NOT NULL,
  lane BLOB NOT NULL,
  turn INTEGER NOT NULL,
  PRIMARY KEY (recipe, lane)
) WITHOUT ROWID;

CREATE INDEX turns_in_order ON turns (turn);

-- What happened, in the order in which it happened; seq never comes twice. Counts and timings, never contents.
CREATE TABLE steps (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  at TEXT NOT NULL,
  name TEXT NOT NULL,
  detail TEXT NOT NULL
);

CREATE INDEX steps_by_run ON steps (run, seq);

-- Changes to files: hashes, and the vault's names of both images. made: folders above the file that were not there.
-- source: where a moved file was, or what a copy or a second name is of. before and after of tags are hashes of the
-- attribute, NULL for none.
CREATE TABLE effects (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  deed TEXT NOT NULL CHECK (deed IN ('put', 'move', 'tags', 'copy', 'link')),
  kind TEXT NOT NULL,
  path BLOB NOT NULL,
  source BLOB,
  before TEXT,
  after TEXT,
  origin TEXT,
  before_image TEXT,
  after_image TEXT,
  mode INTEGER,
  before_mode INTEGER,
  before_mtime_ns INTEGER,
  made INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL CHECK (state IN ('intended', 'applied', 'reversing', 'abandoned', 'kept', 'undone')),
  UNIQUE (run, ordinal)
);

CREATE INDEX effects_by_content ON effects (after, path);

CREATE INDEX effects_by_path ON effects (path);

CREATE INDEX effects_by_source ON effects (source) WHERE source IS NOT NULL;

-- The moment up to which a recipe's schedule has been served.
CREATE TABLE cursors (
  recipe TEXT PRIMARY KEY,
  at TEXT NOT NULL
) WITHOUT ROWID;

-- Which recipe has looked at which folder for the first time.
CREATE TABLE enrolments (
  recipe TEXT NOT NULL,
  folder BLOB NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (recipe, folder)
) WITHOUT ROWID;

-- The files that were there before their recipe.
CREATE TABLE baseline (
  recipe TEXT NOT NULL,
  path BLOB NOT NULL,
  signature TEXT NOT NULL,
  PRIMARY KEY (recipe, path)
) WITHOUT ROWID;

CREATE INDEX baseline_by_signature ON baseline (recipe, signature);

-- What a file held when it was last read: only saves reading it again.
CREATE TABLE files (
  path BLOB PRIMARY KEY,
  size INTEGER NOT NULL,
  mtime_ns INTEGER NOT NULL,
  inode INTEGER NOT NULL,
  content TEXT NOT NULL
) WITHOUT ROWID;

-- What a run was asked, answered and planned, by the vault's names of it: for `show`, `review` and `run --apply-last`.
CREATE TABLE kept (
  run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  ordinal INTEGER NOT NULL,
  image TEXT NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (run, name, ordinal)
) WITHOUT ROWID;

CREATE INDEX kept_by_image ON kept (image);

-- What was told to a person, by the vault's names of the words; number never comes twice. Without an image it is that
-- the run failed.
CREATE TABLE notices (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  recipe TEXT NOT NULL,
  image TEXT NOT NULL,
  at TEXT NOT NULL
);

CREATE INDEX notices_by_run ON notices (run);

CREATE INDEX notices_by_image ON notices (image);

-- What is to be known of the journal as a whole.
CREATE TABLE meta (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;
