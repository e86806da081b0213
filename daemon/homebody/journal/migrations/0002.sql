ALTER TABLE runs ADD COLUMN lane BLOB NOT NULL DEFAULT x'';

ALTER TABLE runs ADD COLUMN dry INTEGER NOT NULL DEFAULT 0;

ALTER TABLE runs ADD COLUMN approved INTEGER NOT NULL DEFAULT 0;

DROP INDEX runs_queued;

CREATE INDEX runs_queued ON runs (recipe, lane, place, not_before) WHERE state = 'queued';

ALTER TABLE turns RENAME TO turns_before;

DROP INDEX turns_in_order;

-- When a recipe last had its turn in a lane (a watched folder), counted in turns: no busy folder starves another.
CREATE TABLE turns (
  recipe TEXT NOT NULL,
  lane BLOB NOT NULL,
  turn INTEGER NOT NULL,
  PRIMARY KEY (recipe, lane)
) WITHOUT ROWID;

CREATE INDEX turns_in_order ON turns (turn);

INSERT INTO turns (recipe, lane, turn) SELECT recipe, x'', turn FROM turns_before;

DROP TABLE turns_before;

ALTER TABLE effects RENAME TO effects_before;

DROP INDEX effects_by_content;

DROP INDEX effects_by_path;

-- Changes to files: hashes, and the vault's names of both images. made: folders above the file that were not there.
-- source: where a moved file was. before and after of tags are hashes of the attribute, NULL for none.
CREATE TABLE effects (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  ordinal INTEGER NOT NULL,
  deed TEXT NOT NULL CHECK (deed IN ('put', 'move', 'tags')),
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

INSERT INTO effects (id, run, ordinal, deed, kind, path, before, after, origin, before_image, after_image, mode,
  before_mode, made, state)
SELECT id, run, ordinal, 'put', kind, path, before, after, origin, before_image, after_image, mode, before_mode, made,
  state
FROM effects_before;

DROP TABLE effects_before;

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

-- What is to be known of the journal as a whole.
CREATE TABLE meta (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;
