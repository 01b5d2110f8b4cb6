using System.Buffers;
using System.Text.Json;

namespace Jarvis.SemanticKernel.ModelCalls;

/// <summary>
/// An event that was read, with the texts of its deltas left open. Nearly every event of a stream is the one before it with another text: that is seen by comparing
/// bytes, many at a time, in a tenth of the time that reading its JSON takes.
/// </summary>
/// <remarks>An event that matches is valid JSON, since the learned one is and a text was replaced by a text, and it says the same about everything but texts.</remarks>
internal sealed class EventTemplate
{
    // A stream whose events differ in more than texts gains nothing by learning each of them.
    private const int MostLearned = 16;

    private static readonly SearchValues<byte> EndsOrBreaksText = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(control => (byte)control), (byte)'"', (byte)'\\']);

    private readonly ByteAccumulator _event = new();
    private readonly List<Range> _texts = [];
    private int _learned;
    private bool _isLearned;

    /// <summary>Takes an event that was just read without an error as the template, if texts are all that the next one may say differently.</summary>
    public void Learn(ReadOnlySpan<byte> json)
    {
        _isLearned = false;
        if (_learned == MostLearned)
        {
            return;
        }

        _learned++;
        _texts.Clear();
        _isLearned = TryFindTexts(json) && _texts.Count > 0;
        if (_isLearned)
        {
            _event.Clear();
            _event.Append(json);
        }
    }

    public bool Matches(ReadOnlySpan<byte> json)
    {
        if (!_isLearned)
        {
            return false;
        }

        ReadOnlySpan<byte> learned = _event.Written;
        int at = 0;
        foreach (Range text in _texts)
        {
            ReadOnlySpan<byte> between = learned[at..text.Start.Value];
            if (!json.StartsWith(between))
            {
                return false;
            }

            int length = TextLength(json[between.Length..]);
            if (length < 0)
            {
                return false;
            }

            json = json[(between.Length + length)..];
            at = text.End.Value;
        }

        return json.SequenceEqual(learned[at..]);
    }

    // Up to the quotation mark that ends it; less than 0 when there is none, or when the text is not valid before it.
    private static int TextLength(ReadOnlySpan<byte> bytes)
    {
        int length = 0;
        while (true)
        {
            int plain = bytes[length..].IndexOfAny(EndsOrBreaksText);
            if (plain < 0)
            {
                return plain;
            }

            length += plain;
            if (bytes[length] == (byte)'"')
            {
                return length;
            }

            // Of the escapes the simple ones; the others are left to the reader.
            if (bytes[length] != (byte)'\\' || length + 1 == bytes.Length || !"\"\\/bfnrt"u8.Contains(bytes[length + 1]))
            {
                return -1;
            }

            length += 2;
        }
    }

    // False when it says something that counts each time it is said.
    private bool TryFindTexts(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isChoices = reader.ValueTextEquals("choices"u8);
            bool counts = reader.ValueTextEquals("usage"u8) || reader.ValueTextEquals("error"u8);
            reader.Read();
            if (counts && reader.TokenType != JsonTokenType.Null)
            {
                return false;
            }

            if (isChoices && !TryFindTextsOfChoices(ref reader))
            {
                return false;
            }

            reader.Skip();
        }

        return true;
    }

    private bool TryFindTextsOfChoices(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isDelta = reader.ValueTextEquals("delta"u8);
                bool counts = reader.ValueTextEquals("error"u8);
                reader.Read();
                if (counts && reader.TokenType != JsonTokenType.Null)
                {
                    return false;
                }

                if (isDelta && reader.TokenType == JsonTokenType.StartObject)
                {
                    FindTextsOfDelta(ref reader);
                }

                reader.Skip();
            }
        }

        return reader.TokenType == JsonTokenType.EndArray;
    }

    private void FindTextsOfDelta(ref Utf8JsonReader reader)
    {
        for (int depth = reader.CurrentDepth; reader.Read() && reader.CurrentDepth > depth;)
        {
            if (reader.TokenType == JsonTokenType.String)
            {
                int start = checked((int)reader.TokenStartIndex) + 1;
                _texts.Add(start..(start + reader.ValueSpan.Length));
            }
        }
    }
}
