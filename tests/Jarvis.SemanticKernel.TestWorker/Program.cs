using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace Jarvis.SemanticKernel.TestWorker;

/// <summary>
/// A process that calls a model without pause, for tests of several processes: NAME ENDPOINT DATABASE CALLERS, and "stream" for callers who read streams instead. Says
/// "running" and "stopped" on standard output when all its callers are, and ends when its standard input does.
/// </summary>
internal static class Program
{
    // Short: what is measured is the push, and a worker that came too late to hear it must show.
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(20);

    [SuppressMessage("Reliability", "CA2025:Do not pass 'IDisposable' instances into unawaited tasks", Justification = "The loops are awaited before the provider is disposed.")]
    public static async Task<int> Main(string[] args)
    {
        var services = new ServiceCollection();
        services.AddJarvisRouting(options =>
        {
            (options.ApiKey, options.AppTitle, options.Endpoint, options.Database) = ("test-key", args[0], new Uri(args[1]), args[2]);
            options.Plugins = JarvisPlugins.None;
        });
        ServiceProvider provider = services.BuildServiceProvider();
        await using (provider.ConfigureAwait(false))
        {
            int callers = int.Parse(args[3], CultureInfo.InvariantCulture);
            bool isStreaming = args is [.., "stream"];
            using var ending = new CancellationTokenSource();
            var board = new Board(callers);
            Task[] loops = [.. Enumerable.Range(0, callers).Select(_ => Task.Run(() => CallAsync(provider, board, isStreaming, ending.Token)))];

            // Reading the console blocks its thread. A caller that fails ends the process, and whoever waits for its words finds out.
            var told = Task.Run(() => Console.In.ReadToEndAsync(CancellationToken.None));
            await Task.WhenAny([told, .. loops]).ConfigureAwait(false);
            await ending.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(loops).ConfigureAwait(false);
        }

        return 0;
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "At the end a call may fail in any way.")]
    private static async Task CallAsync(ServiceProvider provider, Board board, bool isStreaming, CancellationToken ending)
    {
        IChatCompletionService chat = provider.GetRequiredKeyedService<IChatCompletionService>(Tier.Cheap);
        IKillSwitch killSwitch = provider.GetRequiredService<IKillSwitch>();
        bool isRunning = false;
        try
        {
            while (true)
            {
                try
                {
                    if (isStreaming)
                    {
                        await foreach (StreamingChatMessageContent piece in chat.GetStreamingChatMessageContentsAsync("go on", cancellationToken: ending).ConfigureAwait(false))
                        {
                            isRunning = board.Running(isRunning);
                        }
                    }
                    else
                    {
                        await chat.GetChatMessageContentsAsync(new ChatHistory("go on"), cancellationToken: ending).ConfigureAwait(false);
                        isRunning = board.Running(isRunning);
                    }
                }
                catch (KillSwitchActiveException)
                {
                    isRunning = board.Stopped(isRunning);
                    await WaitForReleaseAsync(killSwitch, ending).ConfigureAwait(false);
                }
                catch (KillSwitchUnavailableException)
                {
                    // The machine is slow: a switch that cannot be read in time blocks, and that is no activation.
                    await Task.Delay(LookAgain, ending).ConfigureAwait(false);
                }
            }
        }
        catch (Exception) when (ending.IsCancellationRequested)
        {
            // The test is over, whatever the SDK makes of it.
        }
    }

    private static async Task WaitForReleaseAsync(IKillSwitch killSwitch, CancellationToken ending)
    {
        while (await IsBlockedAsync(killSwitch, ending).ConfigureAwait(false))
        {
            await Task.Delay(LookAgain, ending).ConfigureAwait(false);
        }
    }

    private static async Task<bool> IsBlockedAsync(IKillSwitch killSwitch, CancellationToken ending)
    {
        try
        {
            return (await killSwitch.GetStateAsync(ending).ConfigureAwait(false)).IsActive;
        }
        catch (KillSwitchUnavailableException)
        {
            return true;
        }
    }

    /// <summary>Counts who runs, and says so when all or none do.</summary>
    private sealed class Board(int callers)
    {
        private readonly Lock _gate = new();
        private int _running;

        public bool Running(bool already)
        {
            if (!already)
            {
                Change(1, callers, "running");
            }

            return true;
        }

        public bool Stopped(bool wasRunning)
        {
            if (wasRunning)
            {
                Change(-1, 0, "stopped");
            }

            return false;
        }

        private void Change(int by, int when, string word)
        {
            lock (_gate)
            {
                _running += by;
                if (_running == when)
                {
                    Console.WriteLine(word);
                }
            }
        }
    }
}
