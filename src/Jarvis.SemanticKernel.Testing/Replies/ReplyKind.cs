namespace Jarvis.SemanticKernel.Testing;

internal enum ReplyKind
{
    /// <summary>Text, tool calls or both.</summary>
    Answer,

    /// <summary>A status that says what went wrong, and an error body.</summary>
    Error,

    /// <summary>Status 200 and an error body; as a stream, an error as the first event.</summary>
    ErrorInside200,

    /// <summary>Some text, then a chunk with an error that ends the stream, as documented.</summary>
    ErrorMidStream,

    /// <summary>Some text, then a chunk with error and usage, then the terminator, as recorded in November 2025.</summary>
    ErrorMidStreamAsRecorded,

    /// <summary>Some text, and the error inside the choice.</summary>
    ErrorInChoice,

    /// <summary>Bytes of the script.</summary>
    Raw,
}
