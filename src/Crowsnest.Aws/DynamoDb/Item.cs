using System.Globalization;
using System.Text.Json;

namespace Crowsnest.Aws.DynamoDb;

/// <summary>An item's key: what it is kept with, and its place among them.</summary>
/// <param name="Partition">The partition key; up to 2,048 bytes.</param>
/// <param name="Sort">The sort key; up to 1,024 bytes.</param>
internal readonly record struct ItemKey(string Partition, string Sort);

/// <summary>An item as it was read (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html).</summary>
internal readonly record struct Item(JsonElement Json)
{
    /// <summary>Its key.</summary>
    public ItemKey Key => new(Text(TableNames.Partition)!, Text(TableNames.Sort)!);

    /// <summary>A text attribute.</summary>
    public string? Text(string name) => Json.TryGetProperty(name, out var value) && value.TryGetProperty("S", out var text) ? text.GetString() : null;

    /// <summary>A number attribute; 0 without.</summary>
    public long Number(string name) =>
        Json.TryGetProperty(name, out var value) && value.TryGetProperty("N", out var number) ? long.Parse(number.GetString()!, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) : 0;

    /// <summary>A binary attribute; empty without.</summary>
    public byte[] Bytes(string name) => Json.TryGetProperty(name, out var value) && value.TryGetProperty("B", out var bytes) ? bytes.GetBytesFromBase64() : [];

    /// <summary>An attribute that is true.</summary>
    public bool Is(string name) => Json.TryGetProperty(name, out var value) && value.TryGetProperty("BOOL", out var flag) && flag.GetBoolean();

    /// <summary>It has an attribute of this name.</summary>
    public bool Has(string name) => Json.TryGetProperty(name, out _);

    /// <summary>The names of its attributes.</summary>
    public IEnumerable<string> Names => Json.EnumerateObject().Select(attribute => attribute.Name);
}

/// <summary>Writes attributes of an item, or values of an expression.</summary>
/// <param name="json">Into what.</param>
internal readonly struct ItemWriter(Utf8JsonWriter json)
{
    /// <summary>A text; an empty one is left out.</summary>
    public ItemWriter Add(string name, string value)
    {
        if (value.Length == 0) return this;
        json.WriteStartObject(name);
        json.WriteString("S"u8, value);
        json.WriteEndObject();
        return this;
    }

    /// <summary>A number.</summary>
    public ItemWriter Add(string name, long value)
    {
        json.WriteStartObject(name);
        json.WriteString("N"u8, value.ToString(CultureInfo.InvariantCulture));
        json.WriteEndObject();
        return this;
    }

    /// <summary>Bytes.</summary>
    public ItemWriter Add(string name, ReadOnlySpan<byte> value)
    {
        json.WriteStartObject(name);
        json.WriteBase64String("B"u8, value);
        json.WriteEndObject();
        return this;
    }

    /// <summary>True or false.</summary>
    public ItemWriter Add(string name, bool value)
    {
        json.WriteStartObject(name);
        json.WriteBoolean("BOOL"u8, value);
        json.WriteEndObject();
        return this;
    }

    /// <summary>The attributes of a key.</summary>
    public ItemWriter Add(ItemKey key) => Add(TableNames.Partition, key.Partition).Add(TableNames.Sort, key.Sort);
}
