namespace Crowsnest.Commands;

/// <summary>An option as people type it.</summary>
/// <param name="Name">With its dashes: <c>--limit</c>, <c>-o</c>.</param>
/// <param name="Value">What stands for the value in help; <see langword="null"/> for a switch.</param>
/// <param name="Help">One line.</param>
/// <param name="Choices">The values that are allowed; empty when any is.</param>
internal sealed record OptionSpec(string Name, string? Value, string Help, params string[] Choices);

/// <summary>A command: its words, its options, its examples and what it does. <c>--help</c>, the parser and completion all read this.</summary>
internal sealed record CommandSpec
{
    /// <summary>The word or words that call it: <c>search</c>, <c>token create</c>.</summary>
    public required string Name { get; init; }

    /// <summary>One line.</summary>
    public required string Summary { get; init; }

    /// <summary>What comes after the name: <c>QUERY [--from T]</c>.</summary>
    public string Arguments { get; init; } = "";

    /// <summary>How many arguments it takes at least.</summary>
    public int ArgumentsMin { get; init; }

    /// <summary>How many arguments it takes at most.</summary>
    public int ArgumentsMax { get; init; }

    /// <summary>What its one argument may be; empty when it may be anything.</summary>
    public IReadOnlyList<string> ArgumentChoices { get; init; } = [];

    /// <summary>Its own options.</summary>
    public IReadOnlyList<OptionSpec> Options { get; init; } = [];

    /// <summary>Lines that can be copied.</summary>
    public required IReadOnlyList<string> Examples { get; init; }

    /// <summary>More to know, a paragraph a line.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Exit codes that only some commands have, and what they mean here.</summary>
    public IReadOnlyList<(int Code, string Meaning)> ExitCodes { get; init; } = [];

    /// <summary>Runs it and gives the exit code.</summary>
    public required Func<Invocation, CancellationToken, Task<int>> Run { get; init; }
}
