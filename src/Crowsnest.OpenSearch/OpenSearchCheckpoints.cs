using System.Globalization;
using System.Text.Json;
using Crowsnest.Core.History;
using Crowsnest.OpenSearch.Http;

namespace Crowsnest.OpenSearch;

/// <summary>Checkpoints of how the clusters were, a document a part; one whose parts are not all there is not there.</summary>
internal sealed class OpenSearchCheckpoints(Documents documents, IndexNames names) : ICheckpointStore
{
    // Some megabytes: a part has a few hundred kilobytes.
    private const int PartsAPage = 20;

    public async ValueTask<IReadOnlyList<Checkpoint>> ReadAsync(long notAfter, CancellationToken cancellationToken)
    {
        await documents.RefreshAsync([names.Checkpoints], cancellationToken).ConfigureAwait(false);
        for (var until = notAfter; ;)
        {
            var newest = await documents.SearchAsync(names.Checkpoints, 1, json =>
            {
                Where(json, json => json.WriteBoolean("whole", true), null, until);
                json.Objects("sort", s => s.WriteString("at", "desc"));
                json.WriteStartArray("_source");
                json.WriteStringValue("at");
                json.WriteEndArray();
            }, cancellationToken).ConfigureAwait(false);
            if (newest.Count == 0) return [];
            var whole = newest[0].Number("at");
            var chain = await ChainAsync(whole, notAfter, cancellationToken).ConfigureAwait(false);
            if (chain.Count > 0 && chain[0].IsWhole) return chain;
            until = whole - 1;
        }
    }

    public async ValueTask<(long First, long Last)?> SpanAsync(CancellationToken cancellationToken)
    {
        await documents.RefreshAsync([names.Checkpoints], cancellationToken).ConfigureAwait(false);
        return await documents.CountAsync(names.Checkpoints, json => json.Object("aggs", aggs =>
        {
            aggs.Object("first", a => a.Object("min", m => m.WriteString("field", "at")));
            aggs.Object("last", a => a.Object("max", m => m.WriteString("field", "at")));
        }), answer => answer.GetProperty("aggregations") is var found && found.GetProperty("first").GetProperty("value") is { ValueKind: JsonValueKind.Number } first
            ? ((long, long)?)((long)first.GetDouble(), (long)found.GetProperty("last").GetProperty("value").GetDouble())
            : null, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask SaveAsync(Checkpoint checkpoint, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        await DropAsync(checkpoint.At, checkpoint.At + 1, cancellationToken).ConfigureAwait(false);
        for (var part = 0; part < Math.Max(1, checkpoint.Parts.Count); part++)
        {
            var number = part;
            await documents.PutAsync(names.Checkpoints, string.Create(CultureInfo.InvariantCulture, $"{checkpoint.At}:{number}"), json =>
            {
                json.WriteNumber("at", checkpoint.At);
                json.WriteNumber("base", checkpoint.Base);
                json.WriteBoolean("whole", checkpoint.IsWhole);
                json.WriteNumber("knownUntil", checkpoint.KnownUntil.ToUnixTimeMilliseconds());
                json.WriteNumber("part", number);
                json.WriteNumber("parts", checkpoint.Parts.Count);
                if (number < checkpoint.Parts.Count) json.WriteBase64String("data", checkpoint.Parts[number].Span);
            }, cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask DropAsync(long from, long to, CancellationToken cancellationToken)
    {
        await documents.RefreshAsync([names.Checkpoints], cancellationToken).ConfigureAwait(false);
        await documents.DeleteWhereAsync(names.Checkpoints, json => json.Object("range", r => r.Object("at", a =>
        {
            a.WriteNumber("gte", from);
            a.WriteNumber("lt", to);
        })), cancellationToken).ConfigureAwait(false);
    }

    private async Task<List<Checkpoint>> ChainAsync(long whole, long notAfter, CancellationToken cancellationToken)
    {
        var parts = new List<Document>();
        for (var size = PartsAPage; size == PartsAPage;)
        {
            var after = parts.Count == 0 ? (Document?)null : parts[^1];
            var page = await documents.SearchAsync(names.Checkpoints, PartsAPage, json =>
            {
                Where(json, json => json.WriteNumber("base", whole), whole, notAfter);
                json.Objects("sort", s => s.WriteString("at", "asc"), s => s.WriteString("part", "asc"));
                if (after is not { } last) return;
                json.WriteStartArray("search_after");
                json.WriteNumberValue(last.Number("at"));
                json.WriteNumberValue(last.Number("part"));
                json.WriteEndArray();
            }, cancellationToken).ConfigureAwait(false);
            parts.AddRange(page);
            size = page.Count;
        }

        // What is not all there is being written, or was left half written by a process that died.
        return
        [
            .. from one in parts.GroupBy(part => part.Number("at"))
               where one.Count() == Math.Max(1, one.First().Number("parts"))
               select new Checkpoint(
                   one.Key, whole, DateTimeOffset.FromUnixTimeMilliseconds(one.First().Number("knownUntil")),
                   [.. one.Where(part => part.Text("data") is not null).Select(part => (ReadOnlyMemory<byte>)part.Source.GetProperty("data").GetBytesFromBase64())]),
        ];
    }

    private static void Where(Utf8JsonWriter json, Action<Utf8JsonWriter> term, long? from, long until) => json.Object("query", q => q.Object("bool", b => b.Objects(
        "filter",
        f => f.Object("term", term),
        f => f.Object("range", r => r.Object("at", a =>
        {
            if (from is { } first) a.WriteNumber("gte", first);
            a.WriteNumber("lte", until);
        })))));
}
