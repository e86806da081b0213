-- name: enqueue
INSERT INTO runs (recipe, recipe_hash, event, key, path, content, origin, due, state, queued_at, not_before)
VALUES (:recipe, :recipe_hash, :event, :key, :path, :content, :origin, :due, 'queued', :now, :now)
ON CONFLICT (key) DO NOTHING
RETURNING id;

-- name: claim
-- Fair: of the recipes that have something to do, the one whose last start lies longest ago; of its runs, the oldest.
UPDATE runs SET state = 'running', reason = NULL, attempt = attempt + 1, started_at = :now
WHERE id = (
  SELECT run.id FROM runs AS run
  WHERE run.state = 'queued' AND run.not_before <= :now
  ORDER BY (SELECT max(done.started_at) FROM runs AS done WHERE done.recipe = run.recipe) NULLS FIRST, run.id
  LIMIT 1
)
RETURNING *;

-- name: queued_recipes
SELECT recipe, min(id) AS id FROM runs WHERE state = 'queued' AND not_before <= :now GROUP BY recipe;

-- name: start
UPDATE runs SET state = 'running', reason = NULL, attempt = attempt + 1, started_at = :now
WHERE id = :id AND state = 'queued'
RETURNING *;

-- name: step
INSERT INTO steps (run, at, name, detail) VALUES (:run, :now, :name, :detail);

-- name: finish
UPDATE runs SET state = :state, reason = :reason, finished_at = :now WHERE id = :id;

-- name: retry
UPDATE runs SET state = 'queued', reason = :reason, not_before = :at WHERE id = :id;

-- name: hand_back
UPDATE runs SET state = 'queued', reason = :reason, not_before = :now, attempt = attempt - 1 + :counted
WHERE id = :id AND state = 'running';

-- name: in_state
SELECT * FROM runs WHERE state = :state ORDER BY id;

-- name: run
SELECT * FROM runs WHERE id = :id;

-- name: runs
SELECT * FROM runs
WHERE (:recipe IS NULL OR recipe = :recipe) AND (:path IS NULL OR path = :path)
  AND (:state IS NULL OR state = :state) AND (:after IS NULL OR id > :after)
ORDER BY id DESC LIMIT :limit;

-- name: counts
SELECT state, count(*) AS number FROM runs GROUP BY state;

-- name: steps
SELECT * FROM steps WHERE run = :run ORDER BY seq;

-- name: changes
SELECT * FROM steps WHERE seq > :after ORDER BY seq LIMIT 1000;

-- name: drop_intended
DELETE FROM effects WHERE run = :run AND state IN ('intended', 'abandoned');

-- name: intend
INSERT INTO effects
  (run, ordinal, kind, path, before, after, origin, before_image, after_image, mode, state)
VALUES
  (:run, (SELECT coalesce(max(ordinal) + 1, 0) FROM effects WHERE run = :run),
   :kind, :path, :before, :after, :origin, :before_image, :after_image, :mode, 'intended')
RETURNING id;

-- name: mark
UPDATE effects SET state = :state WHERE id = :id;

-- name: effects
SELECT * FROM effects WHERE run = :run ORDER BY ordinal;

-- name: our_write
SELECT before, origin FROM effects
WHERE path = :path AND after = :content AND state IN ('intended', 'applied')
ORDER BY id DESC LIMIT 1;

-- name: was_here
SELECT path FROM runs WHERE recipe = :recipe AND origin = :origin AND path <> :path ORDER BY id DESC LIMIT 20;

-- name: cursor
SELECT at FROM cursors WHERE recipe = :recipe;

-- name: set_cursor
INSERT INTO cursors (recipe, at) VALUES (:recipe, :at)
ON CONFLICT (recipe) DO UPDATE SET at = max(at, excluded.at);

-- name: enrolled
SELECT 1 FROM enrolments WHERE recipe = :recipe AND folder = :folder;

-- name: enrol
INSERT OR IGNORE INTO enrolments (recipe, folder, at) VALUES (:recipe, :folder, :now);

-- name: baseline
INSERT OR REPLACE INTO baseline (recipe, path, signature) VALUES (:recipe, :path, :signature);

-- name: was_there_before
SELECT 1 FROM baseline WHERE recipe = :recipe AND path = :path AND signature = :signature;

-- name: known_content
SELECT content FROM files WHERE path = :path AND size = :size AND mtime_ns = :mtime_ns AND inode = :inode;

-- name: remember_content
INSERT OR REPLACE INTO files (path, size, mtime_ns, inode, content)
VALUES (:path, :size, :mtime_ns, :inode, :content);
