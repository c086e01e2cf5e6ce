using Serverless.Engine.Expressions;
using Serverless.Engine.Plans;
using Serverless.Engine.Sql.Syntax;

namespace Serverless.Engine.Sql.Binding;

/// <summary><c>JOIN t FOR SYSTEM_TIME AS OF time</c> with a table of a database, which is asked for the rows of each record's key.</summary>
internal sealed class LookupJoinBinder(QueryBinder queries, FromBinder from)
{
    private Diagnostics Diagnostics => queries.Diagnostics;

    /// <summary>Binds it; null after an error.</summary>
    public BoundFrom? Bind(JoinSyntax join, FromTableSyntax table, ExpressionSyntax time)
    {
        var left = from.Bind(join.Left);
        if (left is null || from.Bind(table with { SystemTime = null }) is not { Relation: ScanRelation scan } right)
            return null;
        if (join.Kind is not (JoinKind.Inner or JoinKind.Left))
            return Error(join.Span, "FOR SYSTEM_TIME AS OF goes with JOIN and LEFT JOIN");
        if (left.Tables.Any(l => right.Tables.Any(r => r.Alias is not null && r.Alias == l.Alias)))
            return Error(join.Right.Span, $"two tables are called '{right.Tables[0].Alias}': give one of them another name, as in '{right.Tables[0].Alias} AS b'");
        if (!LookupJoinRelation.IsPerRecord(left.Relation))
            return Error(table.Name.Span, $"'{table.Name.Text}' is looked up once for each record, and the rows on the left are made of several records, so that they change: join it with the table that is read, in a subquery below");
        if (new ExpressionBinder(new Scope(left.Tables), queries.Settings, Diagnostics, "FOR SYSTEM_TIME AS OF", null) { RecordTimestamp = SelectBinder.Timestamp(left.Relation) }.Bind(time) is not { } clock)
            return null;
        if (!IsRecordTimestamp(clock, left.Relation))
            return Error(time.Span, $"'{table.Name.Text}' is a table of a database, which knows its rows as they are now: FOR SYSTEM_TIME AS OF takes PROCTIME() there, or a column that is PROCTIME()");

        // What the clock says to the table's own columns it says to the record.
        ScopeTable With(ScopeTable t, Func<Scalar, Scalar> value) => t with { Find = name => t.Find(name) is { } found ? value(found) : null };
        Scalar OfRecord(Scalar scalar) => scalar is RowScalar ? scalar : scalar.Replace(s => s.Equals(scan.Timestamp) ? clock : null);
        var tables = left.Tables.Concat(right.Tables.Select(t => With(t, OfRecord))).ToList();
        if (Condition(join, tables, left, right) is not { } condition)
            return null;
        var (keys, rest) = Keys(condition, left.Relation, scan);
        if (keys.Count == 0)
            return Error(join.On?.Span ?? join.Span, $"ON must say that a column of '{table.Name.Text}' is equal to something of the left side: the rows are asked for by it");
        if (rest.Find(p => p.Any(s => s is ClockScalar)) is { } late)
            return Error(join.On!.Span, $"{late} would make the result depend on when a record is read");

        Diagnostics.Notice(table.Name.Span, $"what '{table.Name.Text}' answers is the database's to change: a row keeps what was found when its record was read, and reading the record again may find something else");
        var isOuter = join.Kind == JoinKind.Left;
        // A table's computed columns are NULL where there is no row, whatever they would make of NULLs.
        Scalar OfRow(Scalar scalar) => OfRecord(scalar) is var own && (!isOuter || own is ColumnScalar or RowScalar)
            ? own
            : new CaseScalar(new([new IsNullScalar(keys[0].Right)]), new([new ConstantScalar(null, own.Type)]), own);
        return new BoundFrom(
            new LookupJoinRelation(left.Relation, scan, keys, Conjuncts.And(rest), isOuter),
            [.. left.Tables, .. right.Tables.Select(t => With(t, OfRow) with { Hidden = Using(join) })]);
    }

    private static HashSet<string> Using(JoinSyntax join) => [.. (join.Using ?? []).Select(c => c.Text)];

    private Scalar? Condition(JoinSyntax join, List<ScopeTable> tables, BoundFrom left, BoundFrom right)
    {
        if (join.On is { } on)
            return new ExpressionBinder(new Scope(tables), queries.Settings, Diagnostics, "ON", null).BindCondition(on);
        if (join.Using is not { } columns)
        {
            Error(join.Span, "FOR SYSTEM_TIME AS OF needs ON: columns of the table equal to columns of the left side");
            return null;
        }

        var parts = new List<Scalar>();
        foreach (var column in columns)
        {
            var name = new NameSyntax(column.Span, [column]);
            var binders = new[] { left, right }.Select(side => new ExpressionBinder(new Scope(side.Tables), queries.Settings, Diagnostics, "USING", null)).ToArray();
            if (binders[0].Bind(name) is not { } first || binders[1].Bind(name) is not { } second || binders[0].Equal(column.Span, (first, name), (second, name)) is not { } equal)
                return null;
            parts.Add(equal);
        }

        return Conjuncts.And(parts);
    }

    /// <summary>The equalities of a column of the table with something else, and the other conditions.</summary>
    private static (List<(Scalar Left, ColumnScalar Right)> Keys, List<Scalar> Others) Keys(Scalar condition, Relation left, ScanRelation scan)
    {
        var (ofLeft, ofRight) = (Conjuncts.Ids(left), Conjuncts.Ids(scan));
        var (keys, rest) = (new List<(Scalar, ColumnScalar Right)>(), new List<Scalar>());
        foreach (var part in Conjuncts.Of(condition))
        {
            var found = Conjuncts.KeyOf(part, ofLeft, ofRight) ?? Constant(part, ofRight);
            if (found is (var value, ColumnScalar column) && !keys.Exists(k => k.Right.Equals(column)))
                keys.Add((value, column));
            else
                rest.Add(part);
        }

        return (keys, rest);
    }

    private static (Scalar Left, Scalar Right)? Constant(Scalar part, IReadOnlySet<int> right) => part switch
    {
        CallScalar { Function.Name: "=", Arguments: [ColumnScalar column, ConstantScalar { Value: not null } value] } when IsKey(column, value, right) => (value, column),
        CallScalar { Function.Name: "=", Arguments: [ConstantScalar { Value: not null } value, ColumnScalar column] } when IsKey(column, value, right) => (value, column),
        _ => null,
    };

    private static bool IsKey(ColumnScalar column, ConstantScalar value, IReadOnlySet<int> right) => right.Contains(column.Index) && column.Type.ClrType == value.Type.ClrType;

    private static bool IsRecordTimestamp(Scalar scalar, Relation relation)
    {
        while (scalar is CallScalar { IsCast: true } cast)
            scalar = cast.Arguments[0];
        return scalar is ColumnScalar column && relation switch
        {
            ScanRelation scan => scan.Fields.Any(f => f.Column.Id == column.Index && f.Field == SourceField.RecordTimestamp),
            ProjectRelation project when project.Items.FirstOrDefault(i => i.Column.Id == column.Index) is { Scalar: { } own } => IsRecordTimestamp(own, project.Inputs[0]),
            UnionRelation union => union.Columns.ToList().FindIndex(c => c.Id == column.Index) is var at and >= 0
                && Enumerable.Range(0, union.Inputs.Count).All(i => IsRecordTimestamp(union.Places[i][at].Scalar, union.Inputs[i])),
            _ => relation.Inputs.Any(i => IsRecordTimestamp(scalar, i)),
        };
    }

    private BoundFrom? Error(TextSpan span, string message)
    {
        Diagnostics.Error(span, message);
        return null;
    }
}
