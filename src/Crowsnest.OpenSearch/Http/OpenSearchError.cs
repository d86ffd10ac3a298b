using System.Text.Json;

namespace Crowsnest.OpenSearch.Http;

/// <summary>The server's errors, as it says them.</summary>
internal static class OpenSearchError
{
    private const int WordsMax = 500;

    /// <summary>Type and reason of the error in an answer or in an item of one; empty when there is none.</summary>
    public static string Words(JsonElement answer)
    {
        if (answer.ValueKind != JsonValueKind.Object) return "";
        if (!answer.TryGetProperty("error", out var error)) return Text(answer, "message") ?? Text(answer, "Message") ?? "";
        if (error.ValueKind == JsonValueKind.String) return Cut(error.GetString()!);
        if (error.ValueKind != JsonValueKind.Object) return "";
        var words = $"{Text(error, "type")}: {Text(error, "reason")}";
        if (error.TryGetProperty("caused_by", out var cause) && Text(cause, "reason") is { } deeper) words += $" ({deeper})";
        return Cut(words);
    }

    /// <summary>
    /// Whether an item's status is about its document, which will fare no better later: it is there already, cannot be read or is too large. All else (too much
    /// to do, a full disk, a missing right or index, no room for another index) is about the server, and says nothing against the document.
    /// </summary>
    public static bool IsOfTheDocument(int status, JsonElement item) =>
        status is 409 or 413 || (status == 400 && item.TryGetProperty("error", out var error) && Text(error, "type") is not ("validation_exception" or "index_closed_exception"));

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string Cut(string words) => words.Length <= WordsMax ? words : words[..WordsMax] + "…";
}
