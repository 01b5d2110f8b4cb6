using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;

namespace Jarvis.SemanticKernel.Tests.Cluster;

/// <summary>A real process that calls a model without pause.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Channel<string> _words = Channel.CreateUnbounded<string>();

    private WorkerProcess(string name, Process process)
    {
        (Name, _process) = (name, process);
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is { } word)
            {
                _words.Writer.TryWrite(word);
            }
            else
            {
                _words.Writer.TryComplete();
            }
        };
        process.BeginOutputReadLine();
    }

    public string Name { get; }

    public int Pid => _process.Id;

    public static WorkerProcess Start(string name, Uri endpoint, string database, int callers, bool isStreaming = false)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "Jarvis.SemanticKernel.TestWorker.dll");
        var start = new ProcessStartInfo("dotnet", [program, name, endpoint.ToString(), database, callers.ToString(CultureInfo.InvariantCulture), isStreaming ? "stream" : "call"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };

        // Nothing of the tests' own environment may configure it.
        foreach (string variable in (string[])["OPENROUTER_BASE_URL", "OPENROUTER_API_KEY", "JARVIS_DATABASE_URL", "DATABASE_URL", "JARVIS_MODEL_STRONG", "JARVIS_MODEL_MID", "JARVIS_MODEL_CHEAP"])
        {
            start.Environment.Remove(variable);
        }

        return new WorkerProcess(name, Process.Start(start)!);
    }

    /// <summary>Waits until the process says so. What it says when it fails is on standard error.</summary>
    public async Task SaysAsync(string word, CancellationToken cancellationToken)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bounded.CancelAfter(Bound);
        while (await _words.Reader.ReadAsync(bounded.Token) != word)
        {
        }
    }

    /// <summary>Sends a signal by its name: STOP, CONT, KILL.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", Pid.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>Lets it end in order.</summary>
    public async Task EndAsync()
    {
        _process.StandardInput.Close();
        using var bounded = new CancellationTokenSource(Bound);
        await _process.WaitForExitAsync(bounded.Token);
        Assert.Equal(0, _process.ExitCode);
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
