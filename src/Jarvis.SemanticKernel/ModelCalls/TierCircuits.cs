using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Jarvis.SemanticKernel.ModelCalls;

/// <summary>The circuit of each tier, made when the tier is first called.</summary>
internal sealed class TierCircuits(CircuitBreakerOptions options, TimeProvider time, ILogger logger)
{
    private readonly ConcurrentDictionary<string, TierCircuit> _circuits = new(StringComparer.OrdinalIgnoreCase);

    public TierCircuit? Of(string tier) => !options.IsEnabled ? null
        : _circuits.TryGetValue(tier, out TierCircuit? circuit) ? circuit
        : _circuits.GetOrAdd(tier, name => new TierCircuit(name, options, time, logger));
}
