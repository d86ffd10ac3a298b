using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Crowsnest.Lambda;

/// <summary>Writes one JSON object on one line.</summary>
internal static class JsonBytes
{
    // Logs are read as text; nothing here ends up in HTML.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The object whose members are written.</summary>
    public static byte[] Object(Action<Utf8JsonWriter> members)
    {
        var bytes = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(bytes, Plain))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }
}
