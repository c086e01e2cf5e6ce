using Serverless.Engine.State;

namespace Serverless.Engine.Operators;

/// <summary>What a keyed operator keeps for one key.</summary>
internal interface IKeyState
{
    /// <summary>Whether it is as if the key had never come: nothing needs to be stored.</summary>
    bool IsEmpty { get; }

    /// <summary>Writes it.</summary>
    void Write(StateWriter writer);

    /// <summary>Reads what <see cref="Write"/> wrote into one that is empty.</summary>
    void Read(ref StateReader reader);
}
