using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.Connectors.OpenAI;

namespace Jarvis.SemanticKernel.TestWorker;

/// <summary>
/// Calls of all kinds without pause, to be killed in the middle: mixed ENDPOINT DATABASE JOURNAL CALLERS. One line on standard output for each physical call whose fate
/// its caller knows: "seen ID" when the reply was there to its end, "gave-up ID" when the caller cancelled it, "carried ID COST" when the caller got the record and the
/// answer instead, "failed ID EXCEPTION" for anything else. Ends in order when its standard input does.
/// </summary>
internal static class MixedCalls
{
    private static readonly OpenAIPromptExecutionSettings WithTools = new() { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto() };

    [SuppressMessage("Reliability", "CA2025:Do not pass 'IDisposable' instances into unawaited tasks", Justification = "The loops are awaited before the provider is disposed.")]
    public static async Task<int> RunAsync(string[] args)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IModelCallFilter>(new SeenCalls());
        services.AddKernel().Plugins.AddFromObject(new Tools(), "Tools");
        services.AddJarvisRouting(options =>
        {
            (options.ApiKey, options.Endpoint, options.Database, options.Ledger.JournalFolder) = ("test-key", new Uri(args[0]), args[1], args[2]);
            options.Plugins = JarvisPlugins.None;

            // The store may hang: the switch must not be what notices first.
            options.KillSwitch.ReadTimeout = TimeSpan.FromSeconds(30);
            options.KillSwitch.MaxStaleness = TimeSpan.FromHours(1);
        });
        ServiceProvider provider = services.BuildServiceProvider();
        await using (provider.ConfigureAwait(false))
        {
            using var ending = new CancellationTokenSource();
            int callers = int.Parse(args[3], CultureInfo.InvariantCulture);
            Task[] loops = [.. Enumerable.Range(0, callers).Select(caller => Task.Run(() => CallAsync(provider, caller, ending.Token)))];
            await Console.In.ReadToEndAsync(CancellationToken.None).ConfigureAwait(false);
            await ending.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(loops).ConfigureAwait(false);
        }

        return 0;
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "It is told to the test.")]
    private static async Task CallAsync(ServiceProvider provider, int caller, CancellationToken ending)
    {
        Kernel kernel = provider.GetRequiredService<Kernel>();
        IChatCompletionService chat = kernel.GetRequiredService<IChatCompletionService>(Tier.Mid);
        for (int i = caller; !ending.IsCancellationRequested; i++)
        {
            List<Guid> calls = SeenCalls.Collect();
            using IDisposable scope = JarvisScope.Begin(goal: i, agent: $"caller-{caller}");
            string fate = "seen";
            try
            {
                switch (i % 4)
                {
                    case 0:
                        await chat.GetChatMessageContentsAsync("plain", cancellationToken: CancellationToken.None).ConfigureAwait(false);
                        break;
                    case 1:
                        await ReadAsync(chat, kernel, null, chunks: int.MaxValue).ConfigureAwait(false);
                        break;
                    case 2:
                        await chat.GetChatMessageContentsAsync("with tools", WithTools, kernel, CancellationToken.None).ConfigureAwait(false);
                        break;
                    default:
                        await ReadAsync(chat, kernel, null, chunks: 2).ConfigureAwait(false);
                        break;
                }
            }
            catch (OperationCanceledException)
            {
                fate = "gave-up";
            }
            catch (LedgerException e)
            {
                Say("carried", [e.Record.CallId], e.Record.CostUsd?.ToString(CultureInfo.InvariantCulture));
                continue;
            }
            catch (Exception e)
            {
                Say("failed", calls, e.GetType().Name);
                continue;
            }

            Say(fate, calls);
        }
    }

    private static async Task ReadAsync(IChatCompletionService chat, Kernel kernel, PromptExecutionSettings? settings, int chunks)
    {
        using var givingUp = new CancellationTokenSource();
        await foreach (StreamingChatMessageContent _ in chat.GetStreamingChatMessageContentsAsync("streamed", settings, kernel, givingUp.Token).ConfigureAwait(false))
        {
            if (--chunks == 0)
            {
                await givingUp.CancelAsync().ConfigureAwait(false);
            }
        }
    }

    private static void Say(string fate, List<Guid> calls, string? more = null)
    {
        lock (calls)
        {
            calls.ForEach(call => Console.WriteLine(more is null ? $"{fate} {call}" : $"{fate} {call} {more}"));
        }
    }

    private sealed class Tools
    {
        [KernelFunction("work")]
        [Description("Works.")]
        [SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "Semantic Kernel takes it from an object.")]
        public string Work() => "done";
    }
}
