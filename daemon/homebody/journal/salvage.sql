-- name: highest
SELECT seq FROM sqlite_sequence WHERE name = :table;

-- name: mentioned
SELECT max(coalesce((SELECT max(run) FROM effects), 0), coalesce((SELECT max(run) FROM steps), 0)) AS highest;

-- name: raise_highest
UPDATE sqlite_sequence SET seq = max(seq, :highest) WHERE name = :table;

-- name: begin_highest
INSERT INTO sqlite_sequence (name, seq)
SELECT :table, :highest WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = :table);

-- name: has_tables
SELECT count(*) FROM sqlite_schema WHERE name = 'runs';

-- name: open_runs
SELECT * FROM runs WHERE state IN ('queued', 'running', 'waiting', 'undoing');

-- name: open_effects
SELECT * FROM effects WHERE run IN (SELECT id FROM runs WHERE state IN ('running', 'waiting', 'undoing'));

-- name: rebuilt
INSERT OR REPLACE INTO meta (name, value) VALUES (:word, :now);

-- name: drop_stray_steps
DELETE FROM steps WHERE run NOT IN (SELECT id FROM runs);

-- name: drop_stray_kept
DELETE FROM kept WHERE run NOT IN (SELECT id FROM runs);

-- name: drop_stray_notices
DELETE FROM notices WHERE run NOT IN (SELECT id FROM runs);

-- name: make_turns
INSERT OR IGNORE INTO turns (recipe, lane, turn) SELECT DISTINCT recipe, lane, 0 FROM runs;

-- name: missing_effects
SELECT count(*) < coalesce(max(max(id), (SELECT seq FROM sqlite_sequence WHERE name = 'effects')), 0) AS missing
FROM effects;

-- name: undoable
SELECT id, reason FROM runs WHERE state IN ('done', 'failed', 'quarantined');

-- name: last_plan
SELECT detail FROM steps WHERE run = :run AND name = 'planned' ORDER BY seq DESC LIMIT 1;

-- name: effect_states
SELECT ordinal, state FROM effects WHERE run = :run;

-- name: cannot_be_undone
UPDATE runs SET state = 'skipped', reason = :reason WHERE id = :run;

-- name: states_in_index
SELECT id, state FROM runs INDEXED BY runs_by_state ORDER BY state;

-- name: keys_in_index
SELECT id, key FROM runs INDEXED BY sqlite_autoindex_runs_1 ORDER BY key;

-- name: writes_in_index
SELECT id, after, path FROM effects INDEXED BY effects_by_content ORDER BY after;

-- name: known_runs
SELECT id FROM runs;

-- name: known_effects
SELECT id FROM effects;

-- name: orphans
SELECT id, state FROM effects WHERE run NOT IN (SELECT id FROM runs) ORDER BY id;

-- name: make_home
INSERT INTO runs (key, recipe, recipe_hash, event, state, reason, place, queued_at, finished_at)
VALUES (:key, 'lost', '', 'asked', 'skipped', :reason, (SELECT coalesce(max(place), 0) + 1 FROM runs), :now, :now);

-- name: take_home
UPDATE effects SET run = :run, ordinal = :ordinal, state = :state WHERE id = :id;
