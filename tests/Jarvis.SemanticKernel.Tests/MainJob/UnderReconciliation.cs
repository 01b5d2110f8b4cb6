using System.Diagnostics.CodeAnalysis;
using Jarvis.SemanticKernel.Ledger.Reconciliation;
using Jarvis.SemanticKernel.Testing;
using Jarvis.SemanticKernel.Tests.Fixtures;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Jarvis.SemanticKernel.Tests.MainJob;

/// <summary>A kernel whose unknown costs are asked about, in the virtual time that its upstream lives in too.</summary>
internal sealed class UnderReconciliation(JarvisHarness jarvis, FakeTimeProvider clock) : IAsyncDisposable
{
    private static readonly DateTimeOffset Ever = new(9000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public JarvisHarness Jarvis => jarvis;

    public FakeTimeProvider Clock => clock;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The result owns it.")]
    public static async Task<UnderReconciliation> StartAsync(
        TestDatabase database,
        TimeSpan generationDelay = default,
        Action<JarvisRoutingOptions>? configure = null,
        Action<IServiceCollection>? register = null,
        FakeTimeProvider? clock = null,
        OpenRouterSimulator? upstream = null)
    {
        clock ??= new FakeTimeProvider(new DateTimeOffset(2026, 8, 16, 12, 0, 0, TimeSpan.Zero));
        upstream ??= await OpenRouterSimulator.StartAsync(new OpenRouterSimulatorOptions { TimeProvider = clock, GenerationDelay = generationDelay, ApiKey = JarvisHarness.ApiKey }, Ct);
        JarvisHarness jarvis = await JarvisHarness.StartAsync(
            database.Setting,
            options =>
            {
                options.Ledger.Reconciliation.IsEnabled = true;
                options.Resilience.MaxRetries = 0;
                options.Resilience.StreamIdleTimeout = TimeSpan.FromMilliseconds(100);
                configure?.Invoke(options);
            },
            services =>
            {
                services.AddSingleton<TimeProvider>(clock);
                register?.Invoke(services);
            },
            upstream);
        return new UnderReconciliation(jarvis, clock);
    }

    /// <summary>Makes a streamed call and ends it as <paramref name="how"/> says: whole, cancelled, cut, timeout.</summary>
    public async Task CallAsync(SimulatedReply reply, string how = "whole")
    {
        TaskCompletionSource never = new();
        jarvis.Upstream.Enqueue(how switch
        {
            "whole" => reply,
            "cut" => reply.CutAfterChunks(2),
            _ => reply.PauseAfterChunk(2, never.Task),
        });
        using var caller = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        using var over = new CancellationTokenSource();
        Task? time = null;
        try
        {
            await foreach (StreamingChatMessageContent _ in jarvis.Chat(Tier.Mid).GetStreamingChatMessageContentsAsync("hello", cancellationToken: caller.Token))
            {
                if (how == "cancelled")
                {
                    await caller.CancelAsync();
                }
                else if (how == "timeout")
                {
                    time ??= PassTimeAsync(over.Token);
                }
            }
        }
        catch (Exception e) when (e is ModelCallException or OperationCanceledException && !Ct.IsCancellationRequested)
        {
            // That is how it was to end.
        }

        await over.CancelAsync();
        await (time ?? Task.CompletedTask);
    }

    /// <summary>Lets a second pass, and what is due then happen.</summary>
    public async Task PassSecondAsync()
    {
        clock.Advance(TimeSpan.FromSeconds(1));
        ReconciliationWorker worker = jarvis.Services.GetRequiredService<ReconciliationWorker>();
        await Eventually.TrueAsync(() => Task.FromResult(!worker.IsAsking), Ct);
    }

    /// <summary>Lets time pass until so many calls are left without a cost.</summary>
    public async Task UntilUnresolvedAsync(long calls) => await Eventually.TrueAsync(
        async () =>
        {
            await PassSecondAsync();
            return (await SpendAsync()).UnresolvedCalls == calls;
        },
        Ct);

    public async Task<SpendLine> SpendAsync() =>
        (await jarvis.Services.GetRequiredService<ICostReport>().GetSpendAsync(new SpendQuery { From = DateTimeOffset.UnixEpoch, To = Ever }, Ct)).Total;

    // Hardly faster than time itself, which the database needs.
    private async Task PassTimeAsync(CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            clock.Advance(TimeSpan.FromMilliseconds(10));
            await Task.Delay(TimeSpan.FromMilliseconds(5), Ct);
        }
    }

    public ValueTask DisposeAsync() => jarvis.DisposeAsync();
}
