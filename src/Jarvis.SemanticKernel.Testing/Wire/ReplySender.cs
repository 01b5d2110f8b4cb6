using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Jarvis.SemanticKernel.Testing;

/// <summary>Sends the parts of one body when, in the pieces and as far as the script says.</summary>
internal sealed class ReplySender(HttpContext context, ReplyDelivery delivery)
{
    private int _sentBytes;
    private int _sentChunks;

    private CancellationToken Aborted => context.RequestAborted;

    /// <summary>Starts the clock of the reply's delay; awaiting the result waits for it and for all gates, or until the client leaves.</summary>
    public Func<Task> StartWaiting(TimeProvider time)
    {
        if (delivery.IsImmediate)
        {
            return static () => Task.CompletedTask;
        }

        Task delay = delivery.After > TimeSpan.Zero ? Task.Delay(delivery.After, time, Aborted) : Task.CompletedTask;
        return async () =>
        {
            await Pass(delay).ConfigureAwait(false);
            foreach (Task gate in delivery.Gates)
            {
                await Pass(gate).ConfigureAwait(false);
            }
        };
    }

    /// <summary>Sends the body; status and headers are set already.</summary>
    public async Task<SimulatedRequestOutcome> SendAsync(IReadOnlyList<BodyPart> parts, bool isStream)
    {
        if (Aborted.IsCancellationRequested)
        {
            return SimulatedRequestOutcome.ClientClosed;
        }

        if (delivery.CutBeforeHeaders)
        {
            return Cut();
        }

        if (!isStream && delivery.EndAfterChunks is null)
        {
            context.Response.ContentLength = parts.Sum(part => part.Bytes.Length);
        }

        try
        {
            bool isWhole = delivery.IsImmediate && !isStream ? await WriteAsync(parts[0].Bytes).ConfigureAwait(false) : await SendPartsAsync(parts).ConfigureAwait(false);
            return Aborted.IsCancellationRequested ? SimulatedRequestOutcome.ClientClosed
                : isWhole ? SimulatedRequestOutcome.Completed
                : delivery.EndAfterChunks == _sentChunks ? SimulatedRequestOutcome.CutByScript
                : Cut();
        }
        catch (OperationCanceledException) when (Aborted.IsCancellationRequested)
        {
            return SimulatedRequestOutcome.ClientClosed;
        }
    }

    private async Task<bool> SendPartsAsync(IReadOnlyList<BodyPart> parts)
    {
        await context.Response.StartAsync(Aborted).ConfigureAwait(false);
        await context.Response.BodyWriter.FlushAsync(Aborted).ConfigureAwait(false);
        if (delivery.CutAfterBytes == 0)
        {
            return false;
        }

        bool hasStarted = false;
        foreach (BodyPart part in parts)
        {
            if (part.IsChunk && !hasStarted)
            {
                hasStarted = true;
                if (!await PassBoundaryAsync().ConfigureAwait(false))
                {
                    return false;
                }
            }

            if (!await SendPartAsync(part.Bytes).ConfigureAwait(false))
            {
                return false;
            }

            if (part.IsChunk)
            {
                _sentChunks++;
                if (!await PassBoundaryAsync().ConfigureAwait(false))
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>Waits where the script pauses after the chunks sent so far; false where it cuts or ends there.</summary>
    private async Task<bool> PassBoundaryAsync()
    {
        foreach ((int chunk, Task gate) in delivery.Pauses)
        {
            if (chunk == _sentChunks)
            {
                await Pass(gate).ConfigureAwait(false);
            }
        }

        return !Aborted.IsCancellationRequested && delivery.CutAfterChunks != _sentChunks && delivery.EndAfterChunks != _sentChunks;
    }

    private async Task<bool> SendPartAsync(ReadOnlyMemory<byte> bytes)
    {
        bool isLast = delivery.CutAfterBytes is { } limit && limit - _sentBytes <= bytes.Length;
        ReadOnlyMemory<byte> rest = isLast ? bytes[..(delivery.CutAfterBytes!.Value - _sentBytes)] : bytes;
        while (!rest.IsEmpty)
        {
            int size = Math.Min(rest.Length, delivery.PieceSize ?? rest.Length);
            if (!await WriteAsync(rest[..size]).ConfigureAwait(false))
            {
                return false;
            }

            rest = rest[size..];
        }

        return !isLast;
    }

    private async Task<bool> WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        await context.Response.BodyWriter.WriteAsync(bytes, Aborted).ConfigureAwait(false);
        _sentBytes += bytes.Length;
        return !Aborted.IsCancellationRequested;
    }

    /// <summary>Ends the connection. What was flushed is with the client's system already, because the transport's write buffer holds nothing back.</summary>
    private SimulatedRequestOutcome Cut()
    {
        // A shutdown before the abort: an abort alone resets the connection, and some systems then drop bytes that were not read yet.
        context.Features.Get<IConnectionSocketFeature>()?.Socket.Shutdown(SocketShutdown.Send);
        context.Abort();
        return SimulatedRequestOutcome.CutByScript;
    }

    // How a gate ends does not matter; a client that leaves ends the wait.
    private async Task Pass(Task gate) => await gate.WaitAsync(Aborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
