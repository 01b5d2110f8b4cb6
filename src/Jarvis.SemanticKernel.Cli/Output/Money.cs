using System.Globalization;

namespace Jarvis.SemanticKernel.Cli.Output;

/// <summary>Amounts in USD.</summary>
internal static class Money
{
    /// <summary>All digits, for programs.</summary>
    public static string Exact(decimal usd) => usd.ToString("0.############################", CultureInfo.InvariantCulture);

    /// <summary>For people: cents, and up to six places where there are more.</summary>
    public static string Shown(decimal usd) => usd != 0 && decimal.Abs(usd) < 0.000_000_5m ? Exact(usd) : usd.ToString("#,0.00####", CultureInfo.InvariantCulture);
}
