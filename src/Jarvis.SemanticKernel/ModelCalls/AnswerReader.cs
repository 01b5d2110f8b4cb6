using System.Text.Json;

namespace Jarvis.SemanticKernel.ModelCalls;

/// <summary>Reads the facts out of a chat completion, a chunk of one, or an error body, in one pass without building a document.</summary>
internal static class AnswerReader
{
    /// <summary>Adds what <paramref name="json"/> says to <paramref name="facts"/>; false when it is not one JSON object.</summary>
    public static bool TryRead(ReadOnlySpan<byte> json, AnswerFacts facts)
    {
        var reader = new Utf8JsonReader(json);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                ReadMember(ref reader, facts);
            }

            return reader.TokenType == JsonTokenType.EndObject && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
        catch (InvalidOperationException)
        {
            // Text that is not valid UTF-16 after unescaping, such as half a surrogate pair in a model name.
            return false;
        }
    }

    private static void ReadMember(ref Utf8JsonReader reader, AnswerFacts facts)
    {
        if (reader.IsNamed("choices"u8))
        {
            reader.Read();
            ReadChoices(ref reader, facts);
        }
        else if (reader.IsNamed("usage"u8))
        {
            reader.Read();
            UsageReader.Read(ref reader, facts);
        }
        else if (reader.IsNamed("error"u8))
        {
            reader.Read();
            facts.Error = ErrorReader.Read(ref reader) ?? facts.Error;
        }
        else if (reader.IsNamed("id"u8))
        {
            facts.Id = reader.ReadText(facts.Id);
        }
        else if (reader.IsNamed("model"u8))
        {
            facts.Model = reader.ReadText(facts.Model, facts.KnownModel);
        }
        else if (reader.IsNamed("provider"u8))
        {
            facts.Provider = reader.ReadText(facts.Provider, facts.KnownProvider);
        }
        else
        {
            reader.Read();
            reader.Skip();
        }
    }

    private static void ReadChoices(ref Utf8JsonReader reader, AnswerFacts facts)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            facts.HasChoices = true;
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                continue;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.IsNamed("error"u8))
                {
                    reader.Read();
                    facts.Error = ErrorReader.Read(ref reader) ?? facts.Error;
                }
                else if (reader.IsNamed("finish_reason"u8))
                {
                    reader.Read();
                    facts.FinishedWithError |= reader.TokenType == JsonTokenType.String && reader.IsText("error"u8);
                    reader.Skip();
                }
                else
                {
                    reader.Read();
                    reader.Skip();
                }
            }
        }
    }
}
