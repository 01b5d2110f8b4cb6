using System.Diagnostics;
using System.Globalization;
using Jarvis.SemanticKernel.Testing;

namespace Jarvis.SemanticKernel.Benchmarks.Measuring;

/// <summary>The simulator in a process of its own, so that its CPU time is not counted.</summary>
internal sealed class UpstreamProcess : IDisposable
{
    private const string Sentence = "Invoice 20417 is due on 12 September and has not been paid yet.";

    private readonly Process _process;

    private UpstreamProcess(Process process, Uri endpoint) => (_process, Endpoint) = (process, endpoint);

    public Uri Endpoint { get; }

    public int Id => _process.Id;

    /// <summary>Starts one that answers after a while, which may be zero.</summary>
    public static async Task<UpstreamProcess> StartAsync(TimeSpan thinks)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardInput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(typeof(UpstreamProcess).Assembly.Location);
        }

        start.ArgumentList.Add("upstream");
        start.ArgumentList.Add(thinks.TotalMilliseconds.ToString(CultureInfo.InvariantCulture));
        Process process = Process.Start(start)!;
        string address = await process.StandardOutput.ReadLineAsync().ConfigureAwait(false) ?? throw new InvalidOperationException("The upstream ended before it had an address.");
        return new UpstreamProcess(process, new Uri(address));
    }

    /// <summary>Serves until standard input is closed, which a parent that dies does too.</summary>
    public static async Task ServeAsync(TimeSpan thinks)
    {
        OpenRouterSimulator upstream = await OpenRouterSimulator.StartAsync(new OpenRouterSimulatorOptions { KeepRequests = false }).ConfigureAwait(false);
        await using (upstream.ConfigureAwait(false))
        {
            SimulatedReply sentence = After(SimulatedReply.Text(Sentence));
            SimulatedReply letter = After(SimulatedReply.Text(string.Join(' ', Enumerable.Repeat(Sentence, 33))));
            upstream.OnChat = request => request.Body.GetProperty("messages")[0].GetProperty("content").ValueEquals(Workload.LetterQuestion) ? letter : sentence;
            Console.WriteLine(upstream.Endpoint);
            await Console.In.ReadToEndAsync().ConfigureAwait(false);
        }

        SimulatedReply After(SimulatedReply reply) => thinks > TimeSpan.Zero ? reply.After(thinks) : reply;
    }

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }
}
