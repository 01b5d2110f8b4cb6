namespace Jarvis.SemanticKernel.Cli;

/// <summary>What the process says to scripts. Documented in the help and in docs/cli.md; the numbers stay.</summary>
internal static class ExitCode
{
    public const int Ok = 0;
    public const int Failed = 1;
    public const int BadUsage = 2;
    public const int SwitchIsActive = 3;
    public const int FaultsFound = 4;
    public const int NotAcknowledged = 5;
    public const int Interrupted = 130;

    public const string Explained =
        """
        Exit codes:
          0    done; for 'status': the global switch is not active, nor the one that was named
          1    failed: database unreachable or without schema, switch unreadable
          2    bad usage or a bad setting; nothing was done
          3    'status': the switch is active, the global one or the one that was named
          4    'doctor': found faults
          5    'kill', 'resume': done, but not every live process acts on it yet
          130  interrupted by Ctrl-C
        """;
}
