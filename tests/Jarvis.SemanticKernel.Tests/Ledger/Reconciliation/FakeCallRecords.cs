using System.Collections.Concurrent;
using Jarvis.SemanticKernel.Ledger.Reconciliation;

namespace Jarvis.SemanticKernel.Tests.Ledger.Reconciliation;

/// <summary>Records that are kept nowhere; those that are left unresolved are what the test says.</summary>
internal sealed class FakeCallRecords : ICallCorrectionStore, IUnresolvedCallStore
{
    private readonly ConcurrentQueue<CallCorrection> _corrections = new();

    public IReadOnlyList<CallCorrection> Corrections => [.. _corrections];

    public Func<CallCorrection, bool?> OnCorrection { get; set; } = _ => true;

    public Func<IReadOnlyList<UnresolvedCall>> OnRead { get; set; } = () => [];

    public int Reads { get; private set; }

    public Task<bool?> CorrectAsync(CallCorrection correction, CancellationToken cancellationToken)
    {
        bool? outcome = OnCorrection(correction);
        _corrections.Enqueue(correction);
        return Task.FromResult(outcome);
    }

    public Task<IReadOnlyList<UnresolvedCall>> ReadAsync(string idPrefix, DateTimeOffset since, bool withComputed, int limit, CancellationToken cancellationToken)
    {
        Reads++;
        return Task.FromResult(OnRead());
    }
}
