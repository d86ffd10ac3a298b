using System.Globalization;

namespace Crowsnest.Core.Diagnosis;

/// <summary>Exit codes as people say them.</summary>
internal static class ExitCodes
{
    public const int Killed = 137;
    public const int Terminated = 143;

    /// <summary>What ECS itself does to the other containers of a stopping task: SIGTERM, and SIGKILL after the stop timeout.</summary>
    public static bool IsStopSignal(int code) => code is Killed or Terminated;

    /// <summary><c>exit code 139 (segmentation fault)</c>.</summary>
    public static string Say(int code)
    {
        var meaning = code switch
        {
            125 => "the container could not be run",
            126 => "the command cannot be executed",
            127 => "the command was not found",
            130 => "interrupted, SIGINT",
            134 => "aborted, SIGABRT",
            135 => "bus error, SIGBUS",
            136 => "arithmetic error, SIGFPE",
            Killed => "killed, SIGKILL",
            139 => "segmentation fault, SIGSEGV",
            Terminated => "terminated, SIGTERM",
            _ => "",
        };
        return meaning.Length == 0
            ? string.Create(CultureInfo.InvariantCulture, $"exit code {code}")
            : string.Create(CultureInfo.InvariantCulture, $"exit code {code} ({meaning})");
    }
}
