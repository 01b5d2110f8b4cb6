using System.Collections.Concurrent;

namespace Jarvis.SemanticKernel.Testing;

/// <summary>What the account was charged. Thread-safe.</summary>
internal sealed class BillingBook(bool keepsCalls)
{
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<string, Generation> _generations = new(StringComparer.Ordinal);
    private readonly List<BilledCall> _calls = [];
    private decimal _spendUsd;
    private decimal _upstreamUsd;

    public IReadOnlyList<BilledCall> Calls
    {
        get
        {
            lock (_lock)
            {
                return _calls.ToArray();
            }
        }
    }

    /// <summary>Everything since the start, or since an instant as far as calls are kept: charged by OpenRouter, and by own provider accounts.</summary>
    public (decimal CreditsUsd, decimal UpstreamUsd) Spend(DateTimeOffset? since = null)
    {
        lock (_lock)
        {
            if (since is null || !keepsCalls)
            {
                return (_spendUsd - _upstreamUsd, _upstreamUsd);
            }

            BilledCall[] calls = [.. _calls.Where(call => call.BilledAt >= since)];
            decimal upstream = calls.Sum(call => call.UpstreamCostUsd);
            return (BilledCall.Sum(calls) - upstream, upstream);
        }
    }

    public Generation? Find(string id) => _generations.GetValueOrDefault(id);

    public void Record(Generation generation)
    {
        if (keepsCalls)
        {
            _generations[generation.Answer.Id] = generation;
        }

        if (generation.Answer.Usage is { } usage)
        {
            Bill(generation, usage);
        }
    }

    public void Reset()
    {
        lock (_lock)
        {
            _generations.Clear();
            _calls.Clear();
            _spendUsd = 0m;
            _upstreamUsd = 0m;
        }
    }

    private void Bill(Generation generation, AnswerUsage usage)
    {
        lock (_lock)
        {
            _spendUsd = ExactMoney.Add(_spendUsd, usage.SpendUsd);
            _upstreamUsd = ExactMoney.Add(_upstreamUsd, usage.UpstreamCostUsd);
            if (keepsCalls)
            {
                _calls.Add(new BilledCall
                {
                    GenerationId = generation.Answer.Id,
                    Model = generation.Answer.Model,
                    PromptTokens = usage.PromptTokens,
                    CompletionTokens = usage.CompletionTokens,
                    CachedTokens = usage.CachedTokens,
                    CacheWriteTokens = usage.CacheWriteTokens,
                    ReasoningTokens = usage.ReasoningTokens,
                    CostUsd = usage.SpendUsd,
                    UpstreamCostUsd = usage.UpstreamCostUsd,
                    IsByok = usage.IsByok,
                    BilledAt = generation.EndedAt,
                });
            }
        }
    }
}
