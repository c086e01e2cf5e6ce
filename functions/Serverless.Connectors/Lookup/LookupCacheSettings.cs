namespace Serverless.Connectors.Lookup;

/// <summary>What is kept of what a table answered: <c>lookup.cache</c>.</summary>
/// <param name="MaxRows">The most keys.</param>
/// <param name="AfterWrite">How long an answer holds; null for as long as it is kept.</param>
/// <param name="AfterAccess">How long an answer holds that is not asked for; null for as long as it is kept.</param>
/// <param name="KeepsMissing">Whether it is kept that there is no row.</param>
internal sealed record LookupCacheSettings(int MaxRows, TimeSpan? AfterWrite, TimeSpan? AfterAccess, bool KeepsMissing);
