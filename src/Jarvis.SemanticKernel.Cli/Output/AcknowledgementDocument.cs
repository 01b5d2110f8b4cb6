namespace Jarvis.SemanticKernel.Cli.Output;

/// <summary>Who acts on a change. Complete is false, too, when it is not known, and the error says why.</summary>
internal sealed record AcknowledgementDocument(bool Complete, double TookMilliseconds, IEnumerable<ProcessDocument> Processes, int Silent, string? Error)
{
    public static AcknowledgementDocument? From(Acknowledgement? seen) => seen is null ? null : new(
        seen.IsComplete,
        Math.Round(seen.Took.TotalMilliseconds, 1),
        [.. seen.Reached.Select(process => ProcessDocument.From(process, isAcknowledged: true)), .. seen.Missing.Select(process => ProcessDocument.From(process, isAcknowledged: false))],
        seen.Silent,
        seen.Fault);
}
