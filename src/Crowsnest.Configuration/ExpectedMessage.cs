using System.Collections.Immutable;
using YamlDotNet.RepresentationModel;

namespace Crowsnest.Configuration;

/// <summary>A message that rules and routes must give over some events (<c>rules test --expect</c>).</summary>
/// <param name="Line">Where it stands in its file.</param>
/// <param name="Receiver">To whom; <see langword="null"/>: to anybody.</param>
/// <param name="State"><c>firing</c> or <c>resolved</c>.</param>
/// <param name="Count">How many its incident has by then; <see langword="null"/>: any number.</param>
/// <param name="Labels">Labels that it has, among others.</param>
public sealed record ExpectedMessage(int Line, string? Receiver, string State, int? Count, ImmutableArray<KeyValuePair<string, string>> Labels)
{
    /// <summary>As it may be written.</summary>
    public override string ToString() => "{" + string.Join(", ", ((string?[])
    [
        Receiver is null ? null : "receiver: " + Receiver, State == "firing" ? null : "state: " + State, Count is null ? null : FormattableString.Invariant($"count: {Count}"),
        .. Labels.Select(label => $"{label.Key}: {label.Value}"),
    ]).OfType<string>()) + "}";

    /// <summary>Reads a list of them: <c>- {receiver: ops, alertname: task-failed, service: api, count: 3}</c>.</summary>
    /// <param name="place">What mistakes call it.</param>
    /// <param name="text">YAML.</param>
    /// <exception cref="ConfigException">It has mistakes: all of them.</exception>
    public static ImmutableArray<ExpectedMessage> Parse(string place, string text)
    {
        var mistakes = new List<ConfigMistake>();
        var all = ImmutableArray.CreateBuilder<ExpectedMessage>();
        var root = YamlDocuments.Read(text, mistakes);
        if (root is not (null or YamlSequenceNode)) mistakes.Add(new ConfigMistake((int)root.Start.Line, (int)root.Start.Column, "", "expected a list of messages, e.g. - {receiver: ops, alertname: task-failed, service: api}"));
        foreach (var (node, i) in ((root as YamlSequenceNode)?.Children ?? []).Select((node, i) => (node, i)))
        {
            if (YamlSection.Of(node, FormattableString.Invariant($"[{i}]"), mistakes) is { } section) all.Add(One(section, (int)node.Start.Line));
        }

        return mistakes.Count == 0 ? all.ToImmutable() : throw new ConfigException(place, mistakes);
    }

    private static ExpectedMessage One(YamlSection section, int line)
    {
        var state = section.OneOf("state", ["firing", "resolved"]) ?? "firing";
        var labels = section.Pairs().Where(pair => pair.Key is not ("receiver" or "state" or "count")).Select(pair => KeyValuePair.Create(pair.Key, pair.Value));
        return new ExpectedMessage(line, section.Text("receiver"), state, section.Number("count", 1, int.MaxValue), [.. labels]);
    }
}
