using Jarvis.SemanticKernel.Cli.Output;

namespace Jarvis.SemanticKernel.Cli.Commands;

/// <summary>Says on the terminal what is being done when it takes longer than a second, and since when.</summary>
internal static class Busy
{
    public static async Task<T> WhileAsync<T>(string what, Task<T> work)
    {
        TimeProvider time = TimeProvider.System;
        long start = time.GetTimestamp();
        using ProgressLine progress = new();
        while (await Task.WhenAny(work, Task.Delay(TimeSpan.FromSeconds(1), time)) != work)
        {
            progress.Show(() => $"{what} … {Terminal.Age(time.GetElapsedTime(start))}");
        }

        return await work;
    }
}
