namespace Serverless.Engine.Values;

/// <summary>A unit of the calendar or the clock, from the coarsest.</summary>
public enum TimeUnit
{
#pragma warning disable CS1591 // The names say it all.
    Millennium,
    Century,
    Decade,
    Year,
    Quarter,
    Month,
    Week,
    Day,
    Hour,
    Minute,
    Second,
    Millisecond,
    Microsecond,
#pragma warning restore CS1591

    /// <summary>Some digits of a second.</summary>
    Fraction,
}
