namespace Serverless.Durable;

/// <summary>An operation that an entity is asked for.</summary>
public interface IOperation
{
    /// <summary>Its name: one of <see cref="Operations"/>.</summary>
    string Name { get; }

    /// <summary>Reads its input; null if it has none.</summary>
    T? Input<T>() where T : class;
}
