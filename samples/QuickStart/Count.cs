using Jarvis.SemanticKernel.Testing;

namespace QuickStart;

/// <summary>What was started so far; the requests as they were counted by the upstream, or by this program where there is no simulator.</summary>
internal readonly record struct Count(int Tools, int Requests)
{
    public static Count Of(Warehouse warehouse, OpenRouterSimulator? upstream) => new(warehouse.Started, upstream?.RequestCount ?? CallPrinter.Sent);
}
