namespace Jarvis.SemanticKernel.ModelCalls;

/// <summary>Bytes that are gathered and dropped again; the memory is kept for the next line.</summary>
internal sealed class ByteAccumulator
{
    private byte[] _bytes = [];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (_bytes.Length - Length < bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(Length + bytes.Length, Math.Max(256, _bytes.Length * 2)));
        }

        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    public void Clear() => Length = 0;
}
