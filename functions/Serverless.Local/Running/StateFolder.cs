namespace Serverless.Local.Running;

/// <summary>The folder that a run keeps everything in. One process at a time: a lock file sees to it.</summary>
internal sealed class StateFolder : IDisposable
{
    private readonly FileStream _lock;
    private readonly bool _isTemporary;

    private StateFolder(string path, FileStream @lock, bool isTemporary) => (Path, _lock, _isTemporary) = (path, @lock, isTemporary);

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The jobs' state.</summary>
    public string StateFile => System.IO.Path.Combine(Path, "state.db");

    /// <summary>The result tables of <c>--embedded-sinks</c>, and the dead letters.</summary>
    public string ResultsFile => System.IO.Path.Combine(Path, "results.db");

    /// <summary>Opens a folder, making it where absent.</summary>
    /// <exception cref="CommandException">It cannot be used, or another process does.</exception>
    public static StateFolder Open(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"cannot make the folder '{path}': {e.Message}; choose another with --state");
        }
        var file = System.IO.Path.Combine(path, "lock");
        try
        {
            return new StateFolder(path, new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None), false);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new CommandException($"cannot write to the folder '{path}': {e.Message}; choose another with --state");
        }
        catch (IOException e)
        {
            throw new CommandException($"cannot lock '{file}', probably because another serverless-sql runs there ({e.Message}); stop it, or choose another folder with --state");
        }
    }

    /// <summary>Makes a folder that is deleted at the end.</summary>
    public static StateFolder Temporary()
    {
        var path = Directory.CreateTempSubdirectory("serverless-sql-").FullName;
        return new StateFolder(path, new FileStream(System.IO.Path.Combine(path, "lock"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None), true);
    }

    /// <summary>Whether an earlier run left something.</summary>
    private bool IsUsed => File.Exists(StateFile) || File.Exists(ResultsFile);

    // Says that what is here came of an embedded broker, and ended with it.
    private string EmbeddedMark => System.IO.Path.Combine(Path, "embedded");

    /// <summary>Makes the folder ready: what an embedded broker's run left is deleted, its topics ended with it, and nothing else is.</summary>
    /// <param name="isEmbedded">Whether this run has an embedded broker.</param>
    /// <returns>Whether something was deleted.</returns>
    /// <exception cref="CommandException">The folder holds what a run with other brokers has read.</exception>
    public bool Prepare(bool isEmbedded)
    {
        var isMarked = File.Exists(EmbeddedMark);
        if (isEmbedded && IsUsed && !isMarked)
            throw new CommandException($"'{Path}' holds the state of jobs that read other brokers or files, and an embedded broker would start it afresh: choose another folder with --state");
        var isCleared = IsUsed && isMarked;
        if (isMarked)
            Clear();
        if (isEmbedded)
            File.WriteAllText(EmbeddedMark, "");
        else
            File.Delete(EmbeddedMark);
        return isCleared;
    }

    private void Clear()
    {
        foreach (var file in new[] { StateFile, ResultsFile })
            foreach (var suffix in new[] { "", "-wal", "-shm" })
                File.Delete(file + suffix);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _lock.Dispose();
        if (_isTemporary)
            Directory.Delete(Path, recursive: true);
    }
}
