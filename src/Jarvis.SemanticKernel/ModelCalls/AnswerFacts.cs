namespace Jarvis.SemanticKernel.ModelCalls;

/// <summary>What the ledger wants to know of an answer, gathered from one JSON body or from the events of a stream. Later events overwrite.</summary>
internal sealed class AnswerFacts
{
    private const int LongestKnown = 128;

    [ThreadStatic]
    private static AnswerFacts? _spare;

    // Of the answers before, so that the few names there are get allocated once.
    private string? _knownModel;
    private string? _knownProvider;

    public string? Id { get; set; }

    public string? Model { get; set; }

    public string? Provider { get; set; }

    public bool HasChoices { get; set; }

    /// <summary>Gets or sets a value indicating whether a choice ended with the finish reason "error".</summary>
    public bool FinishedWithError { get; set; }

    public ErrorFacts? Error { get; set; }

    public int? PromptTokens { get; set; }

    public int? CompletionTokens { get; set; }

    public int? CachedTokens { get; set; }

    public int? CacheWriteTokens { get; set; }

    public int? ReasoningTokens { get; set; }

    public decimal? CostUsd { get; set; }

    /// <summary>Gets or sets a value indicating whether the call went through a provider key of one's own; null when the answer does not say.</summary>
    public bool? IsByok { get; set; }

    /// <summary>Gets or sets a value indicating whether the call may have cost more than its tokens of text: tools that the upstream ran, sound, pictures.</summary>
    public bool HasOtherCharges { get; set; }

    public bool HasUsage { get; set; }

    public bool IsError => Error is not null || FinishedWithError;

    /// <summary>Gets a value indicating whether the tokens tell the cost by a price list; null when the answer leaves that open.</summary>
    public bool? IsPricedByTokens => HasOtherCharges || IsByok == true ? false : IsByok == false ? true : null;

    /// <summary>Gets a text that the model's name is likely to be.</summary>
    public string? KnownModel => Model ?? _knownModel;

    /// <summary>Gets a text that the provider's name is likely to be.</summary>
    public string? KnownProvider => Provider ?? _knownProvider;

    /// <summary>Lends empty facts to read one body into, without waiting for anything in between.</summary>
    public static AnswerFacts Borrow()
    {
        AnswerFacts facts = _spare ?? new AnswerFacts();
        _spare = null;
        return facts;
    }

    /// <summary>Empties them for the next one on this thread.</summary>
    public void GiveBack()
    {
        _knownModel = Model is { Length: <= LongestKnown } ? Model : _knownModel;
        _knownProvider = Provider is { Length: <= LongestKnown } ? Provider : _knownProvider;
        (Id, Model, Provider, Error) = (null, null, null, null);
        (HasChoices, FinishedWithError, HasOtherCharges, HasUsage, IsByok) = (false, false, false, false, null);
        (PromptTokens, CompletionTokens, CachedTokens, CacheWriteTokens, ReasoningTokens, CostUsd) = (null, null, null, null, null, null);
        _spare = this;
    }

    public ModelCallUsage? ToUsage() => HasUsage ? new ModelCallUsage(PromptTokens, CompletionTokens, CachedTokens, ReasoningTokens, CostUsd) : null;
}
