CREATE TABLE t (a INT) WITH ('connector = 'print',
  'topic' = 'x');
SET 'a' = 'b';
