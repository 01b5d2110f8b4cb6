namespace Jarvis.SemanticKernel.Testing;

/// <content>Modifiers of how a reply reaches the client. A chunk is one <c>data:</c> event, terminator included; a body that is no stream is one chunk.</content>
public sealed partial class SimulatedReply
{
    /// <summary>Waits before anything is sent, headers included.</summary>
    /// <param name="delay">How long, by the simulator's <see cref="TimeProvider"/>.</param>
    /// <returns>The changed reply.</returns>
    public SimulatedReply After(TimeSpan delay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        return Deliver(delivery => delivery with { After = delay });
    }

    /// <summary>Waits for a task before anything is sent, headers included. Several gates are all waited for; how a gate ends does not matter.</summary>
    /// <param name="gate">The task.</param>
    /// <returns>The changed reply.</returns>
    public SimulatedReply WaitFor(Task gate)
    {
        ArgumentNullException.ThrowIfNull(gate);
        return Deliver(delivery => delivery with { Gates = delivery.Gates.Add(gate) });
    }

    /// <summary>Waits for a task in the middle of the body. May be used several times.</summary>
    /// <param name="chunks">After how many chunks; 0 waits after the headers and the first comments.</param>
    /// <param name="gate">The task.</param>
    /// <returns>The changed reply.</returns>
    public SimulatedReply PauseAfterChunk(int chunks, Task gate)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(chunks);
        ArgumentNullException.ThrowIfNull(gate);
        return Deliver(delivery => delivery with { Pauses = delivery.Pauses.Add((chunks, gate)) });
    }

    /// <summary>Closes the connection without any answer. What the reply would have billed is billed.</summary>
    /// <returns>The changed reply.</returns>
    public SimulatedReply CutBeforeHeaders() => Deliver(delivery => delivery with { CutBeforeHeaders = true });

    /// <summary>Closes the connection when the client has exactly so many bytes of the body.</summary>
    /// <param name="bytes">How many bytes, comments included; 0 cuts after the headers. A shorter body is sent whole.</param>
    /// <returns>The changed reply.</returns>
    public SimulatedReply CutAfterBytes(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        return Deliver(delivery => delivery with { CutAfterBytes = bytes });
    }

    /// <summary>Closes the connection when the client has so many chunks.</summary>
    /// <param name="chunks">How many chunks; 0 cuts after the headers and the first comments. A shorter body is sent whole.</param>
    /// <returns>The changed reply.</returns>
    public SimulatedReply CutAfterChunks(int chunks)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(chunks);
        return Deliver(delivery => delivery with { CutAfterChunks = chunks });
    }

    /// <summary>Ends a stream after so many chunks as if that were all: the connection stays whole, only the terminator is missing. Clients tend to take it for success.</summary>
    /// <param name="chunks">How many chunks.</param>
    /// <returns>The changed reply.</returns>
    public SimulatedReply EndAfterChunks(int chunks)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(chunks);
        return Deliver(delivery => delivery with { EndAfterChunks = chunks });
    }

    /// <summary>Sends the body in pieces, each handed to the network before the next, so that characters and events are split between reads.</summary>
    /// <param name="bytes">The size of a piece.</param>
    /// <returns>The changed reply.</returns>
    public SimulatedReply InPiecesOf(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1);
        return Deliver(delivery => delivery with { PieceSize = bytes });
    }

    private SimulatedReply Deliver(Func<ReplyDelivery, ReplyDelivery> change) => With(reply => reply.Delivery = change(reply.Delivery));
}
