namespace Serverless.Local.Display.Results;

/// <summary>A setting that scripts need: of <c>settings</c>.</summary>
/// <param name="Name">Its name, as in <c>${NAME}</c>.</param>
/// <param name="IsSecret">Whether it belongs into a key vault.</param>
/// <param name="Options">The options that name it, each as <c>table: option</c>.</param>
internal sealed record SettingResult(string Name, bool IsSecret, IReadOnlyList<string> Options);
