namespace Crowsnest.Commands;

/// <summary>The exit codes that scripts rely on.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>The answer is no.</summary>
    public const int No = 1;

    /// <summary>Wrong usage or configuration.</summary>
    public const int Usage = 2;

    /// <summary><c>--strict</c> input had something to quarantine.</summary>
    public const int Strict = 3;

    /// <summary>A store or server that cannot be reached or opened.</summary>
    public const int Unreachable = 4;

    /// <summary>Interrupted; what was committed stays.</summary>
    public const int Interrupted = 130;
}
