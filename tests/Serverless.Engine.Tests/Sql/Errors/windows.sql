SET 'a' = 'b';
SET 'c' 'd';
SET 'e' = 'f