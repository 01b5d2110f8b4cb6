using System.Globalization;
using Jarvis.SemanticKernel.ModelCalls;

namespace Jarvis.SemanticKernel;

/// <summary>What is kept of an upstream's error. Everything else it says may quote a prompt and is dropped.</summary>
public sealed record ModelCallError
{
    /// <summary>Gets the code: the HTTP status, or the one inside the body when the error came with a 200.</summary>
    public required int Code { get; init; }

    /// <summary>
    /// Gets the upstream's message, without keys. It may quote the prompt: keep it, and the message of the exception that repeats it, out of logs. It is in no record.
    /// </summary>
    public string? Message { get; init; }

    /// <summary>Gets OpenRouter's <c>error_type</c>.</summary>
    public string? ErrorType { get; init; }

    /// <summary>Gets which limit was hit, OpenRouter's <c>limit_source</c>.</summary>
    public string? LimitSource { get; init; }

    /// <summary>Gets the provider that failed.</summary>
    public string? ProviderName { get; init; }

    /// <summary>Gets why no model could serve, OpenRouter's <c>availability.code</c>.</summary>
    public string? AvailabilityCode { get; init; }

    /// <summary>Gets how long to wait before another try.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Gets what it means.</summary>
    internal ModelCallCause Cause { get; init; }

    /// <summary>The facts for a record: pairs separated by <c>; </c>, without the message.</summary>
    internal string ToRecordText()
    {
        List<string> facts = [$"code={Code.ToString(CultureInfo.InvariantCulture)}"];
        Add("error_type", ErrorType);
        Add("limit_source", LimitSource);
        Add("provider_name", ProviderName);
        Add("availability", AvailabilityCode);
        Add("retry_after", RetryAfter?.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture));
        return string.Join("; ", facts);

        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                facts.Add($"{name}={value}");
            }
        }
    }
}
