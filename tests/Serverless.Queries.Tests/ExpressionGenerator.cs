namespace Serverless.Queries.Tests;

/// <summary>Random expressions over some columns. None of them fails, whatever the values.</summary>
internal sealed class ExpressionGenerator(Random random)
{
    public static readonly string[] Texts =
        ["", " ", "a", "A", "b", "it's", "say \"x\"", "日本", "本", "😀", "｡", "e\u0301", "é", "x y", "  z ", "%", "a_b", "0", "-1", "zz", "Ünï", "back\\slash"];

    private List<(string Name, ColumnType Type)> _columns = [];

    /// <summary>The columns that expressions may use.</summary>
    public void Over(IEnumerable<(string Name, ColumnType Type)> columns) => _columns = [.. columns];

    private int Next(int limit) => random.Next(limit);

    private T OneOf<T>(params ReadOnlySpan<T> items) => items[random.Next(items.Length)];

    private T Pick<T>(IReadOnlyList<T> items) => items[random.Next(items.Count)];

    public Kind AnyKind() => (Kind)Next(8);

    /// <summary>The type of the expressions of a kind.</summary>
    public static ColumnType TypeOf(Kind kind) => new(kind);

    /// <summary>An expression of any type: most often a column.</summary>
    public (Sql Sql, ColumnType Type) Any(int depth)
    {
        if (Next(3) > 0 && _columns.Count > 0)
        {
            var column = Pick(_columns);
            return (column.Name, column.Type);
        }

        var kind = AnyKind();
        return (Of(kind, depth), TypeOf(kind));
    }

    public Sql Of(Kind kind, int depth)
    {
        var columns = _columns.Where(c => c.Type.Kind == kind).ToList();
        if (depth <= 0 || Next(2) == 0)
        {
            if (columns.Count == 0 || Next(6) == 0)
                return Next(15) == 0 ? Sql.Of($"CAST(NULL AS {TypeOf(kind).Sql})") : Literal(kind);
            var column = Pick(columns);
            return kind == Kind.Decimal && column.Type != TypeOf(kind) ? Sql.Of($"CAST({column.Name} AS DECIMAL(18, 3))") : column.Name;
        }

        if (Next(4) == 0)
            return Next(3) switch
            {
                0 => Sql.Of($"COALESCE({Of(kind, depth - 1)}, {Of(kind, depth - 1)})"),
                1 => Sql.Of($"CASE WHEN {Condition(depth - 1)} THEN {Of(kind, depth - 1)} ELSE {Of(kind, depth - 1)} END"),
                _ => Sql.Of($"NULLIF({Of(kind, depth - 1)}, {Of(kind, depth - 1)})"),
            };
        return kind switch
        {
            Kind.Int => Integer(depth - 1),
            Kind.BigInt => Big(depth - 1),
            Kind.Decimal => Decimal(depth - 1),
            Kind.Double => Double(depth - 1),
            Kind.Text => Text(depth - 1),
            Kind.Boolean => Condition(depth - 1),
            Kind.Date => Next(2) == 0 ? Sql.Of($"CAST({Of(Kind.Timestamp, depth - 1)} AS DATE)") : Of(Kind.Date, 0),
            _ => Time(depth - 1),
        };
    }

    public Sql Literal(Kind kind)
    {
        switch (kind)
        {
            case Kind.Int: return $"{Next(9) - 4}";
            case Kind.BigInt: return $"CAST({Next(2001) - 1000} AS BIGINT)";
            case Kind.Decimal: return $"CAST({(Next(2001) - 1000) / 100m} AS DECIMAL(18, 3))";
            case Kind.Double: return $"CAST({(Next(41) - 20) / 4m} AS DOUBLE)";
            case Kind.Text: return $"'{Pick(Texts).Replace("'", "''", StringComparison.Ordinal)}'";
            case Kind.Boolean: return Next(2) == 0 ? "TRUE" : "FALSE";
            case Kind.Date: return $"DATE '2026-0{1 + Next(2)}-{1 + Next(28):00}'";
            default: return $"TIMESTAMP '2026-01-01 00:0{Next(10)}:{Next(60):00}'" is var time ? new Sql($"CAST({time} AS TIMESTAMP(3))", time) : Sql.Empty;
        }
    }

    private Sql Integer(int depth) => Next(7) switch
    {
        0 => Sql.Of($"({Of(Kind.Int, depth)} + {Literal(Kind.Int)})"),
        1 => Sql.Of($"({Of(Kind.Int, depth)} - {Of(Kind.Int, depth)})"),
        2 => Sql.Of($"MOD({Of(Kind.Int, depth)}, {2 + Next(5)})"),
        3 => Sql.Of($"ABS({Of(Kind.Int, depth)})"),
        4 => new Sql("CHAR_LENGTH(", "length(") is var call ? Sql.Of($"CAST({call}{Of(Kind.Text, depth)}) AS INT)") : Sql.Empty,
        5 => Sql.Of($"({Of(Kind.Int, depth)} {new Sql("/", "//")} {OneOf(2, 3, -2)})"),
        _ => Sql.Of($"CAST(EXTRACT({OneOf("DAY", "MONTH", "YEAR")} FROM {Of(Kind.Date, depth)}) AS INT)"),
    };

    private Sql Big(int depth) => Next(4) switch
    {
        0 => Sql.Of($"({Of(Kind.BigInt, depth)} + {Of(Kind.Int, depth)})"),
        1 => Sql.Of($"({Of(Kind.BigInt, depth)} * {Literal(Kind.Int)})"),
        2 => Sql.Of($"CAST({Of(Kind.Int, depth)} AS BIGINT)"),
        _ => Sql.Of($"(- {Of(Kind.BigInt, depth)})"),
    };

    private Sql Decimal(int depth) => Next(5) switch
    {
        0 => Sql.Of($"CAST({Of(Kind.Decimal, depth)} + {Of(Kind.Decimal, depth)} AS DECIMAL(18, 3))"),
        1 => Sql.Of($"CAST({Of(Kind.Decimal, depth)} * {OneOf("0.5", "1.25", "-0.1")} AS DECIMAL(18, 3))"),
        2 => Sql.Of($"CAST({Of(Kind.Int, depth)} AS DECIMAL(18, 3))"),
        3 => Sql.Of($"CAST(ABS({Of(Kind.Decimal, depth)}) AS DECIMAL(18, 3))"),
        _ => Sql.Of($"CAST({Of(Kind.Decimal, depth)} - {Literal(Kind.Int)} AS DECIMAL(18, 3))"),
    };

    private Sql Double(int depth) => Next(4) switch
    {
        0 => Sql.Of($"({Of(Kind.Double, depth)} + {Of(Kind.Double, depth)})"),
        1 => Sql.Of($"({Of(Kind.Double, depth)} * CAST({OneOf("0.5", "2", "-1")} AS DOUBLE))"),
        2 => Sql.Of($"CAST({Of(Kind.Int, depth)} AS DOUBLE)"),
        _ => Sql.Of($"({Of(Kind.Double, depth)} - {Literal(Kind.Double)})"),
    };

    private Sql Text(int depth) => Next(7) switch
    {
        0 => Sql.Of($"({Of(Kind.Text, depth)} || {Literal(Kind.Text)})"),
        1 => Sql.Of($"UPPER({Of(Kind.Text, depth)})"),
        2 => Sql.Of($"LOWER({Of(Kind.Text, depth)})"),
        3 => Sql.Of($"SUBSTRING({Of(Kind.Text, depth)}, {1 + Next(3)}, {1 + Next(2)})"),
        4 => Sql.Of($"REPLACE({Of(Kind.Text, depth)}, 'a', {Literal(Kind.Text)})"),
        5 => Sql.Of($"CAST({Of(Kind.Int, depth)} AS {new ColumnType(Kind.Text).Sql})"),
        _ => Sql.Of($"TRIM({Of(Kind.Text, depth)})"),
    };

    private Sql Time(int depth) => Next(3) switch
    {
        0 => Sql.Of($"({Of(Kind.Timestamp, depth)} + INTERVAL '{1 + Next(90)}' {OneOf("SECOND", "MINUTE")})"),
        1 => Sql.Of($"CAST({Of(Kind.Date, depth)} AS {new ColumnType(Kind.Timestamp).Sql})"),
        _ => Next(2) == 0 ? new Sql("FLOOR(", "date_trunc('minute', ") is var call && new Sql(" TO MINUTE)", ")") is var end ? Sql.Of($"{call}{Of(Kind.Timestamp, depth)}{end}") : Sql.Empty : Of(Kind.Timestamp, 0),
    };

    /// <summary>A condition.</summary>
    public Sql Condition(int depth)
    {
        if (depth > 0 && Next(3) == 0)
            return Next(5) switch
            {
                0 => Sql.Of($"(NOT {Condition(depth - 1)})"),
                1 or 2 => Sql.Of($"({Condition(depth - 1)} AND {Condition(depth - 1)})"),
                3 => Sql.Of($"({Condition(depth - 1)} OR {Condition(depth - 1)})"),
                _ => Sql.Of($"({Condition(depth - 1)}) IS {OneOf("TRUE", "NOT TRUE", "FALSE", "NOT FALSE")}"),
            };
        var booleans = _columns.Where(c => c.Type.Kind == Kind.Boolean).ToList();
        if (booleans.Count > 0 && Next(6) == 0)
            return Pick(booleans).Name;
        var (kind, left) = _columns.Count > 0 && Next(5) > 0 && Pick(_columns) is var column ? (column.Type.Kind, (Sql)column.Name) : AnyKind() is var any ? (any, Of(any, depth)) : default;
        if (kind == Kind.Boolean)
            return Sql.Of($"({left} = {Of(kind, depth)})");
        switch (Next(8))
        {
            case 0: return Sql.Of($"({left} IS {OneOf("", "NOT ")}NULL)");
            case 1 when kind != Kind.Decimal: return Sql.Of($"({left} {OneOf("", "NOT ")}IN ({Literal(kind)}, {Literal(kind)}, {Literal(kind)}))");
            case 2: return Sql.Of($"({left} {OneOf("", "NOT ")}BETWEEN {Of(kind, 0)} AND {Of(kind, 0)})");
            case 3: return Sql.Of($"({left} IS {OneOf("", "NOT ")}DISTINCT FROM {Of(kind, depth - 1)})");
            case 4 when kind == Kind.Text: return Sql.Of($"({left} LIKE '{OneOf("%a%", "_", "日%", "%", "a__", "%😀")}')");
            default: return Sql.Of($"({left} {OneOf("=", "<>", "<", "<=", ">", ">=")} {Of(kind, depth - 1)})");
        }
    }
}
