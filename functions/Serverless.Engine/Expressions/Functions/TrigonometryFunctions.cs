using Serverless.Engine.Values;

namespace Serverless.Engine.Expressions.Functions;

/// <summary>Functions of angles in radians, and the numbers π and e, all DOUBLE.</summary>
internal static class TrigonometryFunctions
{
    public static void AddTo(FunctionTable table)
    {
        AddOne("SIN", Math.Sin);
        AddOne("COS", Math.Cos);
        AddOne("TAN", Math.Tan);
        AddOne("COT", x => 1 / Math.Tan(x));
        AddOne("ASIN", Math.Asin);
        AddOne("ACOS", Math.Acos);
        AddOne("ATAN", Math.Atan);
        AddOne("SINH", Math.Sinh);
        AddOne("COSH", Math.Cosh);
        AddOne("TANH", Math.Tanh);
        AddOne("DEGREES", x => x / Math.PI * 180);
        AddOne("RADIANS", x => x / 180 * Math.PI);
        table.Add("ATAN2", "two numbers", new Overload(Atan2, SqlType.Double, SqlType.Double, SqlType.Double) { CanFail = true });
        table.Add("PI", "nothing", call => call.Count == 0 ? call.Make(Pi, SqlType.Double) : null);
        table.Add("E", "nothing", call => call.Count == 0 ? call.Make(Euler, SqlType.Double) : null);

        void AddOne(string name, Func<double, double> compute) => table.Add(name, "a number", call =>
            call.Count == 1 && call.Symbols.Count == 0 && (call.Type(0).IsNumeric || call.Type(0).Kind == SqlKind.Null)
                ? call.Make(Compute, SqlType.Double, [SqlType.Double], canFail: true, compute)
                : null);
    }

    private static Number Compute(Func<double, double> compute, Number number) => ArithmeticFunctions.Fit(compute(number.ToDouble()));

    private static Number Atan2(Number y, Number x) => ArithmeticFunctions.Fit(Math.Atan2(y.ToDouble(), x.ToDouble()));

    private static Number Pi() => Number.FromDouble(Math.PI);

    private static Number Euler() => Number.FromDouble(Math.E);
}
