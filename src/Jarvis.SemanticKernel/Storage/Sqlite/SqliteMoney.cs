using System.Globalization;
using System.Numerics;
using Microsoft.Data.Sqlite;

namespace Jarvis.SemanticKernel.Storage.Sqlite;

/// <summary>Money as whole numbers: 1e-8 USD in the shared tables, 1e-12 USD for the exact cost.</summary>
internal static class SqliteMoney
{
    /// <summary>The name of the aggregate that sums amounts written as text.</summary>
    public const string SumOfTexts = "jarvis_sum";

    private const decimal PerUsd = 100_000_000m;
    private const decimal ExactPerUsd = 1_000_000_000_000m;
    private const decimal MostExact = long.MaxValue / ExactPerUsd;
    private const int Scale = 28;

    public static long From(decimal usd) => (long)(usd * PerUsd);

    /// <summary>The amount in 1e-12 USD, cut, and its full text where that is not the whole truth.</summary>
    public static (long? Units, string? Text) FromExact(decimal? cost)
    {
        if (cost is not { } usd)
        {
            return (null, null);
        }

        decimal units = decimal.Truncate(Math.Clamp(usd, -MostExact, MostExact) * ExactPerUsd);
        return ((long)units, units / ExactPerUsd == usd ? null : usd.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>The amount of 1e-12 USD that was stored without a text.</summary>
    public static decimal ToExact(long units) => units / ExactPerUsd;

    /// <summary>Adds up in whole numbers of the smallest digit that a decimal has, so that no order of the rows and no size of the sum loses any.</summary>
    public static void CreateSum(SqliteConnection connection) => connection.CreateAggregate<string?, BigInteger, string>(
        SumOfTexts,
        BigInteger.Zero,
        (sum, text) => text is null ? sum : sum + Units(text),
        sum => sum.ToString(CultureInfo.InvariantCulture),
        isDeterministic: true);

    /// <summary>The sum of whole units (in two parts, because one could overflow) and of the texts' sum.</summary>
    public static decimal Sum(long millionsOfUnits, long units, string? textSum)
    {
        BigInteger sum = ((((BigInteger)millionsOfUnits * 1_000_000) + units) * BigInteger.Pow(10, Scale - 12))
            + BigInteger.Parse(textSum ?? "0", CultureInfo.InvariantCulture);
        BigInteger whole = BigInteger.DivRem(BigInteger.Abs(sum), BigInteger.Pow(10, Scale), out BigInteger rest);
        string text = $"{whole}.{rest.ToString(CultureInfo.InvariantCulture).PadLeft(Scale, '0').TrimEnd('0')}";
        decimal usd = decimal.Parse(text, CultureInfo.InvariantCulture);
        return sum.Sign < 0 ? -usd : usd;
    }

    private static BigInteger Units(string text)
    {
        int point = text.IndexOf('.', StringComparison.Ordinal);
        string digits = point < 0 ? text : text.Remove(point, 1);
        int decimals = point < 0 ? 0 : text.Length - point - 1;
        return BigInteger.Parse(digits, CultureInfo.InvariantCulture) * BigInteger.Pow(10, Scale - decimals);
    }
}
