-- name: next_place
SELECT coalesce(max(place), 0) + 1 AS place FROM runs;

-- name: had
SELECT 1 FROM runs WHERE key = :key;

-- name: enqueue
INSERT INTO runs
  (key, recipe, recipe_hash, event, path, content, origin, due, state, reason, place, queued_at, not_before, lane, dry)
VALUES
  (:key, :recipe, :recipe_hash, :event, :path, :content, :origin, :due, 'queued', :reason, :place, :now, :not_before,
   :lane, :dry)
ON CONFLICT (key) DO NOTHING;

-- name: know_recipe
INSERT OR IGNORE INTO turns (recipe, lane, turn) VALUES (:recipe, :lane, 0);

-- name: next_run
-- Fair: the lane whose last turn lies longest ago goes first; of its runs, the one with the lowest place.
-- A pause longer than any we make comes from a clock that was set back, and is over.
-- With :asked only what a person waits for: requests, apart from backfills, plans that were agreed to or corrected, and
-- what is to be tried again because a person wants it.
-- Never two runs on one file at once, nor, of those without one, two of one recipe: they keep their place meanwhile.
SELECT recipe, lane, (
  SELECT id FROM runs
  WHERE state = 'queued' AND runs.recipe = turns.recipe AND runs.lane = turns.lane
    AND (not_before IS NULL OR not_before <= :now OR not_before > :never)
    AND (NOT :asked OR approved = 1 OR (event = 'asked' AND runs.lane <> :backfill) OR (
      SELECT name FROM steps WHERE steps.run = runs.id ORDER BY seq DESC LIMIT 1
    ) IN ('queued again', 'planned anew'))
    AND NOT EXISTS (
      SELECT 1 FROM runs AS other
      WHERE other.state = 'running' AND +other.path IS runs.path -- by the few that run, not by all on that file
        AND (other.path IS NOT NULL OR other.recipe = runs.recipe)
    )
  ORDER BY place LIMIT 1
) AS next
FROM turns
WHERE (:only IS NULL OR recipe IN (SELECT value FROM json_each(:only)))
  AND recipe NOT IN (SELECT value FROM json_each(:but))
  AND next IS NOT NULL
ORDER BY turn, recipe, lane LIMIT 1;

-- name: waits_beside
SELECT 1 FROM runs WHERE path = :path AND state = 'queued' LIMIT 1;

-- name: under_way
SELECT * FROM runs
WHERE path IS :path AND recipe = :recipe AND state IN ('queued', 'running', 'waiting') AND dry = 0 ORDER BY id;

-- name: replaced
-- Runs that are not over, each with the newest one of the same recipe on what the same file holds since, which may have
-- had its turn already. By place, not by number: what a person wants to be tried again is the newest.
SELECT old.*, max(new.id) AS newer FROM runs AS old
JOIN runs AS new ON new.path IS old.path AND new.recipe = old.recipe AND new.place > old.place
  AND new.state NOT IN ('skipped', 'undoing', 'undone') AND new.dry = 0 AND (old.path IS NULL OR new.content IS NOT old.content)
WHERE old.state IN ('queued', 'running', 'waiting') AND old.dry = 0
  AND old.recipe IN (SELECT value FROM json_each(:recipes))
GROUP BY old.id;

-- name: take_turn
UPDATE turns SET turn = (SELECT max(turn) + 1 FROM turns) WHERE recipe = :recipe AND lane = :lane;

-- name: claim
UPDATE runs SET state = 'running', reason = NULL, not_before = NULL, attempt = attempt + 1, started_at = :now,
  finished_at = NULL
WHERE id = :id AND state = 'queued';

-- name: step
INSERT INTO steps (run, at, name, detail) VALUES (:run, :now, :word, :detail);

-- name: finish
-- A plan that waits once more has not been agreed to.
UPDATE runs SET state = :state, reason = :reason, finished_at = :now,
  approved = CASE :state WHEN 'waiting' THEN 0 ELSE approved END
WHERE id = :id;

-- name: set_state
UPDATE runs SET state = :state WHERE id = :id;

-- name: release_key
UPDATE runs SET key = CAST(key || x'0a' || id AS BLOB) WHERE id = :id;

-- name: took_away
-- The run that has the key, if it is done and took its file away from there, with the date that the file had when it was
-- taken in. Not where that was ever taken back: what an undo brought back is to stay.
SELECT runs.id AS run, files.mtime_ns AS mtime_ns FROM runs JOIN files ON files.path = runs.path
WHERE runs.key = :key AND runs.path = :path AND runs.state = 'done'
  AND EXISTS (
    SELECT 1 FROM effects
    WHERE effects.run = runs.id AND deed = 'move' AND effects.origin = :origin AND effects.state IN ('applied', 'kept')
  )
  AND NOT EXISTS (
    SELECT 1 FROM effects WHERE source = :path AND origin = :origin AND state IN ('reversing', 'undone')
  );

-- name: requeue
UPDATE runs SET state = 'queued', reason = :reason, not_before = :not_before, place = :place,
  attempt = attempt - :uncounted, interruptions = interruptions + :interrupted
WHERE id = :id;

-- name: let_go_on
-- What a breaker holds, and what has failed before, waits for as long as it was to.
UPDATE runs SET not_before = NULL
WHERE state = 'queued' AND not_before IS NOT NULL AND attempt = interruptions
  AND substr(coalesce(reason, ''), 1, length(:mark)) <> :mark;

-- name: approve
UPDATE runs SET approved = 1, dry = 0 WHERE id = :id;

-- name: approvals
SELECT count(*) AS number FROM runs WHERE recipe = :recipe AND approved = 1 AND state IN ('done', 'undoing', 'undone');

-- name: last_of_origin
SELECT * FROM runs
WHERE recipe = :recipe AND origin = :origin AND dry = 0 AND state <> 'skipped' ORDER BY id DESC LIMIT 1;

-- name: changed_path
SELECT DISTINCT runs.* FROM runs
WHERE id IN (SELECT run FROM effects WHERE path = :path OR source = :path UNION SELECT id FROM runs WHERE path = :path)
  AND state IN ('done', 'failed', 'quarantined')
  AND EXISTS (SELECT 1 FROM effects WHERE effects.run = runs.id AND effects.state IN ('applied', 'kept'))
ORDER BY id DESC LIMIT 100;

-- name: changed_since
SELECT * FROM runs
WHERE recipe = :recipe AND finished_at >= :since AND state IN ('done', 'failed', 'quarantined')
  AND EXISTS (SELECT 1 FROM effects WHERE effects.run = runs.id AND effects.state IN ('applied', 'kept'))
ORDER BY (SELECT max(effects.id) FROM effects WHERE effects.run = runs.id) DESC;

-- name: in_state
SELECT * FROM runs WHERE state = :state ORDER BY id;

-- name: run
SELECT * FROM runs WHERE id = :id;

-- name: runs
SELECT * FROM runs
WHERE (:recipe IS NULL OR recipe = :recipe) AND (:state IS NULL OR state = :state) AND (:after IS NULL OR id > :after)
ORDER BY id DESC LIMIT :limit;

-- name: runs_of_path
SELECT * FROM runs
WHERE path = :path
  AND (:recipe IS NULL OR recipe = :recipe) AND (:state IS NULL OR state = :state) AND (:after IS NULL OR id > :after)
ORDER BY id DESC LIMIT :limit;

-- name: starts
-- A run that only found that its file had changed, or was empty, took no time and changed nothing: it does not count.
SELECT started_at FROM runs
WHERE path = :path AND recipe = :recipe AND started_at > :since
  AND (state <> 'skipped' OR EXISTS (
    SELECT 1 FROM steps
    WHERE steps.run = runs.id AND name NOT IN ('queued', 'claimed', 'finished', 'retried', 'handed back')
  ));

-- name: held
SELECT recipe, count(DISTINCT path) AS files, min(not_before) AS until FROM runs
WHERE state = 'queued' AND not_before > :now AND substr(reason, 1, length(:mark)) = :mark
GROUP BY recipe;

-- name: counts
SELECT state, count(*) AS number FROM runs GROUP BY state;

-- name: steps
SELECT * FROM steps WHERE run = :run ORDER BY seq;

-- name: newest_step
SELECT coalesce(max(seq), 0) AS seq FROM steps;

-- name: changes
SELECT * FROM steps WHERE seq > :after ORDER BY seq LIMIT 1000;

-- name: abandon
UPDATE effects SET state = 'abandoned' WHERE run = :run AND state = 'intended';

-- name: next_ordinal
SELECT coalesce(max(ordinal) + 1, 0) AS ordinal FROM effects WHERE run = :run;

-- name: intend
INSERT INTO effects
  (run, ordinal, deed, kind, path, source, before, after, origin, before_image, after_image, mode, before_mode,
   before_mtime_ns, made,
   state)
VALUES
  (:run, :ordinal, :deed, :kind, :path, :source, :before, :after, :origin, :before_image, :after_image, :mode,
   :before_mode, :before_mtime_ns, :made, 'intended');

-- name: mark
UPDATE effects SET state = :state WHERE id = :id;

-- name: effects
SELECT * FROM effects WHERE run = :run ORDER BY ordinal;

-- name: our_writes
-- What we intended counts like what we did: the file may be there a moment before its mark. The file's own name goes
-- first, and is the only one that counts of a copy, which holds what is a person's; of the others a hundred will do, found without sorting: one content may have been written ten thousand times.
SELECT * FROM (
  SELECT path, origin, deed FROM effects
  WHERE after = :content AND path = :path AND deed IN ('put', 'move', 'copy', 'link')
    AND state IN ('intended', 'applied', 'reversing', 'kept')
  ORDER BY id DESC LIMIT 1
)
UNION ALL
SELECT * FROM (
  SELECT path, origin, deed FROM effects
  WHERE after = :content AND path <> :path AND deed IN ('put', 'move')
    AND state IN ('intended', 'applied', 'reversing', 'kept')
  LIMIT 100
);

-- name: put_here
-- A file that a run moved and then rewrote is what the last of its effects on that name left.
SELECT 1 FROM effects
WHERE path = :path AND after = :content AND deed IN ('put', 'move') AND state IN ('intended', 'applied', 'kept')
  AND EXISTS (
    SELECT 1 FROM effects AS moved
    WHERE moved.run = effects.run AND moved.path = effects.path AND moved.deed = 'move'
      AND moved.state IN ('intended', 'applied', 'kept')
  )
LIMIT 1;

-- name: moved_to
SELECT path FROM effects
WHERE source = :path AND origin = :origin AND deed = 'move' AND state IN ('applied', 'kept')
ORDER BY id DESC LIMIT 1;

-- name: was_here
-- A run that never got to the content, because the file was gone by then, does not count.
SELECT path FROM runs
WHERE recipe = :recipe AND origin = :origin AND path <> :path
  AND (state IN ('done', 'waiting', 'failed', 'quarantined', 'undoing', 'undone')
    OR EXISTS (SELECT 1 FROM effects WHERE effects.run = runs.id AND effects.state IN ('intended', 'applied', 'kept')))
ORDER BY id DESC LIMIT 100;

-- name: images_in_use
-- What an unfinished run may ask for, and what an unfinished plan of a run that has ended may.
SELECT before_image AS image FROM effects JOIN runs ON runs.id = effects.run
WHERE (runs.state IN ('queued', 'running', 'waiting', 'undoing') OR effects.state = 'reversing')
  AND before_image IS NOT NULL
UNION
SELECT after_image FROM effects JOIN runs ON runs.id = effects.run
WHERE (runs.state IN ('queued', 'running', 'waiting', 'undoing') OR effects.state = 'reversing')
  AND after_image IS NOT NULL
UNION
SELECT image FROM kept JOIN runs ON runs.id = kept.run
WHERE runs.state IN ('queued', 'running', 'waiting', 'undoing');

-- name: keep
INSERT OR REPLACE INTO kept (run, name, ordinal, image, at) VALUES (:run, :word, :ordinal, :image, :now);

-- name: drop_kept
DELETE FROM kept WHERE run = :run AND name = :word;

-- name: tell_kept
INSERT INTO notices (run, recipe, image, at)
SELECT kept.run, runs.recipe, kept.image, :now FROM kept JOIN runs ON runs.id = kept.run
WHERE kept.run = :run AND kept.name = :word ORDER BY kept.ordinal;

-- name: tell_failure
-- Only when the newest other run of that recipe which came to an end was well: one word for many failures.
INSERT INTO notices (run, recipe, image, at)
SELECT id, recipe, '', :now FROM runs
WHERE id = :run AND dry = 0 AND coalesce((
    SELECT state FROM runs AS other
    WHERE other.recipe = runs.recipe AND other.id <> runs.id AND other.state IN ('done', 'undone', 'failed', 'quarantined')
    ORDER BY other.id DESC LIMIT 1
  ), 'done') IN ('done', 'undone');

-- name: notices
SELECT notices.*, runs.path AS path FROM notices JOIN runs ON runs.id = notices.run
WHERE number > :after ORDER BY number DESC LIMIT :limit;

-- name: newest_notice
SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'notices'), 0) AS number;

-- name: forget_notices
DELETE FROM notices WHERE run = :run;

-- name: kept_as
SELECT run, ordinal, image FROM kept WHERE name = :word ORDER BY run, ordinal;

-- name: kept
SELECT name, ordinal, image FROM kept WHERE run = :run ORDER BY name, ordinal;

-- name: meta
SELECT value FROM meta WHERE name = :word;

-- name: set_meta
INSERT OR REPLACE INTO meta (name, value) VALUES (:word, :value);

-- name: drop_meta
DELETE FROM meta WHERE name = :word;

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
SELECT path FROM baseline WHERE recipe = :recipe AND signature = :signature ORDER BY path = :path DESC LIMIT 20;

-- name: touched_before
-- The file was there before the recipe, and what it holds now is there because of us: a rewrite, or an undo.
SELECT 1 FROM baseline
WHERE recipe = :recipe AND path = :path AND EXISTS (
  SELECT 1 FROM effects
  WHERE effects.path = :path AND (effects.after = :content OR effects.before = :content)
);

-- name: there_before
SELECT path, signature FROM baseline
WHERE recipe = :recipe AND path IN (SELECT CAST(value AS BLOB) FROM json_each(:paths));

-- name: known_contents
-- One query for many files: a rescan asks about every file that is there.
SELECT path, size, mtime_ns, inode, content FROM files
WHERE path IN (SELECT CAST(value AS BLOB) FROM json_each(:paths));

-- name: holding
SELECT path FROM files WHERE content = :content;

-- name: left_alone_with
-- A signature begins with the file's size and a colon; a semicolon is the character after it.
SELECT path FROM baseline
WHERE recipe = :recipe AND signature >= :size || ':' AND signature < :size || ';';

-- name: had_keys
SELECT key FROM runs WHERE key IN (SELECT CAST(value AS BLOB) FROM json_each(:keys));

-- name: remember_content
INSERT OR REPLACE INTO files (path, size, mtime_ns, inode, content)
VALUES (:path, :size, :mtime_ns, :inode, :content);

-- name: history
SELECT * FROM runs
WHERE (:recipe IS NULL OR recipe = :recipe)
  AND (:states IS NULL OR state IN (SELECT value FROM json_each(:states)))
  AND (:since IS NULL OR finished_at IS NULL OR finished_at >= :since)
  AND (:path IS NULL OR id IN (
    SELECT id FROM runs WHERE path = :path OR (path > :below AND path < :beyond)
    UNION
    SELECT run FROM effects WHERE path = :path OR (path > :below AND path < :beyond)
    UNION
    SELECT run FROM effects WHERE source = :path OR (source > :below AND source < :beyond)
  ))
ORDER BY id DESC LIMIT :limit;

-- name: lanes
-- The lanes that have something due, in the order of their next turns, and how much that is.
SELECT runs.recipe AS recipe, runs.lane AS lane, count(*) AS due
FROM runs JOIN turns ON turns.recipe = runs.recipe AND turns.lane = runs.lane
WHERE state = 'queued' AND (not_before IS NULL OR not_before <= :now OR not_before > :never)
GROUP BY turns.turn, runs.recipe, runs.lane ORDER BY turns.turn, runs.recipe, runs.lane;

-- name: ended
-- Counted here, so that a hundred thousand runs are no memory: by quarters of an hour, for every clock on earth is ahead
-- of UTC by some number of these.
SELECT recipe, state, strftime('%s', finished_at) / 900 * 900 AS at, count(*) AS number,
  sum(max(0, coalesce(julianday(finished_at) - julianday(started_at), 0))) * 86400 AS seconds
FROM runs WHERE finished_at >= :since AND state NOT IN ('queued', 'running') GROUP BY recipe, state, at;

-- name: answers
SELECT runs.recipe AS recipe, total(json_extract(steps.detail, '$.seconds')) AS seconds,
  total(json_extract(steps.detail, '$.tokens_read')) AS tokens_read,
  total(json_extract(steps.detail, '$.answer_tokens')) AS tokens_written
FROM steps JOIN runs ON runs.id = steps.run
WHERE steps.at >= :since AND steps.name = 'answered' GROUP BY runs.recipe;

-- name: of_lane
SELECT * FROM runs
WHERE state = 'queued' AND recipe = :recipe AND lane = :lane
  AND (not_before IS NULL OR not_before <= :now OR not_before > :never)
ORDER BY place LIMIT :limit;

-- name: place_in_lane
SELECT recipe, lane, (
  SELECT count(*) FROM runs AS other
  WHERE other.state = 'queued' AND other.recipe = runs.recipe AND other.lane = runs.lane AND other.place < runs.place
    AND (other.not_before IS NULL OR other.not_before <= :now OR other.not_before > :never)
) AS before
FROM runs WHERE id = :id;

-- name: writer
SELECT run FROM effects
WHERE after = :content AND state IN ('intended', 'applied', 'reversing', 'kept')
  AND (deed IN ('put', 'move') OR (deed IN ('copy', 'link') AND path = :path))
ORDER BY path = :path DESC, id DESC LIMIT 1;

-- name: moved_away
SELECT path, run FROM effects
WHERE source = :path AND deed = 'move' AND state IN ('applied', 'kept') ORDER BY id DESC LIMIT 1;

-- name: run_of_key
SELECT id FROM runs WHERE key = :key;

-- name: queue_again
UPDATE runs SET state = 'queued', key = :key, place = :place, attempt = 0, interruptions = 0, reason = NULL,
  not_before = NULL, started_at = NULL, finished_at = NULL
WHERE id = :id;

-- name: has_step
SELECT 1 FROM steps WHERE run = :run AND name = :word LIMIT 1;

-- name: runs_on
-- The runs on a file, and those that moved their file there.
SELECT * FROM runs WHERE path = :path OR id IN (SELECT run FROM effects WHERE path = :path AND deed = 'move') ORDER BY id;

-- name: runs_changing
SELECT * FROM runs WHERE id IN (SELECT run FROM effects WHERE path = :path OR source = :path) ORDER BY id;

-- name: images_of_file
-- What nobody else needs: no effect on another file by another run, and nothing that is kept of another run.
WITH going (image) AS (
  SELECT before_image FROM effects WHERE path = :path OR run IN (SELECT value FROM json_each(:runs))
  UNION
  SELECT after_image FROM effects WHERE path = :path OR run IN (SELECT value FROM json_each(:runs))
  UNION
  SELECT image FROM kept WHERE run IN (SELECT value FROM json_each(:runs))
), staying (image) AS (
  SELECT before_image FROM effects WHERE path <> :path AND run NOT IN (SELECT value FROM json_each(:runs))
  UNION
  SELECT after_image FROM effects WHERE path <> :path AND run NOT IN (SELECT value FROM json_each(:runs))
  UNION
  SELECT image FROM kept WHERE run NOT IN (SELECT value FROM json_each(:runs))
)
SELECT image FROM going WHERE image IS NOT NULL AND image NOT IN (SELECT image FROM staying WHERE image IS NOT NULL);

-- name: forget_effects_on
DELETE FROM effects WHERE path = :path;

-- name: forget_source
UPDATE effects SET source = NULL WHERE source = :path;

-- name: forget_effects
DELETE FROM effects WHERE run = :run AND path = :path;

-- name: forget_images
UPDATE effects SET source = NULL, before_image = NULL, after_image = NULL WHERE run = :run;

-- name: forget_kept
DELETE FROM kept WHERE run = :run;

-- name: forget_run
UPDATE runs SET key = CAST('forgotten' || x'0a' || id AS BLOB), path = NULL, content = NULL, origin = NULL, reason = NULL
WHERE id = :id;

-- name: forget_reasons
UPDATE runs SET reason = replace(reason, :path, 'a forgotten file') WHERE instr(reason, :path) > 0;

-- name: forget_content
DELETE FROM files WHERE path = :path;

-- name: forget_baseline
DELETE FROM baseline WHERE path = :path;
