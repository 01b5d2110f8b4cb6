namespace Jarvis.SemanticKernel.Tests.Costs;

/// <summary>Time zones with something awkward about them.</summary>
internal static class Zones
{
    public static TimeZoneInfo Berlin { get; } = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    public static TimeZoneInfo NewYork { get; } = TimeZoneInfo.FindSystemTimeZoneById("America/New_York");

    /// <summary>Half an hour beside the hour.</summary>
    public static TimeZoneInfo Kolkata { get; } = TimeZoneInfo.FindSystemTimeZoneById("Asia/Kolkata");

    /// <summary>Changes by half an hour.</summary>
    public static TimeZoneInfo LordHowe { get; } = TimeZoneInfo.FindSystemTimeZoneById("Australia/Lord_Howe");

    /// <summary>Went to summer time at midnight: days without a midnight.</summary>
    public static TimeZoneInfo SaoPaulo { get; } = TimeZoneInfo.FindSystemTimeZoneById("America/Sao_Paulo");

    /// <summary>Had no 30 December 2011.</summary>
    public static TimeZoneInfo Apia { get; } = TimeZoneInfo.FindSystemTimeZoneById("Pacific/Apia");

    public static IReadOnlyList<TimeZoneInfo> All { get; } = [TimeZoneInfo.Utc, Berlin, NewYork, Kolkata, LordHowe, SaoPaulo, Apia];
}
