using Crowsnest.Configuration;

namespace Crowsnest.Commands;

/// <summary>Checks a configuration file without running anything.</summary>
internal static class RulesCheckCommand
{
    /// <summary>The command.</summary>
    public static readonly CommandSpec Spec = new()
    {
        Name = "rules check",
        Summary = "checks a configuration file and reports all of its mistakes",
        Arguments = "FILE",
        ArgumentsMin = 1,
        ArgumentsMax = 1,
        Examples = ["crowsnest rules check crowsnest.yaml"],
        Notes = ["Mistakes go to stderr, one a line, as FILE:LINE:COLUMN: KEY: MESSAGE; the exit code is then 2."],
        Run = RunAsync,
    };

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var config = await ConfigFile.ReadAsync(invocation.Arguments[0], invocation.Host.Environment, invocation.Host.Time, cancellationToken);
        await invocation.Host.Error.WriteLineAsync(
            $"{SafeText.Of(invocation.Arguments[0])}: no mistakes; {config.Rules.Count} rule entries, {config.Receivers.Length} receivers".AsMemory(), cancellationToken);
        return ExitCode.Done;
    }
}
