using System.Text;
using System.Text.Json;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Search;

namespace Crowsnest.Server;

/// <summary>A column of exported events: a field by the name or path that queries know, or what we say of an event.</summary>
internal sealed record ExportColumn
{
    /// <summary>The columns unless others are asked for.</summary>
    public const string Usual = "time,key,id,detailType,outcome,severity,kind,account,region,cluster,service,task,instance,stopCode,exitCode,summary";

    private const int ColumnsMax = 100;

    // Beside the fields: what cannot be searched for but is worth a column.
    private static readonly string[] Ours = ["summary", "nextStep", "event"];

    private readonly string[] _path;

    private ExportColumn(string name, string[] path) => (Name, _path) = (name, path);

    /// <summary>As the header row has it.</summary>
    public string Name { get; }

    /// <summary>The columns of a list of names with commas between.</summary>
    /// <exception cref="ProblemException">A name that is none, with the one that was meant.</exception>
    public static IReadOnlyList<ExportColumn> Parse(string? names)
    {
        var columns = (names ?? Usual).Split(',', StringSplitOptions.TrimEntries).Select(One).ToList();
        return columns.Count <= ColumnsMax ? columns : throw ProblemException.BadRequest($"There are {columns.Count} columns; at most {ColumnsMax} can be asked for.");
    }

    /// <summary>Its value, without anything made safe; empty where the event has none, and with commas between where it has several.</summary>
    public string Of(StoredEvent stored, EcsEvent ecsEvent, EventDiagnosis diagnosis, JsonElement json) => _path.Length > 0 ? string.Join(", ", All(json)) : Name switch
    {
        "time" => EventJson.Time(stored.OccurredAt),
        "receivedAt" => EventJson.Time(stored.ReceivedAt),
        "key" => stored.Key.ToString(),
        "timeUncertain" => stored.TimeUncertain ? "true" : "false",
        "synthetic" => ecsEvent.IsSynthetic ? "true" : "",
        "kind" => diagnosis.Kind,
        "outcome" => diagnosis.Outcome.ToString().ToLowerInvariant(),
        "severity" => diagnosis.Severity.ToString().ToLowerInvariant(),
        "summary" => diagnosis.Summary,
        "nextStep" => diagnosis.NextStep,
        "account" => ecsEvent.Account,
        "region" => ecsEvent.Region,
        "cluster" => ecsEvent.Cluster,
        "service" => ecsEvent.Service,
        "family" => ecsEvent.Family,
        "task" => ecsEvent.TaskId,
        "instance" => ecsEvent.Instance,
        "deployment" => ecsEvent.Deployment,
        "event" => Encoding.UTF8.GetString(stored.Raw.Span),
        _ => throw new System.Diagnostics.UnreachableException($"No value is known of the column {Name}."),
    };

    private static ExportColumn One(string name)
    {
        if (Ours.FirstOrDefault(o => o.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } ours) return new ExportColumn(ours, []);
        if (!name.Equals("text", StringComparison.OrdinalIgnoreCase) && SearchFields.TryGet(name, out FieldRef field))
        {
            var path = field.Listed is { } listed ? listed.Path : field.Path;
            return new ExportColumn(field.Listed?.Name ?? name, path.Length == 0 ? [] : path.Split('.'));
        }

        var shown = name.Length > 64 ? name[..64] : name;
        var near = Spelling.Nearest(name, Ours) ?? SearchFields.Nearest(name);
        throw ProblemException.BadRequest($"'{shown}' is not a column{(near is null ? "" : $"; did you mean '{near}'?")} Columns are the fields of GET /api/v1/fields, paths such as detail.overrides.cpu, and {string.Join(", ", Ours)}.");
    }

    private IEnumerable<string> All(JsonElement json)
    {
        if (_path is not ["tag", ..]) return Values(json, _path, 0);
        var tag = string.Join('.', _path[1..]);
        return Find(json, "detail") is { } detail && Find(detail, "tags") is { ValueKind: JsonValueKind.Array } tags
            ? tags.EnumerateArray().Where(t => Values(t, ["key"], 0).Contains(tag, StringComparer.Ordinal)).SelectMany(t => Values(t, ["value"], 0))
            : [];
    }

    // Over arrays each element's, as fields do; a name may hold the dots that paths are cut at.
    private static IEnumerable<string> Values(JsonElement at, string[] path, int from)
    {
        if (at.ValueKind == JsonValueKind.Array) return at.EnumerateArray().SelectMany(e => Values(e, path, from));
        if (from == path.Length)
        {
            return at.ValueKind switch
            {
                JsonValueKind.String => [Text(at)],
                JsonValueKind.Null => [],
                _ => [at.GetRawText()],
            };
        }

        if (at.ValueKind != JsonValueKind.Object) return [];
        for (var end = from + 1; end <= path.Length; end++)
        {
            if (Find(at, string.Join('.', path[from..end])) is { } inner) return Values(inner, path, end);
        }

        return [];
    }

    // Half a surrogate pair is valid JSON, but no text: the runtime refuses to read it, and then its escapes are shown.
    private static string Text(JsonElement text)
    {
        try
        {
            return text.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return text.GetRawText()[1..^1];
        }
    }

    private static JsonElement? Find(JsonElement at, string name)
    {
        if (at.ValueKind != JsonValueKind.Object) return null;
        try
        {
            return at.TryGetProperty(name, out var found) ? found : null;
        }
        catch (InvalidOperationException)
        {
            // A name beside it is no text.
            return null;
        }
    }
}
