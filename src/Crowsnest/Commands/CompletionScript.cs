using System.Text;

namespace Crowsnest.Commands;

/// <summary>Completion scripts. All three work alike: the words before the cursor, options and their values apart, say which command it is.</summary>
internal static class CompletionScript
{
    /// <summary>For bash 3.2 and later.</summary>
    public static string Bash(IReadOnlyList<CommandSpec> commands) => $$"""
        # bash completion for crowsnest; made by 'crowsnest completion bash'.
        _crowsnest() {
            local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} command= i word
            COMPREPLY=()
            for ((i = 1; i < COMP_CWORD; i++)); do
                word=${COMP_WORDS[i]}
                case $word in
                    {{ValueOptions(commands)}}) ((i++)); continue ;;
                    -*) continue ;;
                esac
                command=${command:+$command }$word
            done
            case $previous in
        {{Lines(Values(commands), (names, words) => $"        {names}) {(words is null ? "COMPREPLY=($(compgen -f -- \"$current\"))" : $"COMPREPLY=($(compgen -W '{words}' -- \"$current\"))")}; return ;;")}}
            esac
            local words= files=
            case $command in
        {{Lines(Places(commands), (place, words, files) => $"        {place}) words='{words}'{(files ? " files=1" : "")} ;;")}}
            esac
            if [[ $current != -* ]]; then
                words=$(printf '%s\n' $words | grep -v '^-')
                [ -n "$files" ] && COMPREPLY=($(compgen -f -- "$current"))
            fi
            COMPREPLY+=($(compgen -W "$words" -- "$current"))
        }
        complete -o filenames -F _crowsnest crowsnest

        """.Replace("\r", "", StringComparison.Ordinal);

    /// <summary>For zsh, as a file <c>_crowsnest</c> of its fpath.</summary>
    public static string Zsh(IReadOnlyList<CommandSpec> commands) => $$"""
        #compdef crowsnest
        # zsh completion for crowsnest; made by 'crowsnest completion zsh'.
        _crowsnest() {
            local current=${words[CURRENT]} previous=${words[CURRENT-1]} command= i word
            for ((i = 2; i < CURRENT; i++)); do
                word=${words[i]}
                case $word in
                    {{ValueOptions(commands)}}) ((i++)); continue ;;
                    -*) continue ;;
                esac
                command=${command:+$command }$word
            done
            case $previous in
        {{Lines(Values(commands), (names, words) => $"        {names}) {(words is null ? "_files" : $"compadd -- {words}")}; return ;;")}}
            esac
            local -a found
            local files=
            case $command in
        {{Lines(Places(commands), (place, words, files) => $"        {place}) found=({words}){(files ? " files=1" : "")} ;;")}}
            esac
            if [[ $current == -* ]]; then
                compadd -- ${(M)found:#-*}
            else
                compadd -- ${found:#-*}
                [[ -n $files ]] && _files
            fi
            return 0
        }
        if [[ $funcstack[1] == _crowsnest ]]; then _crowsnest "$@"; else compdef _crowsnest crowsnest; fi

        """.Replace("\r", "", StringComparison.Ordinal);

    /// <summary>For fish.</summary>
    public static string Fish(IReadOnlyList<CommandSpec> commands)
    {
        var script = new StringBuilder($$"""
            # fish completion for crowsnest; made by 'crowsnest completion fish'.
            function __crowsnest_at
                set -l words
                set -l skip 0
                for word in (commandline -opc)[2..-1]
                    if test $skip = 1
                        set skip 0
                        continue
                    end
                    switch $word
                        case {{ValueOptions(commands).Replace('|', ' ')}}
                            set skip 1
                        case '-*'
                        case '*'
                            set -a words $word
                    end
                end
                string match -q -r -- "^($argv[1])\$" "$words"
            end
            complete -c crowsnest -f

            """.Replace("\r", "", StringComparison.Ordinal));
        foreach (var option in CommandLine.Globals) script.Append(FishOption(option, null));
        foreach (var (word, summary) in FirstWords(commands)) script.Append("complete -c crowsnest -n '__crowsnest_at \"\"' -a ").Append(word).Append(" -d ").Append(Quoted(summary)).Append('\n');
        foreach (var family in Families(commands))
        {
            foreach (var command in family)
                script.Append("complete -c crowsnest -n '__crowsnest_at ").Append(family.Key).Append("' -a ").Append(command.Name.Split(' ')[1]).Append(" -d ").Append(Quoted(command.Summary)).Append('\n');
        }

        foreach (var command in commands)
        {
            var condition = $"'__crowsnest_at \"{command.Name}( .*)?\"'";
            foreach (var option in command.Options) script.Append(FishOption(option, condition));
            foreach (var choice in command.ArgumentChoices) script.Append("complete -c crowsnest -n ").Append(condition).Append(" -a ").Append(choice).Append('\n');
            if (TakesFiles(command)) script.Append("complete -c crowsnest -n ").Append(condition).Append(" -F\n");
        }

        return script.ToString();
    }

    private static string FishOption(OptionSpec option, string? condition)
    {
        var name = option.Name.StartsWith("--", StringComparison.Ordinal) ? $"-l {option.Name[2..]}" : $"-s {option.Name[1..]}";
        var value = option.Value is null ? "" : option.Choices.Length > 0 ? $" -x -a '{string.Join(' ', option.Choices)}'" : IsFile(option) ? " -r -F" : " -x";
        return $"complete -c crowsnest{(condition is null ? "" : $" -n {condition}")} {name}{value} -d {Quoted(option.Help)}\n";
    }

    private static string Quoted(string text) => "'" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal) + "'";

    // Options after which a value follows; the value is no command.
    private static string ValueOptions(IReadOnlyList<CommandSpec> commands) =>
        string.Join('|', Options(commands).Where(o => o.Value is not null).Select(o => o.Name).Distinct(StringComparer.Ordinal));

    // Options with what may follow them: words, files (null), or nothing that can be known.
    private static IEnumerable<(string Names, string? Words)> Values(IReadOnlyList<CommandSpec> commands) => Options(commands).Where(o => o.Value is not null)
        .DistinctBy(o => o.Name, StringComparer.Ordinal).GroupBy(o => o.Choices.Length > 0 ? string.Join(' ', o.Choices) : IsFile(o) ? null : "", StringComparer.Ordinal)
        .Select(g => (string.Join('|', g.Select(o => o.Name)), g.Key));

    // What can come after the words so far. A command's arguments follow it, so its place is open at the end; longer names stand before.
    private static IEnumerable<(string Place, string Words, bool Files)> Places(IReadOnlyList<CommandSpec> commands)
    {
        var globals = CommandLine.Globals.Select(o => o.Name);
        yield return ("''", Join(FirstWords(commands).Select(w => w.Word).Concat(globals)), false);
        foreach (var family in Families(commands))
        {
            // Its first word may be a command of its own, as 'capacity' is beside 'capacity plan'.
            var own = commands.FirstOrDefault(c => c.Name == family.Key);
            yield return ($"'{family.Key}'", Join(family.Select(c => c.Name.Split(' ')[1]).Concat(own?.Options.Select(o => o.Name) ?? []).Concat(globals)), false);
        }

        foreach (var command in commands.OrderByDescending(c => c.Name.Length))
            yield return ($"'{command.Name}'*", Join(command.ArgumentChoices.Concat(command.Options.Select(o => o.Name)).Concat(globals)), TakesFiles(command));
    }

    private static IEnumerable<(string Word, string Summary)> FirstWords(IReadOnlyList<CommandSpec> commands) => commands
        .GroupBy(c => c.Name.Split(' ')[0], StringComparer.Ordinal).Select(g => (g.Key, (g.FirstOrDefault(c => c.Name == g.Key) ?? (g.Count() == 1 ? g.First() : null))?.Summary ?? string.Join(", ", g.Select(c => c.Name.Split(' ')[1]))));

    private static IEnumerable<IGrouping<string, CommandSpec>> Families(IReadOnlyList<CommandSpec> commands) =>
        commands.Where(c => c.Name.Contains(' ', StringComparison.Ordinal)).GroupBy(c => c.Name.Split(' ')[0], StringComparer.Ordinal);

    private static IEnumerable<OptionSpec> Options(IReadOnlyList<CommandSpec> commands) => CommandLine.Globals.Concat(commands.SelectMany(c => c.Options));

    private static bool TakesFiles(CommandSpec command) => command.Arguments.Split(' ')[0] is var first && (first.Contains("FILE", StringComparison.Ordinal) || first.Contains("DIR", StringComparison.Ordinal));

    private static bool IsFile(OptionSpec option) => option.Value is "FILE" or "DIR";

    private static string Join(IEnumerable<string> words) => string.Join(' ', words);

    private static string Lines<T1, T2>(IEnumerable<(T1, T2)> rows, Func<T1, T2, string> line) => string.Join('\n', rows.Select(r => line(r.Item1, r.Item2)));

    private static string Lines<T1, T2, T3>(IEnumerable<(T1, T2, T3)> rows, Func<T1, T2, T3, string> line) => string.Join('\n', rows.Select(r => line(r.Item1, r.Item2, r.Item3)));
}
