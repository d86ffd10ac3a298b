using System.Globalization;
using System.Text;
using System.Text.Json;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Cluster;

/// <summary>Members of state documents, written and read: what is not known is not written, and what is missing is not known.</summary>
internal static class DocumentText
{
    public static void Text(this Utf8JsonWriter json, ReadOnlySpan<byte> name, string? value)
    {
        if (value is { Length: > 0 }) json.WriteString(name, value);
    }

    public static void Number(this Utf8JsonWriter json, ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number) json.WriteNumber(name, number);
    }

    public static void Time(this Utf8JsonWriter json, ReadOnlySpan<byte> name, EventTime value)
    {
        if (value.HasValue) json.WriteNumber(name, value.UnixMilliseconds);
    }

    public static void Texts(this Utf8JsonWriter json, ReadOnlySpan<byte> name, string[] values)
    {
        if (values.Length == 0) return;
        json.WriteStartArray(name);
        foreach (var value in values) json.WriteStringValue(value);
        json.WriteEndArray();
    }

    public static void Numbers(this Utf8JsonWriter json, ReadOnlySpan<byte> name, int[] values)
    {
        if (values.Length == 0) return;
        json.WriteStartArray(name);
        foreach (var value in values) json.WriteNumberValue(value);
        json.WriteEndArray();
    }

    public static void Key(this Utf8JsonWriter json, ReadOnlySpan<byte> name, EventKey value) => json.WriteString(name, value.ToString());

    /// <summary>What all details have.</summary>
    public static void Common(this Utf8JsonWriter json, EventDetail d)
    {
        json.Number("version"u8, d.Version);
        json.Time("updatedAt"u8, d.UpdatedAt);
        json.Time("createdAt"u8, d.CreatedAt);
        json.Text("clusterArn"u8, d.ClusterArn);
    }

    /// <summary>Goes to the value of the object's next member and answers its name, empty for none of ours; false at the object's end. The value must be read or skipped.</summary>
    public static bool NextMember(this ref Utf8JsonReader json, TextPool pool, out ReadOnlySpan<char> name)
    {
        name = default;
        if (!json.Read() || json.TokenType != JsonTokenType.PropertyName) return false;
        if (!json.ValueIsEscaped && json.ValueSpan.Length <= pool.Name.Length) name = pool.Name.AsSpan(0, Encoding.UTF8.GetChars(json.ValueSpan, pool.Name));
        return json.Read();
    }

    public static EventTime Time(this ref Utf8JsonReader json) => new(json.GetInt64());

    public static string? Text(this JsonElement e, string name) => e.TryGetProperty(name, out var v) ? v.GetString() : null;

    public static long? Number(this JsonElement e, string name) => e.TryGetProperty(name, out var v) ? v.GetInt64() : null;

    public static EventTime Time(this JsonElement e, string name) => e.Number(name) is { } ms ? new EventTime(ms) : default;

    public static string[] Texts(this JsonElement e, string name) => e.TryGetProperty(name, out var v) ? [.. v.EnumerateArray().Select(item => item.GetString() ?? "")] : [];

    public static int[] Numbers(this JsonElement e, string name) => e.TryGetProperty(name, out var v) ? [.. v.EnumerateArray().Select(item => item.GetInt32())] : [];

    public static EventKey Key(this JsonElement e, string name) => ParseKey(e.Text(name));

    public static EventKey ParseKey(string? text) =>
        EventKey.TryParse(text, out var key) ? key : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"Not an event key: {text}"));
}
