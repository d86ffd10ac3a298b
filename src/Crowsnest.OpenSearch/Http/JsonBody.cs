using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Crowsnest.OpenSearch.Http;

/// <summary>Bodies of requests, as JSON.</summary>
internal static class JsonBody
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>An object with what is written into it.</summary>
    public static ReadOnlyMemory<byte> Of(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(1_024);
        using (var json = new Utf8JsonWriter(buffer, Relaxed))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    /// <summary>An object under a name.</summary>
    public static void Object(this Utf8JsonWriter json, string name, Action<Utf8JsonWriter> write)
    {
        json.WriteStartObject(name);
        write(json);
        json.WriteEndObject();
    }

    /// <summary>An array of objects under a name.</summary>
    public static void Objects(this Utf8JsonWriter json, string name, params IEnumerable<Action<Utf8JsonWriter>> writes)
    {
        json.WriteStartArray(name);
        foreach (var write in writes)
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
