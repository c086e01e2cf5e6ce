namespace Serverless.Local.Running;

/// <summary>The folder in which a run keeps everything, readable by its user only. A lock file keeps a second process out.</summary>
internal sealed class StateFolder : IDisposable
{
    /// <summary>The name of the file that says that what is in the folder came of an embedded broker, and ended with it.</summary>
    public const string EmbeddedMark = "embedded";

    private const UnixFileMode OwnFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnFolder = OwnFile | UnixFileMode.UserExecute;

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
        RefuseLink(new DirectoryInfo(path));
        try
        {
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(path);
            else
                Directory.CreateDirectory(path, OwnFolder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"cannot make the folder '{path}': {e.Message}; choose another with --state");
        }
        var file = System.IO.Path.Combine(path, "lock");
        try
        {
            return new StateFolder(path, OpenOwn(file), false);
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
        return new StateFolder(path, OpenOwn(System.IO.Path.Combine(path, "lock")), true);
    }

    /// <summary>Whether an earlier run left something.</summary>
    private bool IsUsed => File.Exists(StateFile) || File.Exists(ResultsFile);

    private string MarkFile => System.IO.Path.Combine(Path, EmbeddedMark);

    /// <summary>Prepares the folder: deletes what a run with an embedded broker left, because its topics ended with it, and nothing else.</summary>
    /// <param name="isEmbedded">Whether this run has an embedded broker.</param>
    /// <returns>Whether something was deleted.</returns>
    /// <exception cref="CommandException">The folder holds what a run with other brokers has read.</exception>
    public bool Prepare(bool isEmbedded)
    {
        var isMarked = File.Exists(MarkFile);
        if (isEmbedded && IsUsed && !isMarked)
            throw new CommandException($"'{Path}' holds the state of jobs that read other brokers or files, and an embedded broker would start it afresh: choose another folder with --state");
        var isCleared = IsUsed && isMarked;
        if (isMarked)
            Clear();
        if (isEmbedded)
            OpenOwn(MarkFile).Dispose();
        else
            File.Delete(MarkFile);
        // SQLite gives the files beside a database the database's rights.
        foreach (var file in new[] { StateFile, ResultsFile })
            OpenOwn(file).Dispose();
        return isCleared;
    }

    // A file that nobody else may read; one that is there keeps what it holds.
    private static FileStream OpenOwn(string path)
    {
        RefuseLink(new FileInfo(path));
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnFile;
        var file = new FileStream(path, options);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file.SafeFileHandle, OwnFile);
        return file;
    }

    // Whoever could put a link there would choose what is overwritten.
    private static void RefuseLink(FileSystemInfo place)
    {
        if (place.LinkTarget is { } target)
            throw new CommandException($"'{place.FullName}' is a link, to '{target}', and links are not followed: name the folder itself with --state");
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
