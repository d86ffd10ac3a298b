using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Crowsnest.Core.Search;
using YamlDotNet.RepresentationModel;

namespace Crowsnest.Configuration;

/// <summary>A mapping of the file while it is read: every key must be asked for, and what nobody asked for is a mistake.</summary>
internal sealed class YamlSection
{
    private readonly YamlMappingNode _node;
    private readonly string _path;
    private readonly List<ConfigMistake> _mistakes;
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    private YamlSection(YamlMappingNode node, string path, List<ConfigMistake> mistakes) => (_node, _path, _mistakes) = (node, path, mistakes);

    /// <summary>Reads a mapping; anything else is a mistake and gives <see langword="null"/>, and so does an empty value.</summary>
    public static YamlSection? Of(YamlNode? node, string path, List<ConfigMistake> mistakes)
    {
        if (node is YamlMappingNode mapping)
        {
            foreach (var (key, _) in mapping.Children)
            {
                if (key is not YamlScalarNode) mistakes.Add(At(key, path, "a key must be a plain word"));
            }

            return new YamlSection(mapping, path, mistakes);
        }

        if (!IsEmpty(node)) mistakes.Add(At(node!, path, "expected keys and values here, e.g. {key: value}"));
        return null;
    }

    /// <summary>Adds a mistake at a key of this section, or at the section itself when the key is not there.</summary>
    public void Mistake(string key, string message) => _mistakes.Add(At(Find(key) ?? _node, Full(key), message));

    /// <summary>Whether the key is there, with or without a value.</summary>
    public bool Has(string key) => Ask(key) is not null;

    /// <summary>A section within this one.</summary>
    public YamlSection? Section(string key) => Of(Ask(key), Full(key), _mistakes);

    /// <summary>Whatever is there, as JSON; <see langword="null"/> when nothing is.</summary>
    public YamlJson? Json(string key) => Ask(key) is { } node && !IsEmpty(node) ? YamlJson.Of(node) : null;

    /// <summary>Adds a mistake at a place inside this section.</summary>
    public void MistakeAt(YamlNode node, string key, string message) => _mistakes.Add(At(node, Full(key), message));

    /// <summary>Whether the key is there; it is not asked for by that.</summary>
    public bool HasUnasked(string key) => Find(key) is not null;

    /// <summary>A list of sections.</summary>
    public IEnumerable<YamlSection> Sections(string key)
    {
        var index = 0;
        foreach (var item in Items(key))
        {
            var path = $"{Full(key)}[{index++.ToString(CultureInfo.InvariantCulture)}]";
            if (IsEmpty(item)) _mistakes.Add(At(item, path, "expected keys and values here, e.g. {}"));
            else if (Of(item, path, _mistakes) is { } section) yield return section;
        }
    }

    /// <summary>A list of words.</summary>
    public ImmutableArray<string>? Words(string key)
    {
        if (!Has(key)) return null;
        var words = ImmutableArray.CreateBuilder<string>();
        foreach (var item in Items(key))
        {
            if (item is YamlScalarNode { Value: { Length: > 0 } value }) words.Add(value);
            else _mistakes.Add(At(item, Full(key), "expected a list of words, e.g. [one, two]"));
        }

        return words.ToImmutable();
    }

    /// <summary>All of this section's keys and values, each a word.</summary>
    public IReadOnlyList<(string Key, string Value)> Pairs()
    {
        var pairs = new List<(string, string)>();
        foreach (var (key, value) in _node.Children)
        {
            if (key is not YamlScalarNode { Value: { } name }) continue;
            _asked.Add(name);
            if (value is YamlScalarNode { Value: { } text }) pairs.Add((name, text));
            else _mistakes.Add(At(value, Full(name), "expected a value"));
        }

        return pairs;
    }

    /// <summary>A text; a mistake when it is missing and <paramref name="required"/>.</summary>
    public string? Text(string key, bool required = false)
    {
        var node = Ask(key);
        if (node is null)
        {
            if (required) Mistake(key, $"'{key}' is missing");
            return null;
        }

        if (node is YamlScalarNode { Value: { Length: > 0 } value }) return value;
        _mistakes.Add(At(node, Full(key), "expected a value"));
        return null;
    }

    /// <summary>One of some words.</summary>
    public string? OneOf(string key, string[] words, bool required = false)
    {
        if (Text(key, required) is not { } text) return null;
        if (words.Contains(text, StringComparer.Ordinal)) return text;
        Mistake(key, $"'{text}' is not one of {string.Join(", ", words)}{Spelling.Hint(text, words)}");
        return null;
    }

    /// <summary>true or false.</summary>
    public bool? Flag(string key) => OneOf(key, ["true", "false"]) is { } text ? text == "true" : null;

    /// <summary>A whole number.</summary>
    public int? Number(string key, int least, int most)
    {
        if (Text(key) is not { } text) return null;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) return number;
        Mistake(key, $"'{text}' is not a whole number from {least} to {most}");
        return null;
    }

    /// <summary>A share in whole per cent, as <c>85%</c> or 85.</summary>
    public int? Percent(string key, int least, int most)
    {
        if (Text(key) is not { } text) return null;
        if (int.TryParse(text.EndsWith('%') ? text.AsSpan()[..^1].TrimEnd() : text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) return number;
        Mistake(key, $"'{text}' is not a share from {least}% to {most}%");
        return null;
    }

    /// <summary>A duration such as <c>30s</c>, <c>5m</c> or <c>1h30m</c>.</summary>
    public TimeSpan? Duration(string key, TimeSpan least, TimeSpan most)
    {
        if (Text(key) is not { } text) return null;
        if (!Units.TryParseDuration(text, out var duration))
        {
            Mistake(key, $"'{text}' is not a duration; write 30s, 5m, 4h or 30d");
            return null;
        }

        if (duration >= least && duration <= most) return duration;
        Mistake(key, $"'{text}' is not between {Units.Format(least)} and {Units.Format(most)}");
        return null;
    }

    /// <summary>A time zone's name, as in Europe/Berlin; UTC when it is not there.</summary>
    public TimeZoneInfo TimeZone(string key)
    {
        if (Text(key) is not { } name) return TimeZoneInfo.Utc;
        if (name == "Local") return TimeZoneInfo.Local;
        if (TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone)) return zone;
        Mistake(key, $"'{name}' is no time zone that this machine knows; write one as in Europe/Berlin, UTC or Local");
        return TimeZoneInfo.Utc;
    }

    /// <summary>A number of bytes such as <c>50GB</c>.</summary>
    public long? Size(string key)
    {
        if (Text(key) is not { } text) return null;
        if (Units.TryParseSize(text, out var size)) return size;
        Mistake(key, $"'{text}' is not a size; write 500MB, 50GB or 1TB");
        return null;
    }

    /// <summary>An http or https address.</summary>
    public Uri? Url(string key, bool required = false)
    {
        if (Text(key, required) is not { } text) return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Host.Length > 0 && url.UserInfo.Length == 0) return url;
        Mistake(key, "not an address of the form https://host/path (without a user name or password in it)");
        return null;
    }

    /// <summary>An address and port to listen on.</summary>
    public IPEndPoint? EndPoint(string key)
    {
        if (Text(key) is not { } text) return null;
        if (Units.TryParseEndPoint(text, out var endPoint)) return endPoint;
        Mistake(key, $"'{text}' is not an address with a port; write 127.0.0.1:8723");
        return null;
    }

    /// <summary>A secret: <c>NAME_file</c>, or <c>NAME: ${ENV}</c>; one written into the file is a mistake.</summary>
    public Secret? Secret(string key, SecretReader secrets)
    {
        var file = Text(key + "_file");
        var text = Text(key);
        if (file is not null && text is not null)
        {
            Mistake(key, $"give '{key}' or '{key}_file', not both");
            return null;
        }

        var (name, read) = file is not null ? (key + "_file", secrets.FromFile(file)) : text is not null ? (key, secrets.FromReference(text)) : (key, default);
        if (read.Mistake is { } mistake) Mistake(name, mistake);
        return read.Secret;
    }

    /// <summary>Reports the keys that nobody asked for. Called last.</summary>
    public void Done(params string[] later)
    {
        foreach (var (key, _) in _node.Children)
        {
            if (key is not YamlScalarNode { Value: { } name } || _asked.Contains(name)) continue;
            var message = later.Contains(name, StringComparer.Ordinal)
                ? $"'{name}' is not available in this version"
                : $"unknown key '{name}'{Spelling.Hint(name, _asked)} (known: {string.Join(", ", _asked.Order(StringComparer.Ordinal))})";
            _mistakes.Add(At(key, _path.Length == 0 ? name : $"{_path}.{name}", message));
        }
    }

    private static ConfigMistake At(YamlNode node, string path, string message) => new((int)node.Start.Line, (int)node.Start.Column, path, message);

    private static bool IsEmpty(YamlNode? node) => node is null || node is YamlScalarNode { Value: null or "" or "~" or "null" };

    private IEnumerable<YamlNode> Items(string key)
    {
        var node = Ask(key);
        if (node is YamlSequenceNode sequence) return sequence.Children;
        if (!IsEmpty(node)) _mistakes.Add(At(node!, Full(key), "expected a list, e.g. [...]"));
        return [];
    }

    private YamlNode? Ask(string key)
    {
        _asked.Add(key);
        return Find(key);
    }

    private YamlNode? Find(string key) => _node.Children.TryGetValue(new YamlScalarNode(key), out var node) ? node : null;

    private string Full(string key) => _path.Length == 0 ? key : $"{_path}.{key}";
}
