-- What the archive's statements call and PostgreSQL does not have, or has for other types. Statements end with a blank line.

CREATE OR REPLACE FUNCTION iif(boolean, text, text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT CASE WHEN $1 THEN $2 ELSE $3 END'

CREATE OR REPLACE FUNCTION iif(boolean, bigint, bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT CASE WHEN $1 THEN $2 ELSE $3 END'

CREATE OR REPLACE FUNCTION iif(boolean, boolean, boolean) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT CASE WHEN $1 THEN $2 ELSE $3 END'

CREATE OR REPLACE FUNCTION max(bigint, bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT greatest($1, $2)'

CREATE OR REPLACE FUNCTION instr(text, text) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT strpos($1, $2)'

-- From a place that is counted from the end, too.
CREATE OR REPLACE FUNCTION substr(text, bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT CASE WHEN $2 < 0 THEN right($1, CAST(-$2 AS integer)) ELSE substr($1, CAST($2 AS integer)) END'

CREATE OR REPLACE FUNCTION substr(text, integer, bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT substr($1, $2, CAST($3 AS integer))'

CREATE OR REPLACE FUNCTION substr(text, bigint, bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS 'SELECT substr($1, CAST($2 AS integer), CAST($3 AS integer))'

CREATE OR REPLACE FUNCTION julianday(text) RETURNS float8 LANGUAGE sql STABLE PARALLEL SAFE
AS 'SELECT CAST(extract(epoch FROM CAST($1 AS timestamptz)) AS float8) / 86400 + 2440587.5'

CREATE OR REPLACE FUNCTION strftime(text, text, text) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
AS $$SELECT to_char(CAST($2 AS timestamptz) AT TIME ZONE 'UTC' + CAST($3 AS interval), replace(replace(replace(replace(
    replace($1, '%Y', 'YYYY'), '%m', 'MM'), '%d', 'DD'), '%H', 'HH24'), 'T', '"T"'))$$

CREATE OR REPLACE AGGREGATE total(bigint) (sfunc = int8pl, stype = bigint, initcond = '0')
