namespace Crowsnest.Configuration;

/// <summary>Something wrong in a configuration file: where it stands and what would be right.</summary>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Column, from 1.</param>
/// <param name="Key">The full key, e.g. <c>receivers[0].webhook_configs[1].url</c>; empty for the file itself.</param>
/// <param name="Message">What is wrong and what would be right.</param>
public sealed record ConfigMistake(int Line, int Column, string Key, string Message)
{
    /// <summary>As an editor understands it: <c>file:line:column: key: message</c>.</summary>
    public string Format(string file) => Key.Length == 0 ? $"{file}:{Line}:{Column}: {Message}" : $"{file}:{Line}:{Column}: {Key}: {Message}";
}

/// <summary>A configuration with mistakes, all of them.</summary>
public sealed class ConfigException : Exception
{
    /// <summary>A file has mistakes.</summary>
    public ConfigException(string file, IReadOnlyList<ConfigMistake> mistakes)
        : base(string.Join('\n', mistakes.OrderBy(m => (m.Line, m.Column)).Select(m => m.Format(file)))) => Mistakes = mistakes;

    /// <summary>A configuration cannot be read.</summary>
    public ConfigException(string message)
        : base(message)
    {
    }

    /// <summary>A configuration cannot be read.</summary>
    public ConfigException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>A configuration cannot be read.</summary>
    public ConfigException()
    {
    }

    /// <summary>The mistakes, when the file could be opened.</summary>
    public IReadOnlyList<ConfigMistake> Mistakes { get; } = [];
}
