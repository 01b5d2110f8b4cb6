namespace Jarvis.SemanticKernel.Testing;

/// <content>Modifiers of what <c>/generation</c> says of the call afterwards.</content>
public sealed partial class SimulatedReply
{
    /// <summary>Sets what <c>/generation</c> answers to the first questions about the call, one answer for each; later ones get the row.</summary>
    /// <param name="reads">The answers, in order. They count from when <see cref="OpenRouterSimulatorOptions.GenerationDelay"/> is over.</param>
    /// <returns>The changed reply.</returns>
    public SimulatedReply WithGenerationReads(params SimulatedGenerationRead[] reads)
    {
        ArgumentNullException.ThrowIfNull(reads);
        return With(reply => reply.GenerationReads = [.. reads]);
    }

    /// <summary>Lets <c>/generation</c> answer 404 for the call for ever. The call is billed all the same.</summary>
    /// <returns>The changed reply.</returns>
    public SimulatedReply WithoutGeneration() => With(reply => reply.ShowsGeneration = false);
}
