using Serverless.Engine.Sql;

namespace Serverless.Engine;

/// <summary>What a job writes, and its script, from which the keys of its rows can be made again when the script is another. It holds no secret.</summary>
/// <param name="Fingerprint">A short hash of all that decides the rows: see <see cref="Plan.OutputFingerprint"/>.</param>
/// <param name="Table">Where the rows are, and by which key: rows of two forms can only be compared in one table.</param>
/// <param name="ScriptName">The script's name.</param>
/// <param name="Script">The script's text, with <c>${SECRET}</c> instead of passwords.</param>
public sealed record OutputForm(string Fingerprint, string Table, string ScriptName, string Script)
{
    /// <summary>Returns the form of a job's rows.</summary>
    /// <param name="job">The job.</param>
    /// <param name="place">Where its sink writes to, without secrets.</param>
    /// <param name="options">The sink's options that decide what becomes of a row.</param>
    public static OutputForm Of(Job job, string place, string options)
    {
        var key = string.Join(", ", job.Sink.PrimaryKey.Select(i => $"{job.Sink.Columns[i].Name} {job.Sink.Columns[i].Type}"));
        var table = $"{place} ({(key.Length > 0 ? key : "no primary key")})";
        return new OutputForm(Plan.OutputFingerprint(job, table, options), table, job.Script.Name, SecretOptions.Withhold(job.Script.Text));
    }

    /// <summary>Compiles the script again; null if it no longer compiles, or comes to a job whose state means something else.</summary>
    /// <param name="job">The job's name.</param>
    /// <param name="fingerprint">The state's <see cref="Plan.Fingerprint"/>.</param>
    /// <param name="connectors">The connectors.</param>
    public Job? Compile(string job, string fingerprint, IConnectorCatalog connectors) =>
        ScriptCompiler.Compile(new SourceText(ScriptName, Script), connectors).Jobs.FirstOrDefault(j => j.Name == job && Plan.Fingerprint(j) == fingerprint);
}
