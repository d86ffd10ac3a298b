namespace Crowsnest.Commands;

/// <summary>Writes help from the table of commands, in the order of a man page.</summary>
internal static class HelpText
{
    private const int LineMax = 100;

    private static readonly IReadOnlyList<(string Name, string Meaning)> Environment =
    [
        ("CROWSNEST_CONFIG", "--config unless it is given"), ("CROWSNEST_DATA", "--data unless it is given"), ("CROWSNEST_SERVER", "--server unless it is given"),
        ("CROWSNEST_TOKEN", "the server's token, unless --token-file is given"), ("NO_COLOR", "no colours, when it is set"),
    ];

    private static readonly IReadOnlyList<(int Code, string Meaning)> ExitCodes =
    [
        (ExitCode.Done, "done"), (ExitCode.Usage, "wrong usage or configuration"), (ExitCode.Unreachable, "a store or server that cannot be reached or opened"),
        (ExitCode.Interrupted, "interrupted; what was committed stays"),
    ];

    /// <summary>The page of all commands.</summary>
    public static void Write(TextWriter output, IReadOnlyList<CommandSpec> commands)
    {
        output.WriteLine("Crowsnest takes Amazon ECS's events in, says why each task stopped, tells the right people once and keeps everything searchable.");
        output.WriteLine();
        output.WriteLine("Usage: crowsnest COMMAND [ARGUMENT...] [OPTION...]");
        output.WriteLine();
        output.WriteLine("Commands:");
        Columns(output, commands.Select(c => (c.Name, c.Summary)));
        output.WriteLine();
        output.WriteLine("Options of every command:");
        Options(output, CommandLine.Globals);
        output.WriteLine();
        output.WriteLine("Environment:");
        Columns(output, Environment);
        output.WriteLine();
        output.WriteLine("Exit codes:");
        Columns(output, ExitCodes.Append((ExitCode.No, "the answer is no")).Append((ExitCode.Strict, "--strict input had something to quarantine")).OrderBy(c => c.Item1).Select(c => ($"{c.Item1}", c.Item2)));
        output.WriteLine();
        output.WriteLine("crowsnest COMMAND --help shows a command's options and examples.");
    }

    /// <summary>The page of one command.</summary>
    public static void Write(TextWriter output, CommandSpec command)
    {
        output.WriteLine($"crowsnest {command.Name} - {command.Summary}");
        output.WriteLine();
        output.WriteLine($"Usage: crowsnest {command.Name} {command.Arguments}".TrimEnd());
        foreach (var note in command.Notes)
        {
            output.WriteLine();
            Wrapped(output, note, "");
        }

        if (command.Options.Count > 0)
        {
            output.WriteLine();
            output.WriteLine("Options:");
            Options(output, command.Options);
        }

        output.WriteLine();
        output.WriteLine("Options of every command:");
        Options(output, CommandLine.Globals);
        output.WriteLine();
        output.WriteLine("Environment:");
        Columns(output, Environment);
        output.WriteLine();
        output.WriteLine("Exit codes:");
        Columns(output, ExitCodes.Concat(command.ExitCodes).OrderBy(c => c.Code).Select(c => ($"{c.Code}", c.Meaning)));
        output.WriteLine();
        output.WriteLine("Examples:");
        foreach (var example in command.Examples) output.WriteLine($"  {example}");
    }

    private static void Options(TextWriter output, IEnumerable<OptionSpec> options) =>
        Columns(output, options.Select(o => (o.Value is null ? o.Name : $"{o.Name} {o.Value}", o.Help)));

    private static void Columns(TextWriter output, IEnumerable<(string Left, string Right)> rows)
    {
        var list = rows.ToList();
        var width = list.Max(r => r.Left.Length) + 2;
        foreach (var (left, right) in list) Wrapped(output, $"  {left.PadRight(width)}{right}", new string(' ', width + 2));
    }

    // At words only: a long one (a URL, a command) stays whole.
    private static void Wrapped(TextWriter output, string text, string indent)
    {
        while (text.Length > LineMax)
        {
            var space = text.LastIndexOf(' ', LineMax);
            if (space <= indent.Length) space = text.IndexOf(' ', LineMax);
            if (space < 0) break;
            output.WriteLine(text[..space].TrimEnd());
            text = indent + text[(space + 1)..];
        }

        output.WriteLine(text);
    }
}
