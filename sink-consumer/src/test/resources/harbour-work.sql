-- A day's work in the harbour; run again for another year by replacing 2031.
INSERT INTO yard.vessel (imo, name, length_m, beam_m) VALUES ('IMO2031' || '001', 'Newcomer', 99.99, 20);
UPDATE yard.vessel SET imo = 'IMO2031' || right(imo, 3), former_names = former_names || name::text, name = 'Renamed in 2031'
WHERE imo IN ('IMO1000007', 'IMO1000008', 'IMO2030007');
UPDATE yard.vessel SET length_m = length_m + 1, papers = papers || '{"seen": 2031}', flag = 'malta' WHERE imo < 'IMO1000020';
DELETE FROM yard.vessel WHERE imo = (SELECT max(imo) FROM yard.vessel WHERE imo LIKE 'IMO1%');
UPDATE yard.berth SET number = number + 100, note = 'moved in 2031' WHERE number IN (3, 4);
UPDATE yard.visit SET "left" = timestamp '2031-01-01', stay = '1 mon -3 days 04:05:06.789' WHERE "left" IS NULL AND id % 3 = 0;
INSERT INTO yard.visit (imo, quay, number, arrived) SELECT imo, 'B', 1, '2031-05-05 05:05+05' FROM yard.vessel WHERE imo LIKE 'IMO2031%';
UPDATE yard.crew SET name = name || ' (2031)' WHERE born < '1980-01-10' OR born IS NULL;
DELETE FROM yard.crew WHERE name LIKE 'Sailor 1%';
INSERT INTO yard.officer VALUES (gen_random_uuid(), 'Officer of 2031', '2000-02-29', 'captain');
UPDATE ledger."Invoice" SET "No" = "No" || '/2031' WHERE visit < 5;
UPDATE ledger.invoice_line SET amount = amount * 2, line = line + 1000 WHERE line % 10 = 0;
DELETE FROM ledger."Invoice" WHERE visit = 50 + 2031 % 10;
UPDATE ledger.movement SET day = day + 200, tons = 'NaN' WHERE id % 4 = 0;
INSERT INTO ledger.movement SELECT 2031000 + g, date '2031-01-01' + g, g, NULL FROM generate_series(1, 50) g;
DELETE FROM ledger.movement WHERE id BETWEEN 20 AND 30;
UPDATE ledger.rate SET during = daterange(lower(during), '2031-01-01') WHERE quay = 'B';
INSERT INTO ledger.rate VALUES ('B', '[2031-01-01,2099-01-01)', 2031, B'0000') ON CONFLICT DO NOTHING;
