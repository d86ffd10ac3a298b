namespace Crowsnest.Core.Patterns;

/// <summary>Something wrong in the text of a pattern.</summary>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column in characters, from 1.</param>
/// <param name="Message">What is wrong, and where it helps what would be right.</param>
public readonly record struct PatternMistake(int Line, int Column, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"line {Line}, column {Column}: {Message}";
}
