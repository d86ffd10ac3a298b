using System.Buffers;
using System.Text.Json;

namespace Crowsnest.Simulator;

/// <summary>What can be awkward about an event that is valid JSON all the same.</summary>
internal enum Oddity
{
    None,
    UnknownKind,
    ExtraProperty,
    ExtraMember,
    NoReason,
    NullAttributes,
    OtherOrder,
}

/// <summary>Bends some events, by a chance of its own so that the fleet behind them stays the same.</summary>
internal sealed class OddEvents(double percent, Chance chance)
{
    /// <summary>Text with most of what text can hold.</summary>
    public const string Text = "tab\t newline\n quote\" back\\ slash/ é 漢字 🦀 <b onmouseover=alert(1)>x</b> \u202Eright to left\u202C";

    /// <summary>What is odd about the next event.</summary>
    public Oddity Next() => percent > 0 && chance.Percent(percent) ? (Oddity)chance.Whole(1, 6) : Oddity.None;

    /// <summary>A property that no version of ECS has.</summary>
    public static void WriteExtra(Utf8JsonWriter json)
    {
        json.WriteStartObject("zzNewProperty"u8);
        json.WriteStartArray("nested"u8);
        json.WriteNumberValue(1);
        json.WriteRawValue("2.5e-7"u8, skipInputValidation: true);
        json.WriteNullValue();
        json.WriteBooleanValue(true);
        json.WriteStartObject();
        json.WriteString("deep"u8, "\u2028 \u0001 \\ \" / 🚨");
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteRawValueNamed("big"u8, "9007199254740993"u8);
        json.WriteEndObject();
    }

    /// <summary>Puts <c>,"detail":{…}</c>, which begins at <paramref name="detailAt"/> of the event, before all other members.</summary>
    public static void DetailFirst(ArrayBufferWriter<byte> buffer, int start, int detailAt)
    {
        var line = buffer.WrittenSpan[start..];
        var all = new byte[line.Length];
        // {MEMBERS,DETAIL} becomes {DETAIL,MEMBERS}.
        var detail = line[(detailAt + 1)..^1];
        all[0] = (byte)'{';
        detail.CopyTo(all.AsSpan(1));
        all[1 + detail.Length] = (byte)',';
        line[1..detailAt].CopyTo(all.AsSpan(2 + detail.Length));
        all[^1] = (byte)'}';
        // The writer only appends, so what is there is written over.
        var memory = System.Runtime.InteropServices.MemoryMarshal.AsMemory(buffer.WrittenMemory);
        all.CopyTo(memory.Span[start..]);
    }
}

/// <summary>What the writer has no call for.</summary>
internal static class JsonWriting
{
    /// <summary>A member whose value is JSON already.</summary>
    public static void WriteRawValueNamed(this Utf8JsonWriter json, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(value, skipInputValidation: true);
    }

    /// <summary>A member where there is a value.</summary>
    public static void WriteIfAny(this Utf8JsonWriter json, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null) json.WriteString(name, value);
    }

    /// <summary><c>{"name":NAME,"value":VALUE}</c></summary>
    public static void WritePair(this Utf8JsonWriter json, ReadOnlySpan<byte> name, string value)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, name);
        json.WriteString("value"u8, value);
        json.WriteEndObject();
    }
}
