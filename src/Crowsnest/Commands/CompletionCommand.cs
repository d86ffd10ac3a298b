namespace Crowsnest.Commands;

/// <summary>Writes what a shell needs to complete command lines, from the table of commands.</summary>
internal static class CompletionCommand
{
    /// <summary>The command.</summary>
    public static readonly CommandSpec Spec = new()
    {
        Name = "completion",
        Summary = "writes a script that lets a shell complete commands, options and files",
        Arguments = "bash|zsh|fish",
        ArgumentsMin = 1,
        ArgumentsMax = 1,
        ArgumentChoices = ["bash", "zsh", "fish"],
        Examples =
        [
            "crowsnest completion bash > /etc/bash_completion.d/crowsnest", "crowsnest completion zsh > \"${fpath[1]}/_crowsnest\"",
            "crowsnest completion fish > ~/.config/fish/completions/crowsnest.fish", "source <(crowsnest completion bash)",
        ],
        Run = RunAsync,
    };

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var script = invocation.Arguments[0] switch
        {
            "bash" => CompletionScript.Bash(AllCommands.Specs),
            "zsh" => CompletionScript.Zsh(AllCommands.Specs),
            _ => CompletionScript.Fish(AllCommands.Specs),
        };
        await invocation.Host.Out.WriteAsync(script.AsMemory(), cancellationToken);
        return ExitCode.Done;
    }
}
