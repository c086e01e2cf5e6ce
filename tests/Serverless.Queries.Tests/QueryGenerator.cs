namespace Serverless.Queries.Tests;

/// <summary>
/// Random queries over tables, in both dialects. In DuckDB's, queries carry the order of records in columns of their own, as the engine does unseen; whatever depends on an
/// order that does not tell all rows apart is ordered by all columns as well.
/// </summary>
internal sealed class QueryGenerator
{
    private const double LargestSize = 1500;

    private readonly Random _random;
    private readonly ExpressionGenerator _expressions;
    private readonly List<Relation> _named = [];
    private readonly IReadOnlyList<TestSource> _versions;
    private readonly List<(string Name, Sql Query, bool IsView)> _with = [];
    private int _names;

    public QueryGenerator(Random random, IReadOnlyList<TestSource> sources)
    {
        (_random, _expressions) = (random, new ExpressionGenerator(random));
        _versions = [.. sources.Where(s => s.IsVersioned)];
        _named.AddRange(sources.Where(s => !s.IsVersioned).Select(s => new Relation(s.Name, s.Columns, [TestSource.Order], true, s.Records.Count) { IsNamed = true }));
    }

    /// <summary>What the operators of the query are called, for statistics.</summary>
    public List<string> Operators { get; } = [];

    private int Next(int limit) => _random.Next(limit);

    private bool OneIn(int count) => _random.Next(count) == 0;

    private T OneOf<T>(params ReadOnlySpan<T> items) => items[_random.Next(items.Length)];

    private T Pick<T>(IReadOnlyList<T> items) => items[_random.Next(items.Count)];

    private string Fresh(string letter) => $"{letter}{++_names}";

    /// <summary>A query of some depth, with the statements before it.</summary>
    /// <param name="isKeyed">Whether its rows must go into a table with a primary key.</param>
    public GeneratedQuery Generate(bool isKeyed = false)
    {
        for (var count = Next(6) / 4; count > 0; count--)
        {
            var relation = Query(1);
            var name = Fresh("w");
            _with.Add((name, Inner(relation.From), OneIn(4)));
            _named.Add(relation with { From = name, IsNamed = true });
        }

        var root = Query(1 + Next(3));
        var (query, columns, keys, edited) = Next(isKeyed ? 2 : 6) switch
        {
            1 when root.IsTotal => Copied(root),
            0 => Grouped(root, isEdited: isKeyed),
            _ when isKeyed => Grouped(root, isEdited: true),
            _ => (Visible(root), root.Columns, 0, null),
        };
        // Views read tables and views only, and each WITH what was named before it.
        var views = _with.Where(w => w.IsView).Select(w => $"CREATE VIEW {w.Name} AS {w.Query.Flink};");
        var flink = _with.Where(w => !w.IsView).Select(w => $"{w.Name} AS ({w.Query.Flink})").ToList();
        var duck = _with.Select(w => $"{w.Name} AS ({w.Query.Duck})").ToList();
        var with = new Sql(flink.Count > 0 ? $"WITH {string.Join(", ", flink)} " : "", duck.Count > 0 ? $"WITH {string.Join(", ", duck)} " : "");
        return new GeneratedQuery(string.Join("\n", views), Sql.Of($"{with}{query}"), [.. columns.Select(c => c.Type)], keys) { Edited = edited is null ? null : Sql.Of($"{with}{edited}") };
    }

    /// <summary>A grouping on top, into a table whose primary key is the group's: rows with a NULL in it are none.</summary>
    private (Sql Query, IReadOnlyList<QueryColumn> Columns, int Keys, Sql? Edited) Grouped(Relation root, bool isEdited)
    {
        Operators.Add("keyed sink");
        var input = new Aliased(Fresh("a"), root);
        var keys = Columns(input, 2);
        var calls = Calls(input, 1 + Next(2));
        var (query, columns) = With(Sql.Empty, Having(keys, calls));
        // The edit filters: some rows are other ones then, and some are none.
        return (query, columns, keys.Count, isEdited ? With(Where([input], 1), Having(keys, calls)).Query : null);

        (Sql Query, IReadOnlyList<QueryColumn> Columns) With(Sql where, Sql having)
        {
            var grouped = Select([.. keys, .. calls], Sql.Of($"FROM {input.Sql}{where} GROUP BY {Sql.Join(", ", keys.Select(k => k.Sql))}{having}"), [], false, root.Size);
            var visible = Visible(grouped);
            return (visible with { Duck = $"{visible.Duck} WHERE {string.Join(" AND ", grouped.Columns.Take(keys.Count).Select(c => $"{c.Name} IS NOT NULL"))}" }, grouped.Columns);
        }
    }

    /// <summary>A copy into a table with a primary key: the last row of each by the order of the records.</summary>
    private (Sql Query, IReadOnlyList<QueryColumn> Columns, int Keys, Sql? Edited) Copied(Relation root)
    {
        Operators.Add("copy by key");
        var key = root.Columns[0].Name;
        var query = Visible(root);
        return (query with { Duck = $"{query.Duck} WHERE {key} IS NOT NULL QUALIFY ROW_NUMBER() OVER (PARTITION BY {key} ORDER BY {string.Join(", ", root.Order.Select(o => $"{o} DESC"))}) = 1" }, root.Columns, 1, null);
    }

    /// <summary>A query without the parentheses around it.</summary>
    private static Sql Inner(Sql query) => new(query.Flink[1..^1], query.Duck[1..^1]);

    /// <summary>The query's columns without DuckDB's of the order.</summary>
    private static Sql Visible(Relation relation)
    {
        var list = string.Join(", ", relation.Columns.Select(c => c.Name));
        return new Sql(Inner(relation.From).Flink, $"SELECT {list} FROM {relation.From.Duck} AS r");
    }

    private Aliased Input(int depth) => new(Fresh("a"), depth <= 0 || OneIn(5) ? Pick(_named) : Query(depth));

    /// <summary>A relation whose rows the order of records tells apart.</summary>
    private Aliased Ordered() => new(Fresh("a"), Pick(_named.Where(n => n.IsTotal).ToList()));

    private Relation Query(int depth)
    {
        while (true)
        {
            var (names, operators) = (_names, Operators.Count);
            if (Try(depth) is { } relation && relation.Size <= LargestSize && relation.Columns.Count is > 0 and <= 9)
                return relation;
            _names = names;
            Operators.RemoveRange(operators, Operators.Count - operators);
        }
    }

    private Relation? Try(int depth)
    {
        var (name, make) = Next(_versions.Count > 0 ? 22 : 20) switch
        {
            0 or 1 => ("project", (Func<int, Relation?>)Project),
            2 or 3 or 4 => ("aggregate", Aggregate),
            5 => ("grouping sets", GroupingSets),
            6 => ("distinct", Distinct),
            7 => ("union all", UnionAll),
            8 => ("set operation", SetOperation),
            9 or 10 or 11 => ("join", Join),
            12 or 13 => ("semi join", SemiJoin),
            14 or 15 => ("top-N", TopN),
            16 => ("limit", Limit),
            17 => ("over", Over),
            18 => ("window", Window),
            19 => ("scalar subquery", ScalarSubquery),
            _ => ("versioned join", VersionedJoin),
        };
        Operators.Add(name);
        return make(depth - 1);
    }

    /// <summary>A SELECT as a relation; DuckDB's carries the order of what it reads.</summary>
    private Relation Select(
        IReadOnlyList<(Sql Sql, ColumnType Type)> items, Sql rest, IReadOnlyList<Aliased> ordered, bool isTotal, double size, string distinct = "", Func<IReadOnlyList<string>, Sql>? tail = null)
    {
        var columns = items.Select(i => new QueryColumn(Fresh("c"), i.Type)).ToList();
        var order = ordered.SelectMany(o => o.Relation.Order.Select(c => (From: $"{o.Alias}.{c}", Name: Fresh("o")))).ToList();
        var list = Sql.Join(", ", items.Select((item, i) => Sql.Of($"{item.Sql} AS {columns[i].Name}")).Concat(order.Select(o => Sql.DuckOnly($"{o.From} AS {o.Name}"))));
        var end = tail?.Invoke([.. columns.Select(c => c.Name)]) ?? Sql.Empty;
        return new Relation(Sql.Of($"(SELECT {distinct}{list} {rest}{end})"), columns, [.. order.Select(o => o.Name)], isTotal && order.Count > 0, size);
    }

    private List<(Sql Sql, ColumnType Type)> Items(IReadOnlyList<Aliased> from, int most = 4)
    {
        _expressions.Over(from.SelectMany(f => f.Columns));
        return [.. Enumerable.Range(0, 1 + Next(most)).Select(_ => _expressions.Any(2))];
    }

    private List<(Sql Sql, ColumnType Type)> Columns(Aliased from, int most = 4)
    {
        var columns = from.Columns.ToList();
        return [.. Enumerable.Range(0, 1 + Next(most)).Select(_ => Pick(columns)).Distinct().Select(c => ((Sql)c.Name, c.Type))];
    }

    private Sql Where(IReadOnlyList<Aliased> from, int oneIn = 2)
    {
        _expressions.Over(from.SelectMany(f => f.Columns));
        return OneIn(oneIn) ? Sql.Of($" WHERE {_expressions.Condition(2)}") : Sql.Empty;
    }

    private Relation Project(int depth)
    {
        var input = Input(depth);
        return Select(Items([input], 5), Sql.Of($"FROM {input.Sql}{Where([input])}"), [input], input.Relation.IsTotal, input.Relation.Size);
    }

    private Relation Distinct(int depth)
    {
        var input = Input(depth);
        return Select(Items([input], 3), Sql.Of($"FROM {input.Sql}{Where([input])}"), [], false, input.Relation.Size, "DISTINCT ");
    }

    private (Sql Sql, ColumnType Type) Call(Aliased? ordered)
    {
        var condition = OneIn(4) ? Sql.Of($" FILTER (WHERE {_expressions.Condition(1)})") : Sql.Empty;
        var distinct = OneIn(4) ? "DISTINCT " : "";
        switch (Next(8))
        {
            case 0:
                return (Sql.Of($"COUNT(*){condition}"), new ColumnType(Kind.BigInt));
            case 1:
                return (Sql.Of($"COUNT({distinct}{_expressions.Any(1).Sql}){condition}"), new ColumnType(Kind.BigInt));
            case 2 or 3:
            {
                var kind = OneOf(Kind.Int, Kind.BigInt, Kind.Decimal, Kind.Double);
                var type = kind == Kind.Decimal ? new ColumnType(kind, 38) : new ColumnType(kind);
                var call = Sql.Of($"SUM({distinct}{_expressions.Of(kind, 1)}){condition}");
                return (new Sql(call.Flink, $"CAST({call.Duck} AS {type.Sql.Duck})"), type);
            }

            case 4:
            {
                var kind = OneOf(Kind.Int, Kind.BigInt, Kind.Decimal, Kind.Double);
                var argument = _expressions.Of(kind, 1);
                return Average(kind, argument, $"{condition.Duck}", Sql.Of($"AVG({distinct}{argument}){condition}"), distinct);
            }

            case 5 when ordered is not null:
            {
                var kind = _expressions.AnyKind();
                var (argument, isFirst) = (_expressions.Of(kind, 1), OneIn(2));
                var filter = condition == Sql.Empty ? "" : condition.Duck[" FILTER (WHERE ".Length..^1];
                var order = string.Join(", ", ordered.Relation.Order.Select(o => $"{ordered.Alias}.{o}"));
                return (
                    new Sql(
                        $"{(isFirst ? "FIRST_VALUE" : "LAST_VALUE")}({argument.Flink}){condition.Flink}",
                        $"{(isFirst ? "first" : "last")}({argument.Duck} ORDER BY {order}) FILTER (WHERE ({argument.Duck}) IS NOT NULL{(filter.Length > 0 ? $" AND {filter}" : "")})"),
                    ExpressionGenerator.TypeOf(kind));
            }

            default:
            {
                var (argument, type) = _expressions.Any(1);
                if (type.Kind == Kind.Boolean)
                    (argument, type) = (_expressions.Of(Kind.Int, 1), new ColumnType(Kind.Int));
                return (Sql.Of($"{OneOf("MIN", "MAX")}({argument}){condition}"), type);
            }
        }
    }

    private static (Sql, ColumnType) Average(Kind kind, Sql argument, string after, Sql call, string distinct = "")
    {
        var (total, number) = ($"SUM({distinct}{argument.Duck}){after}", $"COUNT({distinct}{argument.Duck}){after}");
        var type = kind == Kind.Decimal ? new ColumnType(kind, 38, 6) : new ColumnType(kind);
        var duck = kind switch
        {
            Kind.Double => $"{total} / NULLIF({number}, 0)",
            Kind.Decimal => $"average_of_decimals({total}, NULLIF({number}, 0))",
            _ => $"average_of_integers({total}, NULLIF({number}, 0))",
        };
        return (new Sql(call.Flink, $"CAST({duck} AS {type.Sql.Duck})"), type);
    }

    /// <summary>Keys: mostly columns.</summary>
    private List<(Sql Sql, ColumnType Type)> Keys(int count)
    {
        var keys = new List<(Sql Sql, ColumnType Type)>();
        for (var i = 0; i < count; i++)
        {
            var key = _expressions.Any(1);
            if (!keys.Exists(k => k.Sql == key.Sql) && key.Sql.Flink.Contains('a', StringComparison.Ordinal) && key.Sql.Flink.Contains('.', StringComparison.Ordinal))
                keys.Add(key);
        }

        return keys;
    }

    private Relation Aggregate(int depth)
    {
        var input = Input(depth);
        var where = Where([input], 4);
        _expressions.Over(input.Columns);
        var keys = Keys(OneIn(6) ? 0 : 1 + Next(2));
        var calls = Calls(input, 1 + Next(3));
        var having = Having(keys, calls);
        var group = keys.Count > 0 ? Sql.Of($" GROUP BY {Sql.Join(", ", keys.Select(k => k.Sql))}") : Sql.Empty;
        return Select([.. keys, .. calls], Sql.Of($"FROM {input.Sql}{where}{group}{having}"), [], false, Math.Max(1, input.Relation.Size / 3));
    }

    private List<(Sql Sql, ColumnType Type)> Calls(Aliased input, int count)
    {
        _expressions.Over(input.Columns);
        return [.. Enumerable.Range(0, count).Select(_ => Call(input.Relation.IsTotal ? input : null))];
    }

    /// <summary>HAVING over keys and aggregates. A grouping without a key has no row over no rows.</summary>
    private Sql Having(List<(Sql Sql, ColumnType Type)> keys, List<(Sql Sql, ColumnType Type)> calls)
    {
        var always = Sql.DuckOnly(" HAVING COUNT(*) > 0");
        if (!OneIn(4))
            return always;
        _expressions.Over(calls.Concat(keys).Select(k => ("\u0001" + calls.Concat(keys).ToList().IndexOf(k) + "\u0001", k.Type)));
        var condition = _expressions.Condition(1);
        foreach (var (sql, i) in calls.Concat(keys).Select((k, i) => (k.Sql, i)))
            condition = new Sql(condition.Flink.Replace($"\u0001{i}\u0001", sql.Flink, StringComparison.Ordinal), condition.Duck.Replace($"\u0001{i}\u0001", sql.Duck, StringComparison.Ordinal));
        return new Sql($" HAVING {condition.Flink}", $"{always.Duck} AND {condition.Duck}");
    }

    private Relation? GroupingSets(int depth)
    {
        var input = Input(depth);
        _expressions.Over(input.Columns);
        var keys = Columns(input, 3);
        var calls = Calls(input, 1 + Next(2));
        var names = keys.Select(k => k.Sql).ToList();
        var sets = Next(3) switch
        {
            0 => Sql.Of($"ROLLUP ({Sql.Join(", ", names)})"),
            1 => Sql.Of($"CUBE ({Sql.Join(", ", names)})"),
            _ => Sql.Of($"GROUPING SETS (({Sql.Join(", ", names)}), ({names[0]}), ())"),
        };
        List<(Sql, ColumnType)> grouping = OneIn(2) ? [(Sql.Of($"CAST(GROUPING({Pick(names)}) AS BIGINT)"), new ColumnType(Kind.BigInt))] : [];
        return Select([.. keys, .. grouping, .. calls], Sql.Of($"FROM {input.Sql}{Where([input], 4)} GROUP BY {sets}{Sql.DuckOnly(" HAVING COUNT(*) > 0")}"), [], false, input.Relation.Size);
    }

    private Relation UnionAll(int depth)
    {
        var sides = Enumerable.Range(0, 2 + Next(2)).Select(_ => Input(depth)).ToList();
        var kinds = Enumerable.Range(0, 1 + Next(3)).Select(_ => _expressions.AnyKind()).ToList();
        var count = sides[0].Relation.Order.Count;
        var isOrdered = count > 0 && sides.TrueForAll(s => s.Relation.Order.Count == count);
        return Sides(sides, kinds, "UNION ALL", isOrdered, sides.Sum(s => s.Relation.Size));
    }

    private Relation SetOperation(int depth)
    {
        var sides = new[] { Input(depth), Input(depth) }.ToList();
        var kinds = Enumerable.Range(0, 1 + Next(2)).Select(_ => _expressions.AnyKind()).ToList();
        var word = OneOf("UNION", "INTERSECT", "INTERSECT ALL", "EXCEPT", "EXCEPT ALL");
        return Sides(sides, kinds, word, false, sides.Sum(s => s.Relation.Size));
    }

    private Relation Sides(List<Aliased> sides, List<Kind> kinds, string word, bool isOrdered, double size)
    {
        var queries = sides.ConvertAll(side =>
        {
            _expressions.Over(side.Columns);
            return Select([.. kinds.Select(k => (_expressions.Of(k, 1), ExpressionGenerator.TypeOf(k)))], Sql.Of($"FROM {side.Sql}{Where([side], 3)}"), isOrdered ? [side] : [], false, 0);
        });
        return queries[0] with { From = Sql.Of($"({Sql.Join($" {word} ", queries.Select(q => Inner(q.From)))})"), Size = size };
    }

    /// <summary>Pairs of columns of one type, of one side and of the other.</summary>
    private List<Sql> Equalities(Aliased left, Aliased right, int count)
    {
        var pairs = left.Columns.SelectMany(l => right.Columns.Where(r => r.Type.Kind == l.Type.Kind && l.Type.Kind != Kind.Boolean).Select(r => Sql.Of($"{l.Name} = {r.Name}"))).ToList();
        return pairs.Count == 0 ? [] : [.. Enumerable.Range(0, count).Select(_ => Pick(pairs)).Distinct()];
    }

    private Relation? Join(int depth)
    {
        var (left, right) = (Input(depth), Input(depth));
        var kind = OneOf("", "INNER ", "LEFT ", "RIGHT ", "FULL ");
        var conditions = Equalities(left, right, OneIn(8) ? 0 : 1 + Next(2));
        var size = left.Relation.Size * right.Relation.Size / (conditions.Count == 0 ? 2 : 5 * conditions.Count);
        if (conditions.Count == 0 && kind is "FULL " or "RIGHT ")
            kind = "LEFT ";
        if (size > LargestSize)
            return null;
        _expressions.Over(left.Columns.Concat(right.Columns));
        if (OneIn(3))
            conditions.Add(_expressions.Condition(1));
        var (leftTimes, rightTimes) = (left.Columns.Where(c => c.Type.Kind == Kind.Timestamp).ToList(), right.Columns.Where(c => c.Type.Kind == Kind.Timestamp).ToList());
        if (OneIn(2) && leftTimes.Count > 0 && rightTimes.Count > 0)
            conditions.Add(Sql.Of($"{Pick(leftTimes).Name} BETWEEN {Pick(rightTimes).Name} - INTERVAL '{1 + Next(90)}' SECOND AND {Pick(rightTimes).Name} + INTERVAL '{1 + Next(5)}' MINUTE"));
        if (conditions.Count == 0)
            conditions.Add(_expressions.Condition(2));
        var isOrdered = kind is "" or "INNER " && left.Relation.Order.Count > 0 && right.Relation.Order.Count > 0;
        var items = Items([left, right], 6);
        return Select(
            items,
            Sql.Of($"FROM {left.Sql} {kind}JOIN {right.Sql} ON {Sql.Join(" AND ", conditions)}{Where([left, right], 6)}"),
            isOrdered ? [left, right] : [],
            left.Relation.IsTotal && right.Relation.IsTotal,
            size + left.Relation.Size);
    }

    /// <summary>Each row with the version that was valid at its time; in DuckDB's dialect a version is valid until the next one of its key begins.</summary>
    private Relation? VersionedJoin(int depth)
    {
        var (left, versions) = (Input(depth), Pick(_versions));
        var (key, time) = (versions.Columns[0], versions.Columns[1]);
        var times = left.Columns.Where(c => c.Type.Kind == Kind.Timestamp).ToList();
        var keys = left.Columns.Where(c => c.Type.Kind == key.Type.Kind).ToList();
        if (times.Count == 0 || keys.Count == 0)
            return null;
        var at = Pick(times).Name;
        var right = new Aliased(Fresh("a"), new Relation(versions.Name, versions.Columns, [], false, versions.Records.Count));
        var from = new Sql(
            $"{versions.Name} FOR SYSTEM_TIME AS OF {at} AS {right.Alias}",
            $"(SELECT *, lead({time.Name}) OVER (PARTITION BY {key.Name} ORDER BY {time.Name}, {TestSource.Order}) AS until FROM {versions.Name} WHERE {time.Name} IS NOT NULL) AS {right.Alias}");
        var valid = Sql.DuckOnly($" AND {right.Alias}.{time.Name} <= {at} AND ({at} < {right.Alias}.until OR {right.Alias}.until IS NULL)");
        return Select(
            Items([left, right], 6),
            Sql.Of($"FROM {left.Sql} {OneOf("", "LEFT ")}JOIN {from} ON {Pick(keys).Name} = {right.Alias}.{key.Name}{valid}{Where([left, right], 4)}"),
            [],
            false,
            left.Relation.Size);
    }

    private Relation? SemiJoin(int depth)
    {
        var (left, right) = (Input(depth), Input(depth - 1));
        if (left.Relation.Size * right.Relation.Size > 40_000)
            return null;
        var not = OneIn(2) ? "NOT " : "";
        Sql condition;
        _expressions.Over(left.Columns);
        if (OneIn(2))
        {
            var conditions = Equalities(left, right, 1 + Next(2));
            _expressions.Over(OneIn(2) ? right.Columns : left.Columns.Concat(right.Columns));
            if (OneIn(2) || conditions.Count == 0)
                conditions.Add(_expressions.Condition(1));
            condition = Sql.Of($"{not}EXISTS (SELECT 1 FROM {right.Sql} WHERE {Sql.Join(" AND ", conditions)})");
        }
        else
        {
            var kind = _expressions.AnyKind();
            var operand = _expressions.Of(kind, 1);
            _expressions.Over(right.Columns);
            var where = OneIn(2) ? Sql.Of($" WHERE {_expressions.Condition(1)}") : Sql.Empty;
            condition = Sql.Of($"{operand} {not}IN (SELECT {_expressions.Of(kind, 1)} FROM {right.Sql}{where})");
        }

        _expressions.Over(left.Columns);
        var before = OneIn(3) ? Sql.Of($"{_expressions.Condition(1)} AND ") : Sql.Empty;
        return Select(Columns(left), Sql.Of($"FROM {left.Sql} WHERE {before}{condition}"), [left], left.Relation.IsTotal, left.Relation.Size);
    }

    /// <summary>ORDER BY, so that no two different rows are tied: by the order of the records, or by every column.</summary>
    private Sql OrderBy(Aliased input, IReadOnlyList<string>? names = null, int? only = null)
    {
        var columns = names ?? [.. input.Columns.Select(c => c.Name)];
        // Ties: few values, and only one column.
        var coarse = input.Columns.Where(c => c.Type.Kind is Kind.Int or Kind.Boolean or Kind.Date).Select(c => c.Name).ToList();
        List<string> chosen = names is null && input.Relation.IsTotal && coarse.Count > 0 && OneIn(2)
            ? [Pick(coarse)]
            : [.. Enumerable.Range(0, only ?? (1 + Next(2))).Select(_ => Pick(columns)).Distinct()];
        if (!input.Relation.IsTotal)
            chosen.AddRange(columns.Except(chosen));
        // Flink takes NULL for the least value.
        var order = chosen.ConvertAll(c => (c, IsDescending: OneIn(2), Nulls: OneIn(5) ? OneOf("FIRST", "LAST") : null))
            .ConvertAll(o => new Sql(
                $"{o.c}{(o.IsDescending ? " DESC" : OneIn(3) ? " ASC" : "")}{(o.Nulls is null ? "" : $" NULLS {o.Nulls}")}",
                $"{o.c}{(o.IsDescending ? " DESC" : "")} NULLS {o.Nulls ?? (o.IsDescending ? "LAST" : "FIRST")}"));
        if (input.Relation.IsTotal)
            order.AddRange(input.Relation.Order.Select(o => Sql.DuckOnly($"{input.Alias}.{o}")));
        return Sql.Of($"ORDER BY {Sql.Join(", ", order)}");
    }

    private Sql PartitionBy(Aliased input, bool mayBeNone = true)
    {
        if (mayBeNone && OneIn(5))
            return Sql.Empty;
        _expressions.Over(input.Columns);
        return Sql.Of($"PARTITION BY {Sql.Join(", ", Columns(input, 2).Select(c => c.Sql))} ");
    }

    private Relation TopN(int depth)
    {
        var input = OneIn(2) ? Ordered() : Input(depth);
        var order = OrderBy(input);
        var inner = Select(
            [.. input.Columns.Select(c => ((Sql)c.Name, c.Type)), (Sql.Of($"ROW_NUMBER() OVER ({PartitionBy(input)}{order})"), new ColumnType(Kind.BigInt))],
            Sql.Of($"FROM {input.Sql}{Where([input], 5)}"),
            [input],
            input.Relation.IsTotal,
            input.Relation.Size);
        var outer = new Aliased(Fresh("a"), inner);
        var rank = $"{outer.Alias}.{inner.Columns[^1].Name}";
        var condition = Next(5) switch
        {
            0 => $"{rank} = 1",
            1 => $"{rank} < {2 + Next(3)}",
            2 => $"{rank} BETWEEN 2 AND {2 + Next(3)}",
            3 => $"{1 + Next(3)} >= {rank}",
            _ => $"{rank} <= {1 + Next(4)}",
        };
        var items = Columns(outer with { Relation = inner with { Columns = [.. inner.Columns.Take(inner.Columns.Count - 1)] } });
        if (OneIn(2))
            items.Add((rank, new ColumnType(Kind.BigInt)));
        return Select(items, Sql.Of($"FROM {outer.Sql} WHERE {condition}"), [outer], inner.IsTotal, inner.Size / 2);
    }

    private Relation Limit(int depth)
    {
        var input = OneIn(2) ? Ordered() : Input(depth);
        var items = Columns(input);
        var count = 1 + Next(12);
        return Select(
            items,
            Sql.Of($"FROM {input.Sql}{Where([input], 4)}"),
            [input],
            input.Relation.IsTotal,
            count,
            tail: names => Sql.Of($" {OrderBy(input, names)} LIMIT {count}{(OneIn(4) ? $" OFFSET {Next(4)}" : "")}"));
    }

    private Relation Over(int depth)
    {
        var input = OneIn(2) ? Ordered() : Input(depth);
        var items = Columns(input, 3);
        _expressions.Over(input.Columns);
        // Rows that no order tells apart would have the results of two calls in any combination.
        for (var count = input.Relation.IsTotal ? 1 + Next(2) : 1; count > 0; count--)
            items.Add(OverCall(input));
        return Select(items, Sql.Of($"FROM {input.Sql}{Where([input], 4)}"), [input], input.Relation.IsTotal, input.Relation.Size);
    }

    private (Sql, ColumnType) OverCall(Aliased input)
    {
        var partition = PartitionBy(input);
        switch (Next(7))
        {
            case 0:
            {
                // Peers are what ORDER BY does not tell apart: the order of records is no part of it.
                var order = OrderBy(input with { Relation = input.Relation with { IsTotal = false } });
                var some = OneIn(2) ? order : OrderBy(input with { Relation = input.Relation with { IsTotal = true, Order = [] } });
                return (Sql.Of($"{OneOf("RANK", "DENSE_RANK")}() OVER ({partition}{some})"), new ColumnType(Kind.BigInt));
            }

            case 1:
                return (Sql.Of($"ROW_NUMBER() OVER ({partition}{OrderBy(input)})"), new ColumnType(Kind.BigInt));
            case 2:
            {
                var kind = _expressions.AnyKind();
                var more = Next(3) switch { 0 => Sql.Empty, 1 => $", {1 + Next(3)}", _ => Sql.Of($", {1 + Next(2)}, {_expressions.Literal(kind)}") };
                return (Sql.Of($"{OneOf("LAG", "LEAD")}({_expressions.Of(kind, 1)}{more}) OVER ({partition}{OrderBy(input)})"), ExpressionGenerator.TypeOf(kind));
            }
        }

        var window = Frame(input, partition);
        var call = Next(4);
        if (call == 0)
            return (Sql.Of($"COUNT({(OneIn(2) ? "*" : _expressions.Any(1).Sql)}) OVER {window}"), new ColumnType(Kind.BigInt));
        var numeric = OneOf(Kind.Int, Kind.BigInt, Kind.Decimal, Kind.Double);
        var argument = _expressions.Of(numeric, 1);
        if (call == 1)
        {
            var type = numeric == Kind.Decimal ? new ColumnType(numeric, 38) : new ColumnType(numeric);
            var sum = Sql.Of($"SUM({argument}) OVER {window}");
            return (new Sql(sum.Flink, $"CAST({sum.Duck} AS {type.Sql.Duck})"), type);
        }

        if (call == 2)
            return Average(numeric, argument, $" OVER {window.Duck}", Sql.Of($"AVG({argument}) OVER {window}"));
        return (Sql.Of($"{OneOf("MIN", "MAX")}({argument}) OVER {window}"), ExpressionGenerator.TypeOf(numeric));
    }

    private Sql Frame(Aliased input, Sql partition)
    {
        var ranged = input.Columns.Where(c => c.Type.IsNumeric || c.Type.Kind == Kind.Timestamp).ToList();
        switch (Next(5))
        {
            case 0:
                return Sql.Of($"({partition}{OrderBy(input)} ROWS BETWEEN {(OneIn(3) ? "UNBOUNDED" : $"{Next(4)}")} PRECEDING AND CURRENT ROW)");
            case 1 when ranged.Count > 0:
            {
                var (name, type) = Pick(ranged);
                var distance = type.Kind == Kind.Timestamp ? $"INTERVAL '{1 + Next(200)}' SECOND" : $"{Next(4)}";
                var isDescending = OneIn(3);
                return Sql.Of($"({partition}ORDER BY {name}{(isDescending ? " DESC" : "")}{Sql.DuckOnly(isDescending ? " NULLS LAST" : " NULLS FIRST")} RANGE BETWEEN {distance} PRECEDING AND CURRENT ROW)");
            }

            case 2:
                return Sql.Of($"({partition})");
            default:
            {
                var peers = input with { Relation = input.Relation with { IsTotal = true, Order = [] } };
                return Sql.Of($"({partition}{OrderBy(peers, only: 1)}{(OneIn(2) ? " RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW" : "")})");
            }
        }
    }

    private Relation? Window(int depth)
    {
        _ = depth;
        var sources = _named.Where(n => n.Columns.Any(c => c.Type.Kind == Kind.Timestamp)).ToList();
        if (sources.Count == 0)
            return null;
        var input = new Aliased(Fresh("a"), Pick(sources));
        var time = Pick(input.Relation.Columns.Where(c => c.Type.Kind == Kind.Timestamp).ToList()).Name;
        return OneIn(3) ? OldWindow(input, time) : WindowFunction(input, time);
    }

    private sealed record WindowSql(string Name, string FlinkLengths, string OldLengths, Func<string, string, string> Duck, double Copies);

    /// <summary>A kind of window; in DuckDB's dialect the rows with their windows' start and end.</summary>
    private WindowSql AnyWindow(Sql partition)
    {
        var step = 5 + (5 * Next(12));
        var count = 1 + Next(4);
        var size = step * count;
        string Bucket(string time, long length) => $"time_bucket(INTERVAL '{length}' SECOND, {time}, TIMESTAMP '1970-01-01')";
        string Seconds(long length) => $"INTERVAL '{length}' SECOND";
        switch (Next(4))
        {
            case 0:
                return new("TUMBLE", Seconds(step), Seconds(step), (from, t) =>
                    $"SELECT *, {Bucket(t, step)} AS window_start, {Bucket(t, step)} + {Seconds(step)} AS window_end FROM {from} WHERE {t} IS NOT NULL", 1);
            case 1:
                return new("HOP", $"{Seconds(step)}, {Seconds(size)}", $"{Seconds(step)}, {Seconds(size)}", (from, t) =>
                    $"SELECT *, {Bucket(t, step)} - k * {Seconds(step)} AS window_start, {Bucket(t, step)} - k * {Seconds(step)} + {Seconds(size)} AS window_end FROM {from}, range({count}) AS k(k) WHERE {t} IS NOT NULL", count);
            case 2:
                return new("CUMULATE", $"{Seconds(step)}, {Seconds(size)}", $"{Seconds(step)}, {Seconds(size)}", (from, t) =>
                    $"SELECT * FROM (SELECT *, {Bucket(t, size)} AS window_start, {Bucket(t, size)} + (k + 1) * {Seconds(step)} AS window_end FROM {from}, range({count}) AS k(k)) WHERE {t} < window_end AND {t} IS NOT NULL", count);
            default:
            {
                var by = partition == Sql.Empty ? "" : partition.Duck;
                return new("SESSION", Seconds(step), Seconds(step), (from, t) =>
                    $"SELECT *, min({t}) OVER (PARTITION BY {(by.Length > 0 ? by["PARTITION BY ".Length..] + ", " : "")}session) AS window_start, max({t}) OVER (PARTITION BY {(by.Length > 0 ? by["PARTITION BY ".Length..] + ", " : "")}session) + {Seconds(step)} AS window_end FROM (SELECT *, sum(starts) OVER ({by}ORDER BY {t} RANGE UNBOUNDED PRECEDING) AS session FROM (SELECT *, CASE WHEN {t} - lag({t}) OVER ({by}ORDER BY {t}) <= {Seconds(step)} THEN 0 ELSE 1 END AS starts FROM {from} WHERE {t} IS NOT NULL))", 1);
            }
        }
    }

    private Relation WindowFunction(Aliased input, string time)
    {
        var keys = OneIn(3) ? [] : new List<string> { Pick(input.Relation.Columns).Name };
        var partition = keys.Count > 0 ? (Sql)$"PARTITION BY {string.Join(", ", keys)} " : Sql.Empty;
        var window = AnyWindow(partition);
        var of = window.Name == "SESSION" && keys.Count > 0 ? $" {partition.Flink}" : "";
        var from = new Sql(
            $"TABLE({window.Name}(TABLE {input.Relation.From.Flink}{of}, DESCRIPTOR({time}), {window.FlinkLengths}))",
            $"({window.Duck(input.Relation.From.Duck, time)})");
        var bound = new ColumnType(Kind.Timestamp);
        var windowed = input with
        {
            Relation = input.Relation with
            {
                From = from,
                Columns = [.. input.Relation.Columns, new QueryColumn("window_start", bound), new QueryColumn("window_end", bound)],
                IsTotal = input.Relation.IsTotal && window.Copies == 1,
                Size = input.Relation.Size * window.Copies,
            },
        };
        if (OneIn(4))
            return Select(
                Items([windowed], 5),
                // A row without a time has no window, which is found out where somebody asks for it.
                Sql.Of($"FROM {windowed.Sql}{(Where([windowed], 3) is var where && where == Sql.Empty ? (Sql)" WHERE" : Sql.Of($"{where} AND"))} {windowed.Alias}.window_start IS NOT NULL"), [windowed], windowed.Relation.IsTotal, windowed.Relation.Size);
        var bounds = new List<(Sql Sql, ColumnType Type)> { ($"{windowed.Alias}.window_start", bound), ($"{windowed.Alias}.window_end", bound) };
        var group = keys.ConvertAll<(Sql Sql, ColumnType Type)>(k => ($"{windowed.Alias}.{k}", input.Relation.Columns.First(c => c.Name == k).Type));
        var calls = Calls(windowed, 1 + Next(2));
        // The rows of one window are told apart by the order of records.
        return Select([.. bounds, .. group, .. calls], Sql.Of($"FROM {windowed.Sql}{Where([windowed], 5)} GROUP BY {Sql.Join(", ", bounds.Concat(group).Select(g => g.Sql))}"), [], false, windowed.Relation.Size / 2);
    }

    private Relation OldWindow(Aliased input, string time)
    {
        var keys = OneIn(3) ? [] : new List<string> { Pick(input.Relation.Columns).Name };
        var partition = keys.Count > 0 ? (Sql)$"PARTITION BY {string.Join(", ", keys)} " : Sql.Empty;
        var window = AnyWindow(partition);
        if (window.Name == "CUMULATE")
            return WindowFunction(input, time);
        // WHERE comes before the windows are made.
        var where = Where([input], 4);
        var whereDuck = new Aliased(input.Alias, input.Relation with { From = new Sql(input.Relation.From.Flink, $"(SELECT * FROM {input.Relation.From.Duck} AS {input.Alias}{where.Duck})") });
        var from = new Aliased(input.Alias, whereDuck.Relation with { From = new Sql(input.Relation.From.Flink, $"({window.Duck(whereDuck.Relation.From.Duck, time)})"), IsTotal = input.Relation.IsTotal && window.Copies == 1 });
        var bound = new ColumnType(Kind.Timestamp);
        var call = $"{window.Name}({input.Alias}.{time}, {window.OldLengths})";
        List<(Sql Sql, ColumnType Type)> bounds =
        [
            (new Sql($"{window.Name}_START({input.Alias}.{time}, {window.OldLengths})", $"{input.Alias}.window_start"), bound),
            (new Sql($"{window.Name}_END({input.Alias}.{time}, {window.OldLengths})", $"{input.Alias}.window_end"), bound),
        ];
        var group = keys.ConvertAll<(Sql Sql, ColumnType Type)>(k => ($"{input.Alias}.{k}", input.Relation.Columns.First(c => c.Name == k).Type));
        var calls = Calls(from, 1 + Next(2));
        var groupBy = Sql.Join(", ", group.Select(g => g.Sql).Append(new Sql(call, $"{input.Alias}.window_start, {input.Alias}.window_end")));
        return Select([.. bounds, .. group, .. calls], Sql.Of($"FROM {from.Sql}{new Sql(where.Flink, "")} GROUP BY {groupBy}"), [], false, input.Relation.Size);
    }

    private Relation? ScalarSubquery(int depth)
    {
        var (left, right) = (Input(depth), Input(depth - 1));
        if (left.Relation.Size * right.Relation.Size > 40_000)
            return null;
        _expressions.Over(right.Columns);
        var (call, type) = Call(null);
        var correlated = OneIn(2) ? Equalities(right, left, 1) : [];
        var where = correlated.Count > 0 ? Sql.Of($" WHERE {correlated[0]}") : Sql.Empty;
        var having = OneIn(4) && correlated.Count == 0 ? $" HAVING COUNT(*) > {Next(30)}" : "";
        if (type.Kind is not Kind.Decimal && OneIn(4))
            call = Sql.Of($"COALESCE({call}, {_expressions.Literal(type.Kind)})");
        var query = Sql.Of($"(SELECT {call} FROM {right.Sql}{where}{having})");
        var items = Columns(left, 3);
        if (OneIn(2))
        {
            items.Add((query, type));
            return Select(items, Sql.Of($"FROM {left.Sql}{Where([left], 4)}"), [], false, left.Relation.Size);
        }

        _expressions.Over(left.Columns);
        return Select(items, Sql.Of($"FROM {left.Sql} WHERE {_expressions.Of(type.Kind, 1)} {OneOf("<", ">=", "=", "<>")} {query}"), [], false, left.Relation.Size);
    }
}

/// <summary>A query in both dialects.</summary>
/// <param name="Views">The statements before it.</param>
/// <param name="Query">The query.</param>
/// <param name="Types">The types of its columns.</param>
/// <param name="Keys">How many of the first columns are the sink's primary key; 0 if it has none.</param>
internal sealed record GeneratedQuery(string Views, Sql Query, IReadOnlyList<ColumnType> Types, int Keys)
{
    /// <summary>The query after an edit of its script, over the same tables and into the same; null if there is none.</summary>
    public Sql? Edited { get; init; }
}
