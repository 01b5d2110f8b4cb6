using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Jarvis.SemanticKernel.Testing;

namespace Jarvis.SemanticKernel.Tests.Cluster;

/// <summary>A real process that makes calls of all kinds, and what it said of them.</summary>
internal sealed class MixedCallsProcess : IAsyncDisposable
{
    /// <summary>The header by which a request names its call.</summary>
    public const string CallIdHeader = "X-Test-Call-Id";

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly ConcurrentQueue<(string Fate, Guid CallId, string? More)> _said = [];

    private MixedCallsProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.Split(' ', 3) is [var fate, var call, .. var more])
            {
                _said.Enqueue((fate, Guid.Parse(call), more.FirstOrDefault()));
            }
        };
        process.BeginOutputReadLine();
    }

    /// <summary>Gets what is known of each call whose fate its caller knows: seen, gave-up, carried or failed.</summary>
    public IReadOnlyCollection<(string Fate, Guid CallId, string? More)> Said => _said;

    public int Id => _process.Id;

    public static MixedCallsProcess Start(OpenRouterSimulator upstream, string database, string journal, int callers) =>
        new(WorkerProgram.Start(Arguments(upstream, database, journal, callers)));

    public static MixedCallsProcess StartWithSmallFiles(int kibibytes, OpenRouterSimulator upstream, string database, string journal, int callers) =>
        new(WorkerProgram.StartWithSmallFiles(kibibytes, Arguments(upstream, database, journal, callers)));

    /// <summary>What the upstream answers to the calls of such a process: slowly enough for something to be under way at any moment.</summary>
    [SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "Any delay will do.")]
    public static SimulatedReply Answer(SimulatedRequest request)
    {
        bool asksForTool = request.Body.TryGetProperty("tools", out _)
            && !request.Body.GetProperty("messages").EnumerateArray().Any(message => message.GetProperty("role").ValueEquals("tool"));
        SimulatedReply reply = asksForTool ? SimulatedReply.ToolCalls(new SimulatedToolCall("Tools-work")) : SimulatedReply.Text("an answer in a few words");
        reply = reply.WithUsage(7, 3, "0.0076509169000000005").After(TimeSpan.FromMilliseconds(Random.Shared.Next(20)));
        return request.IsStreaming ? reply.PauseAfterChunk(2, Task.Delay(Random.Shared.Next(40))) : reply;
    }

    /// <summary>Ends it as nothing can be ended more suddenly.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(Bound);
    }

    /// <summary>Lets it finish what it has begun.</summary>
    public async Task EndAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync().WaitAsync(Bound);
        Assert.Equal(0, _process.ExitCode);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private static string[] Arguments(OpenRouterSimulator upstream, string database, string journal, int callers) =>
        ["mixed", upstream.Endpoint.ToString(), database, journal, callers.ToString(CultureInfo.InvariantCulture)];
}
