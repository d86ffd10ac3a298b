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

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string Cut(string words) => words.Length <= WordsMax ? words : words[..WordsMax] + "…";
}
