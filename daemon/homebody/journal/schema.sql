CREATE TABLE runs (
  id INTEGER PRIMARY KEY,
  recipe TEXT NOT NULL,
  recipe_hash TEXT NOT NULL,
  event TEXT NOT NULL CHECK (event IN ('file', 'schedule', 'asked')),
  key TEXT NOT NULL UNIQUE,
  path TEXT,
  content TEXT,
  origin TEXT,
  due TEXT,
  state TEXT NOT NULL,
  reason TEXT,
  attempt INTEGER NOT NULL DEFAULT 0,
  queued_at TEXT NOT NULL,
  not_before TEXT NOT NULL,
  started_at TEXT,
  finished_at TEXT
);

CREATE INDEX runs_by_state ON runs (state, not_before, id);

CREATE INDEX runs_by_path ON runs (path);

CREATE INDEX runs_by_origin ON runs (recipe, origin);

CREATE TABLE steps (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  at TEXT NOT NULL,
  name TEXT NOT NULL,
  detail TEXT NOT NULL
);

CREATE INDEX steps_by_run ON steps (run, seq);

CREATE TABLE effects (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  kind TEXT NOT NULL,
  path TEXT NOT NULL,
  before TEXT,
  after TEXT NOT NULL,
  origin TEXT,
  before_image TEXT,
  after_image TEXT NOT NULL,
  mode INTEGER,
  state TEXT NOT NULL CHECK (state IN ('intended', 'applied', 'abandoned', 'undone')),
  UNIQUE (run, ordinal)
);

CREATE INDEX effects_by_path ON effects (path, after);

CREATE TABLE cursors (
  recipe TEXT PRIMARY KEY,
  at TEXT NOT NULL
);

CREATE TABLE enrolments (
  recipe TEXT NOT NULL,
  folder TEXT NOT NULL,
  at TEXT NOT NULL,
  PRIMARY KEY (recipe, folder)
);

CREATE TABLE baseline (
  recipe TEXT NOT NULL,
  path TEXT NOT NULL,
  signature TEXT NOT NULL,
  PRIMARY KEY (recipe, path)
) WITHOUT ROWID;

CREATE TABLE files (
  path TEXT PRIMARY KEY,
  size INTEGER NOT NULL,
  mtime_ns INTEGER NOT NULL,
  inode INTEGER NOT NULL,
  content TEXT NOT NULL
) WITHOUT ROWID;
