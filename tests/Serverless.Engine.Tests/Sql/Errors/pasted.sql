CREATE TABLE t （a INT， b STRING） WITH （'connector' ＝ 'print'）；
CREATE TABLE u (a INT) WITH (‘connector’ = ‘print’, “topic” = ”x“);
INSERT INTO t SELECT a、b FROM s；
INSERT INTO t SELECT ’ FROM s;
	INSERT INTO	t SELECT '统计' AS 日期 统计 FROM s;
INSERT INTO t SELECT a【1】 FROM s;
INSERT INTO t SELECT a FROM s WHERE b = '，；（）“”’ stay as they are in a string'; -- ；’
