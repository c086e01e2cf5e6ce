namespace Serverless.Engine.State;

/// <summary>State that a host stores under a key.</summary>
public interface IKeyedState
{
    /// <summary>The key, within its job.</summary>
    string Key { get; }

    /// <summary>Whether it has outlived <c>table.exec.state.ttl</c> and may be deleted.</summary>
    bool IsExpired(DateTimeOffset now);

    /// <summary>Writes the state.</summary>
    void Write(StateWriter writer);
}
