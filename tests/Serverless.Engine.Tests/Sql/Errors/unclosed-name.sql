SET 'a' = 'b';
INSERT INTO t SELECT `a FROM s;
SET 'c' = 'd'