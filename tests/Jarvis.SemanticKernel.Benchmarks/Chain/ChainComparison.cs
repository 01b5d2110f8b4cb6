using System.Globalization;
using Jarvis.SemanticKernel.KillSwitch;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.Connectors.OpenAI;
using Polly;

namespace Jarvis.SemanticKernel.Benchmarks.Chain;

/// <summary>
/// What the chain adds to a call, without a database: Semantic Kernel alone, the same once more (the noise of this machine), the same with the retries
/// that this package has, and this package, in slices that take turns. The upstream is another process.
/// </summary>
internal static class ChainComparison
{
    private const string Model = "anthropic/claude-sonnet-4.5";

    private static readonly TimeSpan SliceLength = TimeSpan.FromMilliseconds(100);

    public static async Task RunAsync(int rounds)
    {
        using UpstreamProcess upstream = await UpstreamProcess.StartAsync().ConfigureAwait(false);
        using var socket = new SocketsHttpHandler();
        using var client = new HttpClient(socket);
        var alone = new OpenAIChatCompletionService(Model, upstream.Endpoint, "key", httpClient: client);
        using ResilienceHandler retries = Retries(socket);
        using var retrying = new HttpClient(retries, disposeHandler: false);
        var withRetries = new OpenAIChatCompletionService(Model, upstream.Endpoint, "key", httpClient: retrying);
        ServiceProvider services = Jarvis(upstream.Endpoint);
        await using (services.ConfigureAwait(false))
        {
            IChatCompletionService tier = services.GetRequiredKeyedService<IChatCompletionService>(Tier.Mid);
            foreach (Workload workload in Workload.All)
            {
                foreach (int callers in (int[])[1, 16])
                {
                    Contender[] contenders =
                    [
                        new("Semantic Kernel alone", () => workload.CallAsync(alone)),
                        new("Semantic Kernel alone, again", () => workload.CallAsync(alone)),
                        new("Semantic Kernel with the same retries", () => workload.CallAsync(withRetries)),
                        new("with this package", () => workload.CallAsync(tier)),
                    ];
                    await CompareAsync(contenders, rounds, callers).ConfigureAwait(false);
                    Print(contenders, callers, workload.Name);
                }
            }
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

    private static ServiceProvider Jarvis(Uri endpoint)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IAiCallLedger>(new NoLedger());
        services.AddSingleton<IKillSwitchStore, OpenSwitchStore>();
        services.AddJarvisRouting(options => (options.ApiKey, options.Endpoint) = ("key", endpoint));
        return services.BuildServiceProvider();
    }

    private static async Task CompareAsync(Contender[] contenders, int rounds, int callers)
    {
        const int WarmUp = 10;
        for (int round = 0; round < rounds + WarmUp; round++)
        {
            // Another one begins each round: whoever follows a pause or a collection is not always the same.
            for (int turn = 0; turn < contenders.Length; turn++)
            {
                await contenders[(round + turn) % contenders.Length].RunSliceAsync(callers, SliceLength, isCounted: round >= WarmUp).ConfigureAwait(false);
            }
        }
    }

    private static void Print(Contender[] contenders, int callers, string workload)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\n{workload}, {callers} at a time, {contenders[0].Slices.Count} slices each"));
        Console.WriteLine("| | calls/s | CPU µs a call | bytes a call | CPU against the first: min, median, max |");
        Console.WriteLine("|---|---|---|---|---|");
        foreach (Contender contender in contenders)
        {
            double[] ratios = [.. contender.Slices.Zip(contenders[0].Slices, (a, b) => a.CpuMicroseconds / b.CpuMicroseconds).Order()];
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {contender.Name} | {Median(contender, s => s.CallsPerSecond):0} | {Median(contender, s => s.CpuMicroseconds):0.0} | {Median(contender, s => s.AllocatedBytes):0} | {ratios[0]:0.00}, {ratios[ratios.Length / 2]:0.000}, {ratios[^1]:0.00} |"));
        }
    }

    private static double Median(Contender contender, Func<Contender.Slice, double> figure)
    {
        double[] ordered = [.. contender.Slices.Select(figure).Order()];
        return ordered[ordered.Length / 2];
    }
}
