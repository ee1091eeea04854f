-- First rows of the source: 36 customers, 48 orders, two or three items each. Run by cdc_loader; all or nothing.
-- Does nothing once there is a customer: rows that the application has deleted since must stay deleted.

DO $$
BEGIN
    IF EXISTS (SELECT FROM customers) THEN
        RETURN;
    END IF;

    INSERT INTO customers (id, external_id, email, full_name, status, created_at)
    SELECT md5('seed customer ' || n)::uuid,
           format('SEED-C-%s', lpad(n::text, 4, '0')),
           format('%s.%s.%s@example.com', lower(first_name), lower(last_name), n),
           format('%s %s', first_name, last_name),
           'active',
           timestamptz '2026-01-05 08:00:00+00' + n * interval '31 hours 17 minutes'
    FROM generate_series(1, 36) AS n,
         LATERAL (SELECT (ARRAY['Ada', 'Grace', 'Edsger', 'Barbara', 'Tony', 'Radia', 'Leslie', 'Frances', 'Jim'])
                             [1 + n % 9] AS first_name,
                         (ARRAY['Okafor', 'Lindqvist', 'Moreau', 'Tanaka', 'Silva', 'Novák', 'Haddad', 'O''Brien'])
                             [1 + n % 8] AS last_name) AS person
    ON CONFLICT DO NOTHING;

    INSERT INTO orders (id, external_id, customer_id, status, currency, total, created_at)
    SELECT md5('seed order ' || n)::uuid,
           format('SEED-O-%s', lpad(n::text, 4, '0')),
           md5('seed customer ' || 1 + n % 36)::uuid,
           (ARRAY['pending', 'paid', 'shipped', 'delivered', 'cancelled'])[1 + n % 5],
           'EUR',
           (SELECT sum((1 + (n + line) % 4) * (4.95 + (n * 7 + line * 13) % 90))
            FROM generate_series(1, 2 + n % 2) AS line),
           timestamptz '2026-03-01 09:30:00+00' + n * interval '19 hours 43 minutes'
    FROM generate_series(1, 48) AS n
    ON CONFLICT DO NOTHING;

    INSERT INTO order_items (id, order_id, sku, quantity, unit_price, created_at)
    SELECT md5(format('seed order %s item %s', n, line))::uuid,
           md5('seed order ' || n)::uuid,
           format('SKU-%s', lpad(((n * 7 + line * 13) % 90)::text, 3, '0')),
           1 + (n + line) % 4,
           4.95 + (n * 7 + line * 13) % 90,
           timestamptz '2026-03-01 09:30:00+00' + n * interval '19 hours 43 minutes'
    FROM generate_series(1, 48) AS n, generate_series(1, 2 + n % 2) AS line
    ON CONFLICT DO NOTHING;
END
$$;
