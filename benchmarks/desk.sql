-- The numbers of the lead's commands, by hand and as quick as they get, from the tables of cases.
-- {place} stands for: IN (SELECT id FROM units WHERE path >= :low AND path < :high). The plus signs keep SQLite from
-- indexes that lead nowhere. Read by benchmarks/desk.py.

-- name: tinhhinh
SELECT step, count(*) FROM candidates WHERE +state = 'open' AND unit_id {place} GROUP BY step;
SELECT count(*) FILTER (WHERE "on" >= '2026-10-01'), count(*) FILTER (WHERE "on" BETWEEN '2026-07-01' AND '2026-09-30'), count(*)
  FROM case_dates WHERE event = 'admission_decided' AND "on" BETWEEN '2026-01-01' AND '2026-12-31' AND unit_id {place};
SELECT count(*) FILTER (WHERE listed_on >= '2026-10-01'), count(*) FROM candidates
  WHERE listed_on BETWEEN '2026-07-01' AND '2026-12-31' AND +state IN ('open', 'closed') AND unit_id {place};
SELECT rule = 'contact_gap', count(*) FROM dues WHERE closed_at IS NULL AND due_on < '2026-11-18'
  AND kind IN ('deadline', 'validity', 'local') AND candidate_id IN (SELECT id FROM candidates WHERE unit_id {place}) GROUP BY 1;
SELECT count(*) FILTER (WHERE "on" >= '2026-11-01'), count(*) FROM contacts WHERE state = 'kept' AND how <> 'not_reached'
  AND "on" BETWEEN '2026-10-01' AND '2026-11-30' AND candidate_id IN (SELECT id FROM candidates WHERE unit_id {place});
SELECT count(*) FROM units WHERE kind = 'branch' AND closed_on IS NULL AND path >= :low AND path < :high AND NOT EXISTS
  (SELECT 1 FROM case_dates WHERE unit_id = units.id AND event = 'admission_decided' AND "on" BETWEEN '2026-01-01' AND '2026-12-31');
SELECT quarter, admissions, sources FROM targets WHERE year = 2026 AND unit_id = :unit;

-- name: figures
SELECT what, sum(CASE WHEN slot >= 202610 THEN count END), sum(CASE WHEN slot BETWEEN 202607 AND 202609 THEN count END),
  sum(CASE WHEN slot >= 202601 THEN count END) FROM tallies WHERE unit_id = :unit AND slot BETWEEN 202601 AND 202612 GROUP BY what;
SELECT what, count FROM tallies WHERE unit_id = :unit AND slot IN (0, 2026);
SELECT what, sum(count) FROM tallies WHERE unit_id = :unit AND slot BETWEEN 19000101 AND 20261117 GROUP BY what;
SELECT quarter, admissions, sources FROM targets WHERE year = 2026 AND unit_id = :unit;
SELECT targets.* FROM units JOIN targets ON unit_id = units.id WHERE parent_id = :unit AND year = 2026 AND closed_on IS NULL;

-- name: quahan
SELECT count(*) FROM dues WHERE closed_at IS NULL AND due_on < '2026-11-18' AND rule <> 'contact_gap'
  AND kind IN ('deadline', 'validity', 'local') AND candidate_id IN (SELECT id FROM candidates WHERE unit_id {place});
SELECT candidates.code, candidates.name, units.name, due_on, rule, (SELECT people.name FROM assignments JOIN people ON people.id = person_id
  WHERE assignments.candidate_id = candidates.id AND until IS NULL) FROM candidates CROSS JOIN dues ON dues.candidate_id = candidates.id
  JOIN units ON units.id = unit_id WHERE closed_at IS NULL AND due_on < '2026-11-18' AND rule <> 'contact_gap'
  AND dues.kind IN ('deadline', 'validity', 'local') AND unit_id {place} ORDER BY due_on LIMIT 4;

-- name: quahan by commune
SELECT parent.id, parent.name, count(*) FROM dues JOIN candidates ON candidates.id = candidate_id JOIN units ON units.id = unit_id
  JOIN units parent ON parent.id = units.parent_id WHERE closed_at IS NULL AND due_on < '2026-11-18' AND rule <> 'contact_gap'
  AND dues.kind IN ('deadline', 'validity', 'local') AND units.path >= :low AND units.path < :high GROUP BY 1 ORDER BY 3 DESC;

-- name: chitieu
SELECT strftime('%m', "on"), count(*) FROM case_dates WHERE event = 'admission_decided'
  AND "on" BETWEEN '2025-01-01' AND '2026-12-31' AND unit_id {place} GROUP BY 1;
SELECT count(*) FROM candidates WHERE listed_on BETWEEN '2026-01-01' AND '2026-12-31' AND unit_id {place};
SELECT count(*) FROM units WHERE kind = 'branch' AND closed_on IS NULL AND path >= :low AND path < :high AND NOT EXISTS
  (SELECT 1 FROM case_dates WHERE unit_id = units.id AND event = 'admission_decided' AND "on" BETWEEN '2026-01-01' AND '2026-12-31');
SELECT count(*) FROM units WHERE kind = 'branch' AND closed_on IS NULL AND path >= :low AND path < :high AND NOT EXISTS
  (SELECT 1 FROM candidates WHERE unit_id = units.id AND listed_on BETWEEN '2026-01-01' AND '2026-12-31' AND +state IN ('open', 'closed'));
SELECT sum(members) FROM units WHERE kind = 'branch' AND path >= :low AND path < :high;
SELECT kind, sum(count) FROM exits WHERE "on" BETWEEN '2026-01-01' AND '2026-12-31' AND unit_id {place} GROUP BY 1;
SELECT quarter, admissions, sources FROM targets WHERE year = 2026 AND unit_id = :unit;

-- name: xephang
SELECT units.id, units.name, targets.quarter, targets.admissions, targets.sources FROM units
  LEFT JOIN targets ON unit_id = units.id AND year = 2026 WHERE parent_id = :unit;
SELECT substr(path, 1, length(:low) + instr(substr(path, length(:low) + 1), '/')), count(*) FROM case_dates JOIN units ON units.id = unit_id
  WHERE event = 'admission_decided' AND "on" BETWEEN '2026-01-01' AND '2026-12-31' AND path >= :low AND path < :high GROUP BY 1;
SELECT substr(path, 1, length(:low) + instr(substr(path, length(:low) + 1), '/')), count(*) FROM candidates JOIN units ON units.id = unit_id
  WHERE listed_on BETWEEN '2026-01-01' AND '2026-12-31' AND path >= :low AND path < :high GROUP BY 1;
SELECT substr(path, 1, length(:low) + instr(substr(path, length(:low) + 1), '/')), count(*) FROM dues JOIN candidates ON candidates.id = candidate_id
  JOIN units ON units.id = unit_id WHERE closed_at IS NULL AND due_on < '2026-11-18' AND dues.kind IN ('deadline', 'validity', 'local')
  AND path >= :low AND path < :high GROUP BY 1;

-- name: noicangiup
SELECT count(*) FROM units WHERE kind = 'branch' AND closed_on IS NULL AND path >= :low AND path < :high AND NOT EXISTS
  (SELECT 1 FROM case_dates WHERE unit_id = units.id AND event = 'admission_decided' AND "on" BETWEEN '2025-01-01' AND '2026-12-31');
SELECT count(*) FROM units WHERE kind = 'branch' AND closed_on IS NULL AND path >= :low AND path < :high AND NOT EXISTS
  (SELECT 1 FROM candidates WHERE unit_id = units.id AND +state = 'open' AND step NOT IN ('ceremony', 'probation'));
SELECT count(*) FROM units WHERE kind = 'branch' AND closed_on IS NULL AND path >= :low AND path < :high AND EXISTS
  (SELECT 1 FROM candidates WHERE unit_id = units.id AND +state = 'open' AND listed_on < '2025-11-01') AND NOT EXISTS
  (SELECT 1 FROM case_dates WHERE unit_id = units.id AND event = 'branch_resolution' AND "on" >= '2025-11-01');
SELECT count(*) FROM units WHERE kind = 'branch' AND closed_on IS NULL AND members = 0 AND path >= :low AND path < :high;
SELECT label, count(*) FROM candidates CROSS JOIN candidate_groups ON candidate_id = candidates.id WHERE +state = 'open'
  AND label IN ('hamlet_head', 'front_head', 'youth_head', 'association_head') AND unit_id {place} GROUP BY 1;

-- name: coccau
SELECT education, sex, born_year, introduced_by, area, count(*) FROM case_dates JOIN candidates ON candidates.id = candidate_id
  JOIN units ON units.id = case_dates.unit_id WHERE event = 'admission_decided' AND "on" BETWEEN '2026-01-01' AND '2026-12-31'
  AND case_dates.unit_id {place} GROUP BY 1, 2, 3, 4, 5;
SELECT label, count(*) FROM case_dates JOIN candidate_groups USING (candidate_id) WHERE event = 'admission_decided'
  AND "on" BETWEEN '2026-01-01' AND '2026-12-31' AND unit_id {place} GROUP BY 1;

-- name: coccau nguon
SELECT education, sex, born_year, introduced_by, area, count(*) FROM candidates JOIN units ON units.id = unit_id
  WHERE +state = 'open' AND step NOT IN ('ceremony', 'probation') AND unit_id {place} GROUP BY 1, 2, 3, 4, 5;
SELECT label, count(*) FROM candidates CROSS JOIN candidate_groups ON candidate_id = candidates.id
  WHERE +state = 'open' AND step NOT IN ('ceremony', 'probation') AND unit_id {place} GROUP BY 1;

-- name: vitri
SELECT kind, sum(posts), sum(held), sum(members) FROM positions WHERE unit_id {place} GROUP BY kind;
SELECT count(*), sum(oldest < '2025-11-18') FROM (SELECT min(said_on) AS oldest FROM positions WHERE unit_id {place} GROUP BY unit_id);
SELECT count(*) FROM units WHERE kind = 'branch' AND closed_on IS NULL AND path >= :low AND path < :high;
