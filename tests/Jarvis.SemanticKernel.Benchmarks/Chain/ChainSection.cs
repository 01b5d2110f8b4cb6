using System.Text;
using Jarvis.SemanticKernel.Benchmarks.Measuring;
using Jarvis.SemanticKernel.Benchmarks.Report;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.Connectors.OpenAI;
using Polly;

namespace Jarvis.SemanticKernel.Benchmarks.Chain;

/// <summary>
/// What the chain adds to a call, without a database: Semantic Kernel alone, the same once more (the noise of this machine), the same with the retries
/// that this package has, and this package. The upstream is another process.
/// </summary>
internal sealed class ChainSection : ISection
{
    public string Name => "chain";

    public async Task<string> MeasureAsync(int rounds)
    {
        using UpstreamProcess upstream = await UpstreamProcess.StartAsync(TimeSpan.Zero).ConfigureAwait(false);
        using var plain = new PlainSemanticKernel(upstream.Endpoint);
        using ResilienceHandler retries = Retries(plain.Network);
        using var retrying = new HttpClient(retries, disposeHandler: false);
        var withRetries = new OpenAIChatCompletionService(PlainSemanticKernel.Model, upstream.Endpoint, "key", httpClient: retrying);
        ServiceProvider services = Governed.Without(upstream.Endpoint);
        await using (services.ConfigureAwait(false))
        {
            IChatCompletionService tier = services.GetRequiredKeyedService<IChatCompletionService>(Tier.Mid);
            StringBuilder tables = new();
            List<double> added = [];
            Dictionary<bool, List<double>> bytes = new() { [false] = [], [true] = [] };
            foreach (Workload workload in Workload.All)
            {
                foreach (int callers in (int[])[1, 16])
                {
                    Comparison comparison = await new Comparison(
                        new OtherProcesses(databaseServer: null, upstream.Id),
                        new("Semantic Kernel alone", callers, () => workload.CallAsync(plain.Chat)),
                        new("Semantic Kernel alone, again", callers, () => workload.CallAsync(plain.Chat)),
                        new("Semantic Kernel with the same retries", callers, () => workload.CallAsync(withRetries)),
                        new("with this package", callers, () => workload.CallAsync(tier))).RunAsync(rounds).ConfigureAwait(false);
                    tables.Append(Describe(comparison, $"{workload.Name}, {callers} at a time, {rounds} slices each")).Append('\n');
                    added.Add(Comparison.Pairs(comparison.Contenders[^1], comparison.Contenders[0], (a, b) => a.CpuMicroseconds - b.CpuMicroseconds).Median);
                    bytes[workload.IsStreaming].Add(Comparison.Pairs(comparison.Contenders[^1], comparison.Contenders[0], (a, b) => a.AllocatedBytes - b.AllocatedBytes).Median);
                }
            }

            return tables.Append(FormattableString.Invariant(
                $"By the medians of the pairs, the package adds {added.Min():0} to {added.Max():0} µs of CPU time to a call, and {bytes[false].Min():0} to {bytes[false].Max():0} bytes of memory to one in one piece, {bytes[true].Min():0} to {bytes[true].Max():0} to a streamed one.\n")).ToString();
        }
    }

    // What a host would put there by itself, with this package's limits.
    private static ResilienceHandler Retries(HttpMessageHandler network)
    {
        var limits = new ResilienceOptions();
        ResiliencePipeline<HttpResponseMessage> pipeline = new ResiliencePipelineBuilder<HttpResponseMessage>()
            .AddTimeout(limits.TotalTimeout)
            .AddRetry(new HttpRetryStrategyOptions { MaxRetryAttempts = limits.MaxRetries, Delay = limits.RetryDelay })
            .AddTimeout(limits.AttemptTimeout)
            .Build();
        return new ResilienceHandler(pipeline) { InnerHandler = network };
    }

    private static Table Describe(Comparison comparison, string title)
    {
        var table = new Table(title, "calls/s", "CPU µs a call", "bytes a call", "CPU against the first: min, median, max");
        foreach (Contender contender in comparison.Contenders)
        {
            Spread ratio = Comparison.Pairs(contender, comparison.Contenders[0], (a, b) => a.CpuMicroseconds / b.CpuMicroseconds);
            table.Add(
                contender.Name,
                $"{contender.Median(s => s.CallsPerSecond):0}",
                $"{contender.Median(s => s.CpuMicroseconds):0.0}",
                $"{contender.Median(s => s.AllocatedBytes):0}",
                $"{ratio.Min:0.00}, {ratio.Median:0.000}, {ratio.Max:0.00}");
        }

        return table;
    }
}
