using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Jarvis.SemanticKernel.OpenRouter;

/// <summary>A question that got no usable answer. Nothing of the answer's own text is in it.</summary>
[SuppressMessage("Design", "CA1064:Exceptions should be public", Justification = "Every one is caught in the package: who asks decides what becomes of it.")]
internal sealed class ApiFailureException(string message, HttpStatusCode? status = null, TimeSpan? retryAfter = null, Exception? innerException = null)
    : Exception(message, innerException)
{
    /// <summary>Gets how long the endpoint wants to be left alone, when it said so.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;

    /// <summary>Gets a value indicating whether the key is at fault, so that asking again with it is of no use.</summary>
    public bool IsAboutTheKey { get; } = status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden;
}
