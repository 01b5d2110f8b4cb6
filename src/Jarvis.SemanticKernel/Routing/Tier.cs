namespace Jarvis.SemanticKernel;

/// <summary>The well-known tiers. Their names are the service ids of their chat services; options can add others.</summary>
public static class Tier
{
    /// <summary>The tier for planning and hard problems.</summary>
    public const string Strong = "strong";

    /// <summary>The tier for ordinary work; the default tier unless the options say otherwise.</summary>
    public const string Mid = "mid";

    /// <summary>The tier for labels, extraction and other small work.</summary>
    public const string Cheap = "cheap";
}
