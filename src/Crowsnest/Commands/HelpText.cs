namespace Crowsnest.Commands;

/// <summary>Writes help from the table of commands.</summary>
internal static class HelpText
{
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
        output.WriteLine("Exit codes: 0 done, 1 the answer is no, 2 wrong usage or configuration, 3 --strict input had something to quarantine,");
        output.WriteLine("4 a store or server that cannot be reached or opened, 130 interrupted.");
        output.WriteLine("crowsnest COMMAND --help shows a command's options and examples.");
    }

    /// <summary>The page of one command.</summary>
    public static void Write(TextWriter output, CommandSpec command)
    {
        output.WriteLine(command.Summary);
        output.WriteLine();
        output.WriteLine($"Usage: crowsnest {command.Name} {command.Arguments}".TrimEnd());
        foreach (var note in command.Notes)
        {
            output.WriteLine();
            output.WriteLine(note);
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
        output.WriteLine("Examples:");
        foreach (var example in command.Examples) output.WriteLine($"  {example}");
    }

    private static void Options(TextWriter output, IEnumerable<OptionSpec> options) =>
        Columns(output, options.Select(o => (o.Value is null ? o.Name : $"{o.Name} {o.Value}", o.Help)));

    private static void Columns(TextWriter output, IEnumerable<(string Left, string Right)> rows)
    {
        var list = rows.ToList();
        var width = list.Max(r => r.Left.Length) + 2;
        foreach (var (left, right) in list) output.WriteLine($"  {left.PadRight(width)}{right}");
    }
}
