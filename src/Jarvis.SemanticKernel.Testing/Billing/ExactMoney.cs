using System.Globalization;
using System.Numerics;

namespace Jarvis.SemanticKernel.Testing;

/// <summary>Arithmetic on money that never rounds: what does not fit is refused.</summary>
internal static class ExactMoney
{
    private const int MaxScale = 28;
    private static readonly BigInteger MaxMantissa = (BigInteger.One << 96) - 1;

    public static decimal Add(decimal left, decimal right)
    {
        decimal sum = left + right;

        // Addition keeps the larger scale; a smaller one means that digits were rounded away.
        return sum.Scale >= Math.Max(left.Scale, right.Scale)
            ? sum
            : throw new OverflowException($"The exact sum of {left} and {right} has more digits than a decimal holds.");
    }

    /// <summary>Drops trailing zeros, so that a cost is written as the service writes it: 0.00246, not 0.002460.</summary>
    public static decimal Trim(decimal value) => value / 1.0000000000000000000000000000m;

    /// <summary>Reads the text of a JSON number, exponent included; <see langword="false"/> when it is none or a decimal cannot hold it exactly.</summary>
    public static bool TryParse(string json, out decimal value)
    {
        value = 0m;
        if (!JsonText.IsNumber(json))
        {
            return false;
        }

        int exponentAt = json.AsSpan().IndexOfAny('e', 'E');
        ReadOnlySpan<char> digits = exponentAt < 0 ? json : json.AsSpan(0, exponentAt);
        int exponent = 0;
        if (exponentAt >= 0 && !int.TryParse(json.AsSpan(exponentAt + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent))
        {
            return false;
        }

        int pointAt = digits.IndexOf('.');
        BigInteger mantissa = BigInteger.Parse(digits.ToString().Replace(".", string.Empty, StringComparison.Ordinal), CultureInfo.InvariantCulture);
        long scale = (pointAt < 0 ? 0 : digits.Length - pointAt - 1) - (long)exponent;
        return TryCompose(mantissa, scale, out value);
    }

    private static bool TryCompose(BigInteger mantissa, long scale, out decimal value)
    {
        value = 0m;
        while (!mantissa.IsZero && mantissa % 10 == 0)
        {
            mantissa /= 10;
            scale--;
        }

        if (mantissa.IsZero)
        {
            return true;
        }

        if (scale is > MaxScale or < -MaxScale)
        {
            return false;
        }

        if (scale < 0)
        {
            mantissa *= BigInteger.Pow(10, (int)-scale);
            scale = 0;
        }

        if (BigInteger.Abs(mantissa) > MaxMantissa)
        {
            return false;
        }

        var whole = (decimal)mantissa;
        int[] bits = decimal.GetBits(whole);
        value = new decimal(bits[0], bits[1], bits[2], whole < 0, (byte)scale);
        return true;
    }
}
