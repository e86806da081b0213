ALTER TABLE effects RENAME TO effects_before;

DROP INDEX effects_by_content;

DROP INDEX effects_by_path;

DROP INDEX effects_by_source;

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

INSERT INTO effects (id, run, ordinal, deed, kind, path, source, before, after, origin, before_image, after_image, mode,
  before_mode, before_mtime_ns, made, state)
SELECT id, run, ordinal, deed, kind, path, source, before, after, origin, before_image, after_image, mode,
  before_mode, before_mtime_ns, made, state
FROM effects_before;

DROP TABLE effects_before;

-- What was told to a person, by the vault's names of the words; number never comes twice.
CREATE TABLE notices (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  run INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  recipe TEXT NOT NULL,
  image TEXT NOT NULL,
  at TEXT NOT NULL
);

CREATE INDEX notices_by_run ON notices (run);

CREATE INDEX notices_by_image ON notices (image);
