using System.Globalization;
using Jarvis.SemanticKernel.KillSwitch;

namespace Jarvis.SemanticKernel;

/// <summary>What one switch stops: everything, or one tier, model, agent or goal. Immutable; two scopes that stop the same are equal.</summary>
public sealed class KillSwitchScope : IEquatable<KillSwitchScope>
{
    private readonly int _hash;

    private KillSwitchScope(KillSwitchScopeKind kind, string? name, string key)
    {
        (Kind, Name, Key) = (kind, name, key);
        _hash = key.GetHashCode(StringComparison.Ordinal);
    }

    /// <summary>Gets the scope of the switch that stops everything.</summary>
    public static KillSwitchScope Global { get; } = new(KillSwitchScopeKind.Global, null, KillSwitchKey.Global);

    /// <summary>Gets what kind of thing is stopped.</summary>
    public KillSwitchScopeKind Kind { get; }

    /// <summary>Gets the name of the tier, in lower case, of the model or the agent, or the number of the goal; <see langword="null"/> for <see cref="Global"/>.</summary>
    public string? Name { get; }

    /// <summary>Gets the key of the switch's row in <c>agent_state</c>, such as <c>kill_switch:tier:strong</c>.</summary>
    public string Key { get; }

    /// <summary>Gets a value indicating whether everything is stopped.</summary>
    internal bool IsOfAll => Kind is KillSwitchScopeKind.Global or KillSwitchScopeKind.Unknown;

    /// <summary>Says whether both stop the same.</summary>
    /// <param name="left">One scope.</param>
    /// <param name="right">The other one.</param>
    /// <returns>True when they are equal.</returns>
    public static bool operator ==(KillSwitchScope? left, KillSwitchScope? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Says whether they stop different things.</summary>
    /// <param name="left">One scope.</param>
    /// <param name="right">The other one.</param>
    /// <returns>True when they are not equal.</returns>
    public static bool operator !=(KillSwitchScope? left, KillSwitchScope? right) => !(left == right);

    /// <summary>Makes the scope of a tier.</summary>
    /// <param name="tier">The tier's name, without regard to case; 1 to 238 characters, none of them a control character.</param>
    /// <returns>The scope.</returns>
    /// <exception cref="ArgumentException"><paramref name="tier"/> is empty, too long or not storable.</exception>
    public static KillSwitchScope ForTier(string tier) => For(KillSwitchScopeKind.Tier, tier, nameof(tier));

    /// <summary>Makes the scope of a model.</summary>
    /// <param name="model">The model id as the tier asks for it; 1 to 238 characters, none of them a control character.</param>
    /// <returns>The scope.</returns>
    /// <exception cref="ArgumentException"><paramref name="model"/> is empty, too long or not storable.</exception>
    public static KillSwitchScope ForModel(string model) => For(KillSwitchScopeKind.Model, model, nameof(model));

    /// <summary>Makes the scope of an agent.</summary>
    /// <param name="agent">The agent as <see cref="JarvisScope.Begin"/> names it; 1 to 238 characters, none of them a control character.</param>
    /// <returns>The scope.</returns>
    /// <exception cref="ArgumentException"><paramref name="agent"/> is empty, too long or not storable.</exception>
    public static KillSwitchScope ForAgent(string agent) => For(KillSwitchScopeKind.Agent, agent, nameof(agent));

    /// <summary>Makes the scope of a goal.</summary>
    /// <param name="goal">The goal's number.</param>
    /// <returns>The scope.</returns>
    public static KillSwitchScope ForGoal(int goal) => Make(KillSwitchScopeKind.Goal, goal.ToString(CultureInfo.InvariantCulture));

    /// <inheritdoc />
    public bool Equals(KillSwitchScope? other) => other is not null && _hash == other._hash && string.Equals(Key, other.Key, StringComparison.Ordinal);

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as KillSwitchScope);

    /// <inheritdoc />
    public override int GetHashCode() => _hash;

    /// <summary>Returns <c>global</c>, or the key without its beginning, such as <c>tier:strong</c>.</summary>
    /// <returns>The text.</returns>
    public override string ToString() => Kind switch
    {
        KillSwitchScopeKind.Global => "global",
        KillSwitchScopeKind.Unknown => Name!,
        _ => Key[KillSwitchKey.Prefix.Length..],
    };

    /// <summary>Reads a key back. One that no scope has, of a kind that nobody knows for instance, is that of something unknown.</summary>
    internal static KillSwitchScope FromKey(string key) => key == KillSwitchKey.Global ? Global
        : TryMake(key) ?? new KillSwitchScope(KillSwitchScopeKind.Unknown, key.StartsWith(KillSwitchKey.Prefix, StringComparison.Ordinal) ? key[KillSwitchKey.Prefix.Length..] : key, key);

    /// <summary>The scopes whose switches stop a call, the global one left out. A name that no scope can have has none.</summary>
    internal static KillSwitchScope[] Covering(string? tier, string? model, CallAttribution attribution)
    {
        KillSwitchScope?[] scopes =
        [
            TryMake(KillSwitchScopeKind.Tier, tier),
            TryMake(KillSwitchScopeKind.Model, model),
            TryMake(KillSwitchScopeKind.Agent, attribution.Agent),
            attribution.GoalId is { } goal ? ForGoal(goal) : null,
        ];
        return [.. scopes.OfType<KillSwitchScope>()];
    }

    private static KillSwitchScope For(KillSwitchScopeKind kind, string name, string parameter) =>
        KillSwitchKey.FindFault(name) is { } fault ? throw new ArgumentException(fault, parameter) : Make(kind, name);

    private static KillSwitchScope? TryMake(string key) => !KillSwitchKey.TrySplit(key, out KillSwitchScopeKind kind, out string? name) ? null
        : kind != KillSwitchScopeKind.Goal ? TryMake(kind, name)
        : int.TryParse(name, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int goal) && ForGoal(goal).Name == name ? ForGoal(goal)
        : null;

    private static KillSwitchScope? TryMake(KillSwitchScopeKind kind, string? name) => name is null || KillSwitchKey.FindFault(name) is not null ? null : Make(kind, name);

    private static KillSwitchScope Make(KillSwitchScopeKind kind, string name)
    {
        // Tiers are compared without regard to case; models and agents are not.
        name = kind == KillSwitchScopeKind.Tier ? name.ToLowerInvariant() : name;
        return new KillSwitchScope(kind, name, KillSwitchKey.Of(kind, name));
    }
}
