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

-- name: quahan province
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
SELECT units.id, units.name, quarter, admissions, sources FROM units LEFT JOIN targets ON unit_id = units.id AND year = 2026
  WHERE parent_id = :unit AND closed_on IS NULL;
SELECT unit_id, count(*) FROM case_dates WHERE event = 'admission_decided' AND "on" BETWEEN '2026-01-01' AND '2026-12-31'
  AND unit_id {place} GROUP BY 1;
SELECT unit_id, count(*) FROM candidates WHERE listed_on BETWEEN '2026-01-01' AND '2026-12-31'
  AND +state IN ('open', 'closed') AND unit_id {place} GROUP BY 1;
SELECT unit_id, rule = 'contact_gap', count(*) FROM candidates CROSS JOIN dues ON candidate_id = candidates.id WHERE closed_at IS NULL
  AND due_on < '2026-11-18' AND kind IN ('deadline', 'validity', 'local') AND unit_id {place} GROUP BY 1, 2;

-- name: xephang province
SELECT units.id, units.name, quarter, admissions, sources FROM units LEFT JOIN targets ON unit_id = units.id AND year = 2026
  WHERE parent_id = :unit AND closed_on IS NULL;
SELECT committee_id, count(*) FROM units CROSS JOIN case_dates ON unit_id = units.id WHERE event = 'admission_decided' AND "on" BETWEEN '2026-01-01' AND '2026-12-31'
  AND path >= :low AND path < :high GROUP BY 1;
SELECT committee_id, count(*) FROM units CROSS JOIN candidates ON unit_id = units.id WHERE listed_on BETWEEN '2026-01-01' AND '2026-12-31'
  AND +state IN ('open', 'closed') AND path >= :low AND path < :high GROUP BY 1;
SELECT committee_id, rule = 'contact_gap', count(*) FROM units CROSS JOIN candidates ON unit_id = units.id CROSS JOIN dues
  ON candidate_id = candidates.id WHERE closed_at IS NULL AND due_on < '2026-11-18' AND dues.kind IN ('deadline', 'validity', 'local') AND path >= :low AND path < :high GROUP BY 1, 2;

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

-- name: chitieudonvi
SELECT units.id, units.name, quarter, admissions, sources FROM units LEFT JOIN targets ON unit_id = units.id AND year = 2026
  WHERE parent_id = :unit AND closed_on IS NULL;
SELECT unit_id, count(*) FROM case_dates WHERE event = 'admission_decided' AND "on" BETWEEN '2026-01-01' AND '2026-12-31'
  AND unit_id {place} GROUP BY 1;
SELECT unit_id, count(*) FROM candidates WHERE listed_on BETWEEN '2026-01-01' AND '2026-12-31'
  AND +state IN ('open', 'closed') AND unit_id {place} GROUP BY 1;

-- name: chitieudonvi province
SELECT units.id, units.name, quarter, admissions, sources FROM units LEFT JOIN targets ON unit_id = units.id AND year = 2026
  WHERE parent_id = :unit AND closed_on IS NULL;
SELECT committee_id, count(*) FROM units CROSS JOIN case_dates ON unit_id = units.id WHERE event = 'admission_decided' AND "on" BETWEEN '2026-01-01' AND '2026-12-31'
  AND path >= :low AND path < :high GROUP BY 1;
SELECT committee_id, count(*) FROM units CROSS JOIN candidates ON unit_id = units.id WHERE listed_on BETWEEN '2026-01-01' AND '2026-12-31'
  AND +state IN ('open', 'closed') AND path >= :low AND path < :high GROUP BY 1;

-- name: chitieudoanthe
SELECT introduced_by, count(*) FROM candidates WHERE listed_on BETWEEN '2026-01-01' AND '2026-12-31' AND +state IN ('open', 'closed')
  AND unit_id {place} GROUP BY 1;
SELECT whose, quarter, admissions, sources FROM more_targets WHERE year = 2026 AND unit_id = :unit;

-- name: vitri
SELECT kind, sum(posts), sum(held), sum(members) FROM positions WHERE unit_id {place} GROUP BY kind;
SELECT count(*), sum(oldest < '2025-11-18') FROM (SELECT min(said_on) AS oldest FROM positions WHERE unit_id {place} GROUP BY unit_id);
SELECT count(*) FROM units WHERE kind = 'branch' AND closed_on IS NULL AND path >= :low AND path < :high;

-- name: diaban
SELECT area, count(*), count(admitted), sum(admitted) FROM units LEFT JOIN (SELECT unit_id, count(*) AS admitted FROM case_dates
  WHERE event = 'admission_decided' AND "on" BETWEEN '2026-01-01' AND '2026-12-31' AND unit_id {place} GROUP BY unit_id) ON unit_id = id
  WHERE kind = 'branch' AND closed_on IS NULL AND path >= :low AND path < :high GROUP BY 1;
SELECT mark, count(*), count(admitted), sum(admitted) FROM (SELECT unit_id AS branch, mark FROM unit_marks JOIN units ON units.id = unit_id
  WHERE kind = 'branch' AND closed_on IS NULL AND path >= :low AND path < :high UNION SELECT id, area FROM units WHERE area IN ('priority', 'rural', 'urban', 'ethnic',
  'religious', 'border') AND kind = 'branch' AND closed_on IS NULL AND path >= :low AND path < :high) LEFT JOIN (SELECT unit_id, count(*) AS admitted FROM case_dates
  WHERE event = 'admission_decided' AND "on" BETWEEN '2026-01-01' AND '2026-12-31' AND unit_id {place} GROUP BY unit_id) ON unit_id = branch GROUP BY 1;

-- name: diabantrang
SELECT places.id, places.name, places.kind, noted_on, units.name FROM places CROSS JOIN units ON units.id = unit_id WHERE solved_on IS NULL
  AND path >= :low AND path < :high ORDER BY path, places.name LIMIT 6;
SELECT solved_on IS NULL, count(*) FROM places CROSS JOIN units ON units.id = unit_id WHERE path >= :low AND path < :high GROUP BY 1;

-- name: giuvai
SELECT count(*) FROM candidates WHERE +state = 'open' AND step IN ('source', 'assign_helper', 'awareness_class', 'procedure_approved', 'application', 'cv', 'vetting', 'opinions', 'recommendation',
  'branch_vote', 'section_review', 'committee_vote', 'decision') AND unit_id {place}
  AND EXISTS (SELECT 1 FROM candidate_groups WHERE candidate_id = candidates.id AND label IN ('hamlet_head', 'front_head', 'youth_head', 'association_head'));
SELECT candidates.code, candidates.name, units.name, step FROM candidates JOIN units ON units.id = unit_id WHERE +state = 'open' AND step IN ('source', 'assign_helper', 'awareness_class', 'procedure_approved', 'application', 'cv', 'vetting', 'opinions', 'recommendation',
  'branch_vote', 'section_review', 'committee_vote', 'decision') AND unit_id {place}
  AND EXISTS (SELECT 1 FROM candidate_groups WHERE candidate_id = candidates.id AND label IN ('hamlet_head', 'front_head', 'youth_head', 'association_head')) ORDER BY listed_on LIMIT 5;

-- name: giuvai province
SELECT id, name FROM units WHERE parent_id = :unit AND closed_on IS NULL;
SELECT committee_id, count(*) FROM (SELECT DISTINCT candidate_id FROM candidate_groups WHERE label IN ('hamlet_head', 'front_head', 'youth_head', 'association_head'))
  CROSS JOIN candidates ON candidates.id = candidate_id JOIN units ON units.id = unit_id WHERE +state = 'open' AND step IN ('source', 'assign_helper', 'awareness_class', 'procedure_approved', 'application', 'cv', 'vetting', 'opinions', 'recommendation',
  'branch_vote', 'section_review', 'committee_vote', 'decision')
  AND path >= :low AND path < :high GROUP BY 1;

-- name: capuy
SELECT people.id, people.name, role, units.name FROM units CROSS JOIN roles ON unit_id = units.id JOIN people ON people.id = person_id
  WHERE path >= :low AND path < :high AND closed_on IS NULL AND role IN ('office', 'organisation_board', 'area_supervisor', 'secretary', 'deputy') AND until IS NULL AND left_on IS NULL ORDER BY folded;
SELECT person_id, count(DISTINCT candidate_id) FROM assignments CROSS JOIN candidates ON candidates.id = candidate_id WHERE until IS NULL
  AND +state = 'open' AND person_id IN (SELECT person_id FROM roles WHERE role IN ('office', 'organisation_board', 'area_supervisor', 'secretary', 'deputy') AND until IS NULL AND unit_id {place}) GROUP BY 1;
SELECT person_id, count(*) FROM contacts WHERE "on" BETWEEN '2026-11-01' AND '2026-11-30' AND state = 'kept' AND how <> 'not_reached'
  AND person_id IN (SELECT person_id FROM roles WHERE role IN ('office', 'organisation_board', 'area_supervisor', 'secretary', 'deputy') AND until IS NULL AND unit_id {place}) GROUP BY 1;

-- name: capuy province
SELECT id, name FROM units WHERE parent_id = :unit AND closed_on IS NULL;
SELECT committee_id, count(*), sum(helping = 0), sum(helping) FROM (SELECT committee_id, roles.person_id, count(DISTINCT candidates.id) AS helping
  FROM units CROSS JOIN roles ON roles.unit_id = units.id JOIN people ON people.id = roles.person_id LEFT JOIN assignments
  ON assignments.person_id = roles.person_id AND assignments.until IS NULL LEFT JOIN candidates ON candidates.id = candidate_id AND +state = 'open'
  WHERE path >= :low AND path < :high AND closed_on IS NULL AND role IN ('office', 'organisation_board', 'area_supervisor', 'secretary', 'deputy') AND roles.until IS NULL AND left_on IS NULL GROUP BY 1, 2) GROUP BY 1;

-- name: dangvienmoi
SELECT candidates.id, candidates.name, coalesce(held."on", decided."on") AS since, done."on", (SELECT max("on") FROM member_remarks
  WHERE candidate_id = candidates.id AND member_remarks.state = 'kept') AS remarked FROM candidates LEFT JOIN case_dates held ON held.candidate_id = candidates.id AND held.event = 'ceremony'
  LEFT JOIN case_dates decided ON decided.candidate_id = candidates.id AND decided.event = 'admission_decided' LEFT JOIN case_dates done
  ON done.candidate_id = candidates.id AND done.event = 'recognition_decided' AND done."on" <= '2026-11-18' WHERE step IN ('decision', 'ceremony',
  'probation', 'recognition_dossier', 'recognition_vote', 'recognition_section_review', 'recognition_committee', 'recognition_decision', 'recognized')
  AND (held."on" <= '2026-11-18' OR decided."on" <= '2026-11-18') AND (done."on" IS NULL OR done."on" > '2025-11-18')
  AND (state = 'open' OR done."on" IS NOT NULL) AND NOT EXISTS (SELECT 1 FROM exits WHERE candidate_id = candidates.id) AND candidates.unit_id {place} ORDER BY coalesce(remarked, since);

-- name: dangvienmoi province
SELECT id, name FROM units WHERE parent_id = :unit AND closed_on IS NULL;
SELECT committee_id, count(*) FROM candidates CROSS JOIN units ON units.id = candidates.unit_id LEFT JOIN case_dates held ON held.candidate_id = candidates.id AND held.event = 'ceremony'
  LEFT JOIN case_dates decided ON decided.candidate_id = candidates.id AND decided.event = 'admission_decided' LEFT JOIN case_dates done
  ON done.candidate_id = candidates.id AND done.event = 'recognition_decided' AND done."on" <= '2026-11-18' WHERE step IN ('decision', 'ceremony',
  'probation', 'recognition_dossier', 'recognition_vote', 'recognition_section_review', 'recognition_committee', 'recognition_decision', 'recognized')
  AND (held."on" <= '2026-11-18' OR decided."on" <= '2026-11-18') AND (done."on" IS NULL OR done."on" > '2025-11-18')
  AND (state = 'open' OR done."on" IS NOT NULL) AND NOT EXISTS (SELECT 1 FROM exits WHERE candidate_id = candidates.id) AND path >= :low AND path < :high GROUP BY 1;

-- name: luotgiup
SELECT count(*) FROM help_visits WHERE state = 'kept' AND "on" BETWEEN '2026-01-01' AND '2026-12-31' AND unit_id {place};
SELECT units.name, people.name, help_visits.kind, "on", words, next_on FROM help_visits JOIN units ON units.id = unit_id JOIN people
  ON people.id = person_id WHERE state = 'kept' AND "on" BETWEEN '2026-01-01' AND '2026-12-31' AND unit_id {place} ORDER BY "on" DESC, help_visits.id DESC LIMIT 4;

-- name: luotgiup province
SELECT count(*) FROM help_visits WHERE state = 'kept' AND "on" BETWEEN '2026-01-01' AND '2026-12-31' AND unit_id {place};
SELECT units.name, people.name, help_visits.kind, "on", words, next_on FROM help_visits JOIN units ON units.id = unit_id JOIN people
  ON people.id = person_id WHERE state = 'kept' AND "on" BETWEEN '2026-01-01' AND '2026-12-31' AND +unit_id {place} ORDER BY "on" DESC, help_visits.id DESC LIMIT 4;

-- name: nhiemky
SELECT strftime('%Y', "on"), count(*) FROM case_dates WHERE event = 'admission_decided' AND "on" BETWEEN '2025-01-01' AND '2026-12-31'
  AND unit_id {place} GROUP BY 1;
SELECT strftime('%Y', listed_on), count(*) FROM candidates WHERE listed_on BETWEEN '2025-01-01' AND '2026-12-31' AND +state IN ('open', 'closed')
  AND unit_id {place} GROUP BY 1;
SELECT * FROM term_plans WHERE unit_id = :unit AND first_year = 2025;

-- name: khaosat
SELECT units.id, units.name, count(*), sum(ripeness = 'ready'), sum(ripeness = 'developing'), sum(ripeness = 'unlikely') FROM candidates
  CROSS JOIN units ON units.id = candidates.unit_id LEFT JOIN source_surveys ON candidate_id = candidates.id AND year = 2026 AND quarter = 4
  WHERE +state = 'open' AND step IN ('source', 'assign_helper', 'awareness_class', 'procedure_approved', 'application', 'cv', 'vetting', 'opinions', 'recommendation')
  AND candidates.unit_id {place} GROUP BY 1;
SELECT ripeness, count(*) FROM source_surveys WHERE year = 2026 AND quarter = 3 AND unit_id {place} GROUP BY 1;

-- name: khaosat branch
SELECT candidates.id, candidates.code, candidates.name, step, listed_on, last_contact_on, now.ripeness, now.note, before.ripeness FROM candidates
  LEFT JOIN source_surveys now ON now.candidate_id = candidates.id AND now.year = 2026 AND now.quarter = 4
  LEFT JOIN source_surveys before ON before.candidate_id = candidates.id AND before.year = 2026 AND before.quarter = 3
  WHERE +state = 'open' AND step IN ('source', 'assign_helper', 'awareness_class', 'procedure_approved', 'application', 'cv', 'vetting', 'opinions', 'recommendation') AND candidates.unit_id = :unit;

-- name: khaosat province
SELECT committee_id, sum(sources), sum(ready), sum(developing), sum(unlikely), count(*), sum(sources = ready + developing + unlikely) FROM
  (SELECT candidates.unit_id AS branch, count(*) AS sources, count(*) FILTER (WHERE ripeness = 'ready') AS ready, count(*) FILTER
  (WHERE ripeness = 'developing') AS developing, count(*) FILTER (WHERE ripeness = 'unlikely') AS unlikely FROM candidates LEFT JOIN source_surveys
  ON candidate_id = candidates.id AND year = 2026 AND quarter = 4 WHERE +state = 'open' AND step IN ('source', 'assign_helper', 'awareness_class', 'procedure_approved', 'application', 'cv', 'vetting', 'opinions', 'recommendation')
  AND candidates.unit_id {place} GROUP BY 1) JOIN units ON units.id = branch GROUP BY 1;
SELECT committee_id, ripeness, count(*) FROM units CROSS JOIN source_surveys ON unit_id = units.id WHERE year = 2026 AND quarter = 3 AND path >= :low AND path < :high GROUP BY 1, 2;

-- name: khaosat nam
SELECT quarter, ripeness, count(*) FROM source_surveys WHERE year = 2026 AND unit_id {place} GROUP BY 1, 2;

-- name: vuongmac
SELECT difficulties.kind, words, units.name, people.name, difficulties.state, since, answer FROM units CROSS JOIN difficulties ON unit_id = units.id
  JOIN people ON people.id = person_id WHERE path >= :low AND path < :high AND state IN ('open', 'handling', 'handed_up')
  AND asked_level IN ('branch', 'supervisor', 'office') ORDER BY since LIMIT 4;
SELECT kind, count(*) FROM difficulties WHERE state IN ('open', 'handling', 'handed_up') AND unit_id {place} GROUP BY 1;

-- name: chuanop
SELECT units.id, units.name, state FROM units LEFT JOIN reports ON unit_id = units.id AND period = '2026-11'
  WHERE (kind = 'branch' AND committee_id = :unit OR kind = 'committee' AND parent_id = :unit) AND closed_on IS NULL;

-- name: danhsach admitted
SELECT count(*) FROM case_dates WHERE event = 'admission_decided' AND "on" BETWEEN '2026-01-01' AND '2026-12-31' AND case_dates.unit_id {place};
SELECT candidates.code, candidates.name, units.name, step, "on" FROM case_dates JOIN candidates ON candidates.id = candidate_id JOIN units ON units.id = candidates.unit_id WHERE event = 'admission_decided' AND "on" BETWEEN '2026-01-01' AND '2026-12-31' AND case_dates.unit_id {place} ORDER BY +"on", candidates.id LIMIT 5;

-- name: danhsach admitted province
SELECT id, name FROM units WHERE parent_id = :unit AND closed_on IS NULL;
SELECT committee_id, count(*) FROM units CROSS JOIN case_dates ON unit_id = units.id WHERE event = 'admission_decided' AND "on" BETWEEN '2026-01-01' AND '2026-12-31'
  AND path >= :low AND path < :high GROUP BY 1;

-- name: danhsach sources
SELECT count(*) FROM candidates WHERE listed_on BETWEEN '2026-01-01' AND '2026-12-31' AND +state IN ('open', 'closed') AND unit_id {place};
SELECT candidates.code, candidates.name, units.name, step, listed_on FROM candidates JOIN units ON units.id = unit_id WHERE listed_on BETWEEN '2026-01-01' AND '2026-12-31' AND +state IN ('open', 'closed') AND unit_id {place} ORDER BY listed_on, candidates.id LIMIT 5;

-- name: danhsach sources province
SELECT id, name FROM units WHERE parent_id = :unit AND closed_on IS NULL;
SELECT committee_id, count(*) FROM units CROSS JOIN candidates ON unit_id = units.id WHERE listed_on BETWEEN '2026-01-01' AND '2026-12-31'
  AND +state IN ('open', 'closed') AND path >= :low AND path < :high GROUP BY 1;

-- name: danhsach silent
SELECT count(*) FROM candidates CROSS JOIN dues ON candidate_id = candidates.id WHERE closed_at IS NULL AND due_on < '2026-11-18' AND rule = 'contact_gap' AND unit_id {place};
SELECT candidates.code, candidates.name, units.name, step, start_on FROM candidates CROSS JOIN dues ON candidate_id = candidates.id JOIN units ON units.id = unit_id WHERE closed_at IS NULL AND due_on < '2026-11-18' AND rule = 'contact_gap' AND unit_id {place} ORDER BY start_on, candidates.id LIMIT 5;

-- name: danhsach silent province
SELECT id, name FROM units WHERE parent_id = :unit AND closed_on IS NULL;
SELECT committee_id, count(*) FROM units CROSS JOIN candidates ON unit_id = units.id CROSS JOIN dues
  ON candidate_id = candidates.id WHERE closed_at IS NULL AND due_on < '2026-11-18' AND rule = 'contact_gap' AND path >= :low AND path < :high GROUP BY 1;

-- name: danhsach stages
SELECT step, count(*) FROM candidates WHERE +state = 'open' AND unit_id {place} GROUP BY 1;

-- name: danhsach source
SELECT count(*) FROM candidates WHERE +state = 'open' AND step IN ('source', 'assign_helper') AND unit_id {place};
SELECT candidates.code, candidates.name, units.name, step, step_on FROM candidates JOIN units ON units.id = unit_id WHERE +state = 'open' AND step IN ('source', 'assign_helper') AND unit_id {place} ORDER BY step_on, candidates.id LIMIT 5;

-- name: danhsach source province
SELECT id, name FROM units WHERE parent_id = :unit AND closed_on IS NULL;
SELECT committee_id, count(*) FROM units CROSS JOIN candidates ON unit_id = units.id WHERE +state = 'open' AND step IN ('source', 'assign_helper')
  AND path >= :low AND path < :high GROUP BY 1;

-- name: danhsach contacts
SELECT count(*) FROM candidates CROSS JOIN contacts ON candidate_id = candidates.id WHERE "on" BETWEEN '2026-11-01' AND '2026-11-30' AND contacts.state = 'kept' AND how <> 'not_reached' AND unit_id {place};
SELECT candidates.code, candidates.name, units.name, step, "on" FROM candidates CROSS JOIN contacts ON candidate_id = candidates.id JOIN units ON units.id = unit_id WHERE "on" BETWEEN '2026-11-01' AND '2026-11-30' AND contacts.state = 'kept' AND how <> 'not_reached' AND unit_id {place} ORDER BY "on", candidates.id LIMIT 5;

-- name: danhsach contacts province
SELECT id, name FROM units WHERE parent_id = :unit AND closed_on IS NULL;
SELECT committee_id, count(*) FROM units CROSS JOIN candidates ON unit_id = units.id CROSS JOIN contacts ON candidate_id = candidates.id
  WHERE "on" BETWEEN '2026-11-01' AND '2026-11-30' AND contacts.state = 'kept' AND how <> 'not_reached' AND path >= :low AND path < :high GROUP BY 1;

-- name: danhsach none
SELECT count(*) FROM units WHERE kind = 'branch' AND closed_on IS NULL AND path >= :low AND path < :high AND NOT EXISTS
  (SELECT 1 FROM case_dates WHERE unit_id = units.id AND event = 'admission_decided' AND "on" BETWEEN '2026-01-01' AND '2026-12-31');
SELECT id, name FROM units WHERE kind = 'branch' AND closed_on IS NULL AND path >= :low AND path < :high AND NOT EXISTS
  (SELECT 1 FROM case_dates WHERE unit_id = units.id AND event = 'admission_decided' AND "on" BETWEEN '2026-01-01' AND '2026-12-31') ORDER BY name LIMIT 5;

-- name: danhsach none province
SELECT id, name FROM units WHERE parent_id = :unit AND closed_on IS NULL;
SELECT committee_id, count(*) FROM units WHERE kind = 'branch' AND closed_on IS NULL AND path >= :low AND path < :high AND NOT EXISTS
  (SELECT 1 FROM case_dates WHERE unit_id = units.id AND event = 'admission_decided' AND "on" BETWEEN '2026-01-01' AND '2026-12-31') GROUP BY 1;

-- name: danhsach units
SELECT units.id, units.name, quarter, admissions, sources FROM units LEFT JOIN targets ON unit_id = units.id AND year = 2026
  WHERE parent_id = :unit AND closed_on IS NULL;
SELECT unit_id, count(*) FROM case_dates WHERE event = 'admission_decided' AND "on" BETWEEN '2026-01-01' AND '2026-12-31'
  AND unit_id {place} GROUP BY 1;
SELECT unit_id, count(*) FROM candidates WHERE listed_on BETWEEN '2026-01-01' AND '2026-12-31'
  AND +state IN ('open', 'closed') AND unit_id {place} GROUP BY 1;
SELECT unit_id, rule = 'contact_gap', count(*) FROM candidates CROSS JOIN dues ON candidate_id = candidates.id WHERE closed_at IS NULL
  AND due_on < '2026-11-18' AND kind IN ('deadline', 'validity', 'local') AND unit_id {place} GROUP BY 1, 2;

-- name: danhsach units province
SELECT units.id, units.name, quarter, admissions, sources FROM units LEFT JOIN targets ON unit_id = units.id AND year = 2026
  WHERE parent_id = :unit AND closed_on IS NULL;
SELECT committee_id, count(*) FROM units CROSS JOIN case_dates ON unit_id = units.id WHERE event = 'admission_decided' AND "on" BETWEEN '2026-01-01' AND '2026-12-31'
  AND path >= :low AND path < :high GROUP BY 1;
SELECT committee_id, count(*) FROM units CROSS JOIN candidates ON unit_id = units.id WHERE listed_on BETWEEN '2026-01-01' AND '2026-12-31'
  AND +state IN ('open', 'closed') AND path >= :low AND path < :high GROUP BY 1;
SELECT committee_id, rule = 'contact_gap', count(*) FROM units CROSS JOIN candidates ON unit_id = units.id CROSS JOIN dues
  ON candidate_id = candidates.id WHERE closed_at IS NULL AND due_on < '2026-11-18' AND dues.kind IN ('deadline', 'validity', 'local') AND path >= :low AND path < :high GROUP BY 1, 2;
