using Crowsnest.Configuration;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Search;

namespace Crowsnest.Commands;

/// <summary>Reads a command line against the table of commands and runs what it names.</summary>
/// <remarks>Written by hand (docs/adr/0004): a parser library costs more start-up time than most commands take.</remarks>
internal sealed class CommandLine(CommandHost host, IReadOnlyList<CommandSpec> commands)
{
    /// <summary>Options that every command takes.</summary>
    public static readonly IReadOnlyList<OptionSpec> Globals =
    [
        new("--config", "FILE", "the configuration (CROWSNEST_CONFIG; ./crowsnest.yaml where it exists)"),
        new("--data", "DIR", "the data folder (CROWSNEST_DATA; ./crowsnest-data)"),
        new("--server", "URL", "speak to this server instead of the data folder (CROWSNEST_SERVER)"),
        new("--token-file", "FILE", "the server's token (CROWSNEST_TOKEN)"),
        new("-o", "FORMAT", "table, json, ndjson or csv; a table on a terminal", "table", "json", "ndjson", "csv"),
        new("--no-color", null, "no colours (NO_COLOR)"),
        new("--version", null, "print the version"),
        new("--help", null, "print this"),
    ];

    /// <summary>Runs the command that the words name; gives the exit code.</summary>
    public async Task<int> RunAsync(IReadOnlyList<string> words, CancellationToken cancellationToken)
    {
        try
        {
            return await RunCoreAsync(words, cancellationToken);
        }
        catch (UsageException failure)
        {
            await host.Error.WriteLineAsync($"crowsnest: {SafeText.Of(failure.Message)}");
            return ExitCode.Usage;
        }
        catch (ConfigException failure)
        {
            // One mistake a line, as compilers write them, so that an editor can jump to each.
            foreach (var line in failure.Message.Split('\n')) await host.Error.WriteLineAsync(SafeText.Of(line));
            return ExitCode.Usage;
        }
        catch (StoreException failure)
        {
            await host.Error.WriteLineAsync($"crowsnest: {SafeText.Of($"{failure.Message} {failure.Hint}".TrimEnd())}");
            return ExitCode.Unreachable;
        }
        catch (UnreachableStoreException failure)
        {
            await host.Error.WriteLineAsync($"crowsnest: {SafeText.Of(failure.Message)}");
            return ExitCode.Unreachable;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
        finally
        {
            await host.Out.FlushAsync(CancellationToken.None);
        }
    }

    private async Task<int> RunCoreAsync(IReadOnlyList<string> words, CancellationToken cancellationToken)
    {
        var (options, arguments, unknown, literal) = Split(words);
        if (options.ContainsKey("--version"))
        {
            await host.Out.WriteLineAsync($"crowsnest {ProductVersion.Text}");
            return ExitCode.Done;
        }

        if (arguments.Count == 0 || (arguments is ["help"]))
        {
            if (unknown.Count > 0) throw new UsageException(UnknownOption(unknown[0], Globals));
            var asked = options.ContainsKey("--help") || arguments.Count > 0;
            HelpText.Write(asked ? host.Out : host.Error, commands);
            return asked ? ExitCode.Done : ExitCode.Usage;
        }

        if (arguments[0] == "help" && literal != 0) arguments = [.. arguments.Skip(1), "--help"];
        var command = Find(arguments);
        if (options.ContainsKey("--help") || arguments[^1] == "--help")
        {
            HelpText.Write(host.Out, command);
            return ExitCode.Done;
        }

        return await command.Run(Parse(command, words), cancellationToken);
    }

    /// <summary>The command, and what is left of the words; every option checked, all mistakes together.</summary>
    private Invocation Parse(CommandSpec command, IReadOnlyList<string> words)
    {
        IReadOnlyList<OptionSpec> known = [.. command.Options, .. Globals];
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        var arguments = new List<string>();
        var mistakes = new List<string>();
        var onlyArguments = false;
        for (var i = 0; i < words.Count; i++)
        {
            var word = words[i];
            if (onlyArguments || !IsOption(word))
            {
                arguments.Add(word);
                continue;
            }

            if (word == "--")
            {
                onlyArguments = true;
                continue;
            }

            var (name, inline) = SplitInline(word);
            if (known.FirstOrDefault(o => o.Name == name) is not { } option)
            {
                mistakes.Add(UnknownOption(name, known));
                continue;
            }

            if (option.Value is null)
            {
                if (inline is not null) mistakes.Add($"{name} takes no value");
                options[name] = "";
                continue;
            }

            var value = inline ?? (i + 1 < words.Count ? words[++i] : null);
            if (value is null) mistakes.Add($"{name} needs a value: {name} {option.Value}");
            else if (option.Choices.Length > 0 && !option.Choices.Contains(value, StringComparer.Ordinal))
                mistakes.Add($"{name}: '{value}' is not one of {string.Join(", ", option.Choices)}{Spelling.Hint(value, option.Choices)}");
            else options[name] = value;
        }

        // 'quarantine' alone is 'quarantine list'.
        arguments.RemoveRange(0, Math.Min(arguments.Count, command.Name.Split(' ').Length));
        if (arguments.Count < command.ArgumentsMin) mistakes.Add($"something is missing: crowsnest {command.Name} {command.Arguments}");
        if (arguments.Count > command.ArgumentsMax) mistakes.Add($"'{arguments[command.ArgumentsMax]}' is one word too many: crowsnest {command.Name} {command.Arguments}");
        if (arguments.Count == 1 && command.ArgumentChoices.Count > 0 && !command.ArgumentChoices.Contains(arguments[0], StringComparer.Ordinal))
            mistakes.Add($"'{arguments[0]}' is not one of {string.Join(", ", command.ArgumentChoices)}{Spelling.Hint(arguments[0], command.ArgumentChoices)}");
        if (mistakes.Count > 0) throw new UsageException($"{string.Join("; ", mistakes)} (see crowsnest {command.Name} --help)");
        return new Invocation(host, command, options, arguments);
    }

    /// <summary>A first look, before the command is known: which words are values of options is told by all commands' options together.</summary>
    private (Dictionary<string, string> Options, IReadOnlyList<string> Arguments, List<string> Unknown, int Literal) Split(IReadOnlyList<string> words)
    {
        var all = commands.SelectMany(c => c.Options).Concat(Globals).ToLookup(o => o.Name, StringComparer.Ordinal);
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        var arguments = new List<string>();
        var unknown = new List<string>();
        var i = 0;
        for (; i < words.Count; i++)
        {
            var word = words[i];
            if (word == "--") break;
            if (!IsOption(word))
            {
                arguments.Add(word);
                continue;
            }

            var (name, inline) = SplitInline(word);
            options[name] = inline ?? "";
            if (!all.Contains(name)) unknown.Add(name);
            else if (inline is null && all[name].First().Value is not null) i++;
        }

        arguments.AddRange(words.Skip(i + 1));
        return (options, arguments, unknown, arguments.Count);
    }

    private CommandSpec Find(IReadOnlyList<string> arguments)
    {
        var two = arguments.Count > 1 ? $"{arguments[0]} {arguments[1]}" : arguments[0];
        var found = commands.FirstOrDefault(c => c.Name == two) ?? commands.FirstOrDefault(c => c.Name == arguments[0]);
        if (found is not null) return found;

        var family = commands.Where(c => c.Name.StartsWith(arguments[0] + " ", StringComparison.Ordinal)).Select(c => c.Name.Split(' ')[1]).ToArray();
        if (family.Length > 0)
        {
            if (arguments.Count == 1 && commands.FirstOrDefault(c => c.Name == arguments[0] + " list") is { } list) return list;
            if (arguments.Count == 1 || arguments[1].StartsWith('-')) throw new UsageException($"{arguments[0]} what? One of {string.Join(", ", family)}");
            throw new UsageException($"'{arguments[0]} {arguments[1]}' is not a command{Spelling.Hint(arguments[1], family)} (known: {string.Join(", ", family)})");
        }

        var names = commands.Select(c => c.Name.Split(' ')[0]).Distinct().ToArray();
        throw new UsageException($"'{arguments[0]}' is not a command{Spelling.Hint(arguments[0], names)} (known: {string.Join(", ", names)})");
    }

    // A lone dash is standard input, and "-5" or "-kind:x" belongs to a query only after "--".
    private static bool IsOption(string word) => word.Length > 1 && word[0] == '-';

    private static (string Name, string? Inline) SplitInline(string word)
    {
        if (word == "-h") return ("--help", null);
        var equals = word.StartsWith("--", StringComparison.Ordinal) ? word.IndexOf('=', StringComparison.Ordinal) : -1;
        return equals < 0 ? (word, null) : (word[..equals], word[(equals + 1)..]);
    }

    private static string UnknownOption(string name, IReadOnlyList<OptionSpec> known) =>
        $"'{name}' is not an option{Spelling.Hint(name, known.Select(o => o.Name))}";
}
