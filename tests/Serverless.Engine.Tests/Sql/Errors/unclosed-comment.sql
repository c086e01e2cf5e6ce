SET 'a' = 'b';
/* a comment
SET 'c' = 'd';
