using System.Text.Json;

namespace Jarvis.SemanticKernel.ModelCalls;

/// <summary>Reads an error object, by an allow-list: the rest may quote a prompt.</summary>
internal static class ErrorReader
{
    /// <summary>Reads the value the reader stands on; null when it is a JSON null.</summary>
    public static ErrorFacts? Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        var error = new ErrorFacts();
        if (reader.TokenType == JsonTokenType.String)
        {
            error.Message = reader.GetString();
        }
        else if (reader.TokenType == JsonTokenType.StartObject)
        {
            ReadObject(ref reader, error);
        }
        else
        {
            reader.Skip();
        }

        return error;
    }

    // error, error.metadata and error.availability share one vocabulary, except that "code" is a word in availability.
    private static void ReadObject(ref Utf8JsonReader reader, ErrorFacts error)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.IsNamed("code"u8) || reader.IsNamed("http_status"u8))
            {
                error.Code = reader.ReadInt32() ?? error.Code;
            }
            else if (reader.IsNamed("message"u8))
            {
                error.Message = reader.ReadText(error.Message);
            }
            else if (reader.IsNamed("error_type"u8))
            {
                error.ErrorType = reader.ReadText(error.ErrorType);
            }
            else if (reader.IsNamed("metadata"u8))
            {
                reader.Read();
                ReadMetadata(ref reader, error);
            }
            else if (reader.IsNamed("availability"u8))
            {
                reader.Read();
                ReadAvailability(ref reader, error);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
    }

    private static void ReadMetadata(ref Utf8JsonReader reader, ErrorFacts error)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.IsNamed("error_type"u8))
            {
                error.ErrorType = reader.ReadText(error.ErrorType);
            }
            else if (reader.IsNamed("limit_source"u8))
            {
                error.LimitSource = reader.ReadText(error.LimitSource);
            }
            else if (reader.IsNamed("provider_name"u8))
            {
                error.ProviderName = reader.ReadText(error.ProviderName);
            }
            else if (reader.IsNamed("retry_after_seconds"u8))
            {
                error.RetryAfterSeconds = reader.ReadDecimal() ?? error.RetryAfterSeconds;
            }
            else
            {
                error.QuotesWhatWasFlagged |= reader.IsNamed("flagged_input"u8) || reader.IsNamed("patterns"u8);
                reader.Read();
                reader.Skip();
            }
        }
    }

    private static void ReadAvailability(ref Utf8JsonReader reader, ErrorFacts error)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.IsNamed("code"u8))
            {
                error.AvailabilityCode = reader.ReadText(error.AvailabilityCode);
            }
            else if (reader.IsNamed("retry_after"u8))
            {
                error.RetryAfterSeconds = reader.ReadDecimal() ?? error.RetryAfterSeconds;
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
    }
}
