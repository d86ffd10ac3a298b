using System.Globalization;
using System.IO.Hashing;
using System.Net;
using System.Text;
using System.Text.Json;
using Crowsnest.OpenSearch.Http;

namespace Crowsnest.OpenSearch;

/// <summary>A document as it was read, with where it stood in the order of writes.</summary>
internal readonly record struct Document(string Id, JsonElement Source, long SequenceNumber, long PrimaryTerm)
{
    /// <summary>A text member.</summary>
    public string? Text(string name) => Source.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>A number member; 0 without.</summary>
    public long Number(string name) => Source.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : 0;

    /// <summary>A member that is true.</summary>
    public bool Is(string name) => Source.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    /// <summary>The document that Core reads, kept as a string.</summary>
    public byte[] Inner => Encoding.UTF8.GetBytes(Text("document") ?? "");
}

/// <summary>Reads and writes the small indices: documents by id, and searches over them.</summary>
internal sealed class Documents(OpenSearchClient client)
{
    private const int IdMax = 200;

    /// <summary>A document's id for a name: the name where it is short and plain, else a hash of it.</summary>
    public static string IdOf(string name) =>
        name.Length is > 0 and <= IdMax && name[0] != '_' && name[0] != '#' && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '-' or '_' or '.' or ':' or '=' or '@')
            ? name
            : "#" + XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(name)).ToString("x32", CultureInfo.InvariantCulture);

    /// <summary>The documents with these ids that there are, as they are now.</summary>
    public async Task<List<Document>> GetAsync(string index, IReadOnlyCollection<string> ids, CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(ids.Chunk(1_000).Select(some => client.PostAsync(index + "/_mget", json =>
        {
            json.WriteStartArray("ids");
            foreach (var id in some) json.WriteStringValue(id);
            json.WriteEndArray();
        }, cancellationToken))).ConfigureAwait(false);
        return
        [
            .. from answer in answers
               from doc in answer.Items("docs")
               where doc.TryGetProperty("found", out var isFound) && isFound.GetBoolean()
               select new Document(doc.GetProperty("_id").GetString()!, doc.GetProperty("_source"), doc.GetProperty("_seq_no").GetInt64(), doc.GetProperty("_primary_term").GetInt64()),
        ];
    }

    /// <summary>The document with this id as it is now.</summary>
    public async Task<Document?> GetAsync(string index, string id, CancellationToken cancellationToken) =>
        (await GetAsync(index, [id], cancellationToken).ConfigureAwait(false)) is [var one] ? one : null;

    /// <summary>A search; answers the documents found, in order.</summary>
    public async Task<List<Document>> SearchAsync(string index, int limit, Action<Utf8JsonWriter> body, CancellationToken cancellationToken)
    {
        if (limit <= 0) return [];
        var answer = await client.PostAsync(index + "/_search", json =>
        {
            // Not in the address: AWS says of signed POSTs that parameters there may be ignored.
            json.WriteBoolean("seq_no_primary_term", true);
            json.WriteNumber("size", Math.Min(limit, 10_000));
            json.WriteBoolean("track_total_hits", false);
            body(json);
        }, cancellationToken).ConfigureAwait(false);
        return [.. answer.Items("hits", "hits").Select(hit =>
            new Document(hit.GetProperty("_id").GetString()!, hit.GetProperty("_source"), hit.GetProperty("_seq_no").GetInt64(), hit.GetProperty("_primary_term").GetInt64()))];
    }

    /// <summary>An aggregation; gives its answer to the reader.</summary>
    public async Task<T> CountAsync<T>(string index, Action<Utf8JsonWriter> body, Func<JsonElement, T> read, CancellationToken cancellationToken)
    {
        var answer = await client.PostAsync(index + "/_search", json =>
        {
            json.WriteNumber("size", 0);
            json.WriteBoolean("track_total_hits", true);
            body(json);
        }, cancellationToken).ConfigureAwait(false);
        return read(answer.Json);
    }

    /// <summary>Writes a document whatever was there.</summary>
    public async Task PutAsync(string index, string id, Action<Utf8JsonWriter> write, CancellationToken cancellationToken)
    {
        await client.SendAsync(HttpMethod.Put, $"{index}/_doc/{Uri.EscapeDataString(id)}", JsonBody.Of(write), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes a document unless a greater version of it was written.</summary>
    public async Task PutVersionAsync(string index, string id, long version, Action<Utf8JsonWriter> write, CancellationToken cancellationToken)
    {
        await client.SendAsync(
            HttpMethod.Put, string.Create(CultureInfo.InvariantCulture, $"{index}/_doc/{Uri.EscapeDataString(id)}?version={version}&version_type=external_gte"),
            JsonBody.Of(write), cancellationToken, isLines: false, HttpStatusCode.Conflict).ConfigureAwait(false);
    }

    /// <summary>Writes a document where it is still as it was read, or is still not there; answers where it then stands, or null when somebody else was first.</summary>
    public async Task<(long SequenceNumber, long PrimaryTerm)?> TryPutAsync(string index, string id, Document? before, Action<Utf8JsonWriter> write, CancellationToken cancellationToken)
    {
        var condition = before is { } known
            ? string.Create(CultureInfo.InvariantCulture, $"if_seq_no={known.SequenceNumber}&if_primary_term={known.PrimaryTerm}")
            : "op_type=create";
        var answer = await client.SendAsync(
            HttpMethod.Put, $"{index}/_doc/{Uri.EscapeDataString(id)}?{condition}", JsonBody.Of(write), cancellationToken, isLines: false, HttpStatusCode.Conflict).ConfigureAwait(false);
        return answer.Status == HttpStatusCode.Conflict ? null : (answer.Json.GetProperty("_seq_no").GetInt64(), answer.Json.GetProperty("_primary_term").GetInt64());
    }

    /// <summary>Deletes a document; false when there was none.</summary>
    public async Task<bool> DeleteAsync(string index, string id, CancellationToken cancellationToken)
    {
        var answer = await client.SendAsync(HttpMethod.Delete, $"{index}/_doc/{Uri.EscapeDataString(id)}", default, cancellationToken, isLines: false, HttpStatusCode.NotFound).ConfigureAwait(false);
        return answer.IsSuccess;
    }

    /// <summary>Deletes what a query finds; answers how many.</summary>
    public async Task<long> DeleteWhereAsync(string index, Action<Utf8JsonWriter> query, CancellationToken cancellationToken)
    {
        var answer = await client.PostAsync(index + "/_delete_by_query?conflicts=proceed&refresh=true&ignore_unavailable=true", json => json.Object("query", query), cancellationToken).ConfigureAwait(false);
        return answer.Json.TryGetProperty("deleted", out var deleted) ? deleted.GetInt64() : 0;
    }

    /// <summary>Makes what was written so far be found by searches.</summary>
    public async Task RefreshAsync(IEnumerable<string> indices, CancellationToken cancellationToken)
    {
        await client.SendAsync(
            HttpMethod.Post, string.Join(',', indices) + "/_refresh?ignore_unavailable=true&allow_no_indices=true", default, cancellationToken).ConfigureAwait(false);
    }
}
