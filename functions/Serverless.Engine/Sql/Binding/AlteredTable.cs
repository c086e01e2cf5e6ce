using Serverless.Engine.Sql.Syntax;

namespace Serverless.Engine.Sql.Binding;

/// <summary><c>ALTER TABLE</c>: the CREATE TABLE that would have made the table as it is from there on.</summary>
internal sealed class AlteredTable(CreateTableStatement create, Diagnostics diagnostics)
{
    private List<ColumnSyntax> _columns = [.. create.Columns];
    private IReadOnlyList<Identifier>? _primaryKey = create.PrimaryKey ?? (create.Columns.OfType<PhysicalColumnSyntax>().Where(c => c.IsPrimaryKey).Select(c => c.Name).ToList() is { Count: > 0 } key ? key : null);
    private WatermarkSyntax? _watermark = create.Watermark;
    private bool _failed;

    /// <summary>Returns the table with a change; null after an error.</summary>
    public static CreateTableStatement? Of(CreateTableStatement create, TableChange change, Diagnostics diagnostics) => change switch
    {
        RenameTableChange rename => create with { Name = rename.NewName },
        SetOptionsChange set => create with { Options = [.. create.Options.Where(o => !set.Options.Any(s => IsOne(s.Name.Text, o.Name.Text))), .. set.Options] },
        ResetOptionsChange reset => create with { Options = [.. create.Options.Where(o => !reset.Keys.Any(k => IsOne(k.Text, o.Name.Text)))] },
        _ => new AlteredTable(create, diagnostics).With(change),
    };

    private static bool IsOne(string option, string other) => option.Equals(other, StringComparison.OrdinalIgnoreCase);

    private CreateTableStatement? With(TableChange change)
    {
        switch (change)
        {
            case TableElementsChange elements:
                foreach (var element in elements.Elements)
                    Put(element, elements.IsNew);
                break;
            case DropColumnsChange drop:
                foreach (var name in drop.Columns)
                    Drop(name);
                break;
            case RenameColumnChange rename:
                Rename(rename);
                break;
            case DropPrimaryKeyChange:
                Check(_primaryKey is not null, change.Span, "no PRIMARY KEY");
                _primaryKey = null;
                break;
            case DropWatermarkChange:
                Check(_watermark is not null, change.Span, "no WATERMARK");
                _watermark = null;
                break;
        }

        // The key stands by itself from here on.
        return _failed ? null : create with
        {
            Columns = [.. _columns.Select(c => c is PhysicalColumnSyntax { IsPrimaryKey: true } physical ? physical with { IsPrimaryKey = false } : c)],
            PrimaryKey = _primaryKey,
            Watermark = _watermark,
        };
    }

    private void Put(TableElementSyntax element, bool isNew)
    {
        if (element.PrimaryKey is { } key)
            PutKey(key, element.Span, isNew);
        else if (element.Watermark is { } watermark)
            PutWatermark(watermark, isNew);
        else if (element.Column is { } column)
            PutColumn(column, element, isNew);
    }

    private void PutKey(IReadOnlyList<Identifier> key, TextSpan span, bool isNew)
    {
        Check(_primaryKey is null == isNew, span, isNew ? "a PRIMARY KEY already: MODIFY it" : "no PRIMARY KEY: ADD it");
        _primaryKey = key;
    }

    private void PutWatermark(WatermarkSyntax watermark, bool isNew)
    {
        Check(_watermark is null == isNew, watermark.Span, isNew ? "a WATERMARK already: MODIFY it" : "no WATERMARK: ADD it");
        _watermark = watermark;
    }

    private void PutColumn(ColumnSyntax column, TableElementSyntax element, bool isNew)
    {
        var at = _columns.FindIndex(c => c.Name.Text == column.Name.Text);
        if (!Check(at < 0 == isNew, column.Name.Span, isNew ? $"a column '{column.Name.Text}' already: MODIFY it" : $"no column '{column.Name.Text}': ADD it"))
            return;
        if (column is PhysicalColumnSyntax { IsPrimaryKey: true })
            PutKey([column.Name], column.Span, _primaryKey is null);
        if (isNew)
            at = _columns.Count;
        else
            _columns.RemoveAt(at);
        if (element.IsFirst)
            at = 0;
        if (element.After is { } after && Place(after) is { } before)
            at = before + 1;
        _columns.Insert(at, column);
    }

    private void Drop(Identifier name)
    {
        if (Place(name) is not { } at)
            return;
        if (Check(_primaryKey?.Any(k => k.Text == name.Text) != true, name.Span, $"'{name.Text}' in its PRIMARY KEY: DROP PRIMARY KEY first")
            && Check(_watermark?.Column.Text != name.Text, name.Span, $"'{name.Text}' in its WATERMARK: DROP WATERMARK first"))
            _columns.RemoveAt(at);
    }

    private void Rename(RenameColumnChange rename)
    {
        if (Place(rename.Column) is not { } at || !Check(!_columns.Exists(c => c.Name.Text == rename.NewName.Text), rename.NewName.Span, $"a column '{rename.NewName.Text}' already"))
            return;
        _columns[at] = _columns[at] with { Name = rename.NewName };
        _primaryKey = _primaryKey is null ? null : [.. _primaryKey.Select(k => k.Text == rename.Column.Text ? rename.NewName : k)];
        if (_watermark?.Column.Text == rename.Column.Text)
            Check(false, rename.Column.Span, $"'{rename.Column.Text}' in its WATERMARK: DROP WATERMARK first");
    }

    private int? Place(Identifier name)
    {
        var at = _columns.FindIndex(c => c.Name.Text == name.Text);
        return Check(at >= 0, name.Span, $"no column '{name.Text}'{Spelling.Suggestion(name.Text, _columns.Select(c => c.Name.Text))}") ? at : null;
    }

    private bool Check(bool isRight, TextSpan span, string has)
    {
        if (isRight)
            return true;
        diagnostics.Error(span, $"table '{create.Name.Text}' has {has}");
        _failed = true;
        return false;
    }
}
