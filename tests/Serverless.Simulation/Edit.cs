namespace Serverless.Simulation;

/// <summary>What is another from some moment of a run on.</summary>
internal enum Edit
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The script: the job starts anew.</summary>
    Script,

    /// <summary>What is written, over the same state: every row is written again.</summary>
    Output,

    /// <summary>The topic, under the same name, and the script's <c>generation</c> with it: the job starts anew.</summary>
    Topic,

    /// <summary>The program: the state is that of a former version.</summary>
    Program,
}
