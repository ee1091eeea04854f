#!/bin/sh
# Makes a database's roles, passwords and tables. May be run again at any time.
#
# libpq's PG* variables say where; ADMIN_USER, DATABASE and ROLES say what. /sql holds the statements, in files that may be
# missing; /secrets holds one password per file.
set -eu

# Read at each use: a secret that is corrected while this waits is seen.
password_of() {
    cat "/secrets/roles/$1"
}

as_admin() {
    PGPASSWORD=$(cat /secrets/admin/postgres) psql -X -q -v ON_ERROR_STOP=1 -U "$ADMIN_USER" "$@"
}

as_role() {
    role=$1
    shift
    PGPASSWORD=$(password_of "$role") psql -X -q -v ON_ERROR_STOP=1 -U "$role" -d "$DATABASE" "$@"
}

# psql hashes it, so the server never sees it and no log can hold it; printf is a command of the shell, so no process list
# shows it.
set_password() {
    password=$(password_of "$1")
    if [ -z "$password" ]; then
        echo "the password of $1 is empty: set the key $1 of the secret" >&2
        exit 1
    fi
    printf '%s\n%s\n' "$password" "$password" | as_admin -d "$DATABASE" -c "\\password $1" 2> /tmp/psql || {
        cat /tmp/psql >&2
        exit 1
    }
    as_role "$1" -c 'SELECT' > /dev/null
    echo "$1: may log in"
}

run_as() {
    if [ -s "/sql/$2" ]; then
        as_role "$1" --single-transaction -f "/sql/$2"
        echo "$2: done as $1"
    fi
}

last=
until problem=$(as_admin -d postgres -c 'SELECT' 2>&1); do
    if [ "$problem" != "$last" ]; then
        echo "waiting for the database: $problem"
        last=$problem
    fi
    sleep 2
done

as_admin -d postgres -v database="$DATABASE" << 'SQL'
SELECT format('CREATE DATABASE %I', :'database')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
SQL
as_admin -d "$DATABASE" --single-transaction -f /sql/roles.sql
echo "roles.sql: done"

for role in $ROLES; do
    if [ "$role" != cdc_replicator ]; then
        set_password "$role"
    fi
done
run_as cdc_owner schema.sql
run_as cdc_owner extra.sql
run_as cdc_loader seed.sql

# Last: until it may log in, Connect refuses the connector instead of starting a task that fails without its publication.
case " $ROLES " in
    *" cdc_replicator "*) set_password cdc_replicator ;;
esac
echo "set up: $PGHOST:$PGPORT/$DATABASE"
