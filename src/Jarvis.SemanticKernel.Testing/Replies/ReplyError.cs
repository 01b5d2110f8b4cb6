namespace Jarvis.SemanticKernel.Testing;

/// <summary>The error of a reply. JSON parts are texts of objects, checked when the reply is made.</summary>
internal sealed record ReplyError(int Code, string Message, string? MetadataJson = null, string? AvailabilityJson = null, bool NamesUser = true);
