using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Serverless.TestServers.Kafka;

/// <summary>The users of a <see cref="SecureBroker"/>, and how often they came. Safe for all threads.</summary>
public sealed class BrokerUsers
{
    private readonly ConcurrentDictionary<string, (string Password, bool IsAllowed)> _users = new();
    private int _logins;
    private int _refusals;

    /// <summary>Makes some.</summary>
    /// <param name="users">Their names and passwords.</param>
    public BrokerUsers(params (string Name, string Password)[] users)
    {
        foreach (var (name, password) in users)
            _users[name] = (password, true);
    }

    /// <summary>Raised with a user's name when the user may no longer log in.</summary>
    public event Action<string>? Revoked;

    /// <summary>The logins that succeeded.</summary>
    public int Logins => Volatile.Read(ref _logins);

    /// <summary>The logins that were refused.</summary>
    public int Refusals => Volatile.Read(ref _refusals);

    /// <summary>Refuses a user from now on, and cuts the user's connections.</summary>
    public void Revoke(string name)
    {
        _users[name] = (_users[name].Password, false);
        Revoked?.Invoke(name);
    }

    /// <summary>Lets a user in again.</summary>
    public void Allow(string name) => _users[name] = (_users[name].Password, true);

    internal bool TryGetPassword(string name, [NotNullWhen(true)] out string? password)
    {
        var isAllowed = _users.TryGetValue(name, out var user) && user.IsAllowed;
        password = isAllowed ? user.Password : null;
        return isAllowed;
    }

    internal void Count(bool isLogin) => Interlocked.Increment(ref isLogin ? ref _logins : ref _refusals);
}
