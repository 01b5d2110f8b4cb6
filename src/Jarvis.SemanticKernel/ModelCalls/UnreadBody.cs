using System.Diagnostics.CodeAnalysis;

namespace Jarvis.SemanticKernel.ModelCalls;

/// <summary>Ends the connection of a body that nobody reads to its end.</summary>
internal static class UnreadBody
{
    private const int PieceSize = 16 * 1024;
    private const int MostPieces = 64;

    /// <summary>Closes the connection now. Disposed alone, the body would be read on for some seconds in the hope of using the connection again; a read that is cancelled ends it.</summary>
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "A connection that is broken is closed.")]
    public static void Abort(Stream body)
    {
        using var abort = new CancellationTokenSource();
        byte[] rest = new byte[PieceSize];
        try
        {
            for (int pieces = 0; pieces < MostPieces; pieces++)
            {
                ValueTask<int> read = body.ReadAsync(rest, abort.Token);
                if (!read.IsCompleted)
                {
                    Observe(read.AsTask());
                    abort.Cancel();
                    return;
                }

                if (read.GetAwaiter().GetResult() == 0)
                {
                    return;
                }
            }
        }
        catch (Exception)
        {
            // It ended by itself.
        }
    }

    private static void Observe(Task read) =>
        _ = read.ContinueWith(static ended => ended.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
