using Jarvis.SemanticKernel.KillSwitch;

namespace Jarvis.SemanticKernel.Tests.KillSwitch;

/// <summary>A store in memory that answers as the test says and counts its reads.</summary>
internal sealed class FakeKillSwitchStore : IKillSwitchStore
{
    public const string Open = """{"active":false}""";
    public const string Active = """{"active":true,"reason":"runaway"}""";

    private int _reads;
    private int _prepares;

    public int Reads => Volatile.Read(ref _reads);

    public int Prepares => Volatile.Read(ref _prepares);

    /// <summary>What a read gives.</summary>
    public Func<Task<string?>> OnReadAsync { get; set; } = () => Task.FromResult<string?>(Open);

    public string? NewestAuditAction { get; set; }

    public Func<CancellationToken, ValueTask> OnPrepareAsync { get; set; } = _ => ValueTask.CompletedTask;

    public Func<Task> OnActivateAsync { get; set; } = () => Task.CompletedTask;

    public string Value
    {
        set => OnReadAsync = () => Task.FromResult<string?>(value);
    }

    public ValueTask PrepareAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _prepares);
        return OnPrepareAsync(cancellationToken);
    }

    /// <summary>The rows of other switches than the global one.</summary>
    public IReadOnlyList<KillSwitchRow> Scoped { get; set; } = [];

    /// <summary>The version, and that of the newest activation of the global switch.</summary>
    public (long Version, long ActivatedIn) Versions { get; set; }

    public async Task<KillSwitchRows> ReadAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _reads);
        string? value = await OnReadAsync();
        return new KillSwitchRows(Versions.Version, [new KillSwitchRow("kill_switch", value, NewestAuditAction, Versions.ActivatedIn), .. Scoped]);
    }

    public Task ActivateAsync(string key, string valueJson, string reason, string triggeredBy, DateTimeOffset at, CancellationToken cancellationToken) => OnActivateAsync();

    public Task<IReadOnlyList<KillSwitchAuditEntry>> ReadHistoryAsync(int limit, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<KillSwitchAuditEntry>>([]);
}
