using System.Text;
using Crowsnest.Core.Search;

namespace Crowsnest.OpenSearch.Events;

/// <summary>What a field of the field table is called in documents.</summary>
/// <remarks>
/// Each listed field stands under its own path with the values as the event spells them, for people and for counting; a derived one under
/// <c>crowsnest.NAME</c>. Words are found there where they are spelled in normal form, as most are; <c>t</c> holds <c>NAME=VALUE</c> in normal form for the
/// others. Unlisted fields have no place of their own: <c>u</c> holds their <c>.PATH=VALUE</c> in normal form, <c>s</c> those that are spelled otherwise as
/// they are spelled, <c>f</c> their names. <c>x.NAME</c> holds the tokens of text fields and <c>x.text</c> all that bare words find. <c>raw</c> is the event
/// itself and is not indexed.
/// </remarks>
internal static class EventFieldNames
{
    public const string Time = "@timestamp";
    public const string ReceivedAt = "crowsnest.receivedAt";
    public const string Key = "crowsnest.key";
    public const string KeyTime = "crowsnest.keyTime";
    public const string KeyHash = "crowsnest.keyHash";
    public const string WrittenAt = "crowsnest.writtenAt";
    public const string Size = "crowsnest.size";
    public const string Terms = "t";
    public const string Fields = "f";
    public const string Unlisted = "u";
    public const string Spelled = "s";
    public const string Raw = "raw";
    public const string Facts = "facts";

    private static readonly string[] Columns = [.. SearchFields.All.Select(ColumnOf)];
    private static readonly byte[][] NameBytes = [.. SearchFields.All.Select(field => Encoding.UTF8.GetBytes(field.Name))];
    private static readonly byte[][] ColumnOpenings = [.. Columns.Select(name => Encoding.UTF8.GetBytes($",\"{name}\":"))];

    /// <summary>Where a listed field's values stand as they are spelled.</summary>
    public static string Column(SearchField field) => Columns[field.Id];

    /// <summary>The same as a member of an object that has others before it: <c>,"NAME":</c>.</summary>
    public static ReadOnlySpan<byte> ColumnOpening(int field) => ColumnOpenings[field];

    /// <summary>A listed field's name, as UTF-8.</summary>
    public static ReadOnlySpan<byte> NameUtf8(int field) => NameBytes[field];

    /// <summary>The name of a field in <c>t</c>, <c>u</c>, <c>s</c> and <c>f</c>: its own, or for an unlisted one its path after a dot. No <c>=</c> is in it, so that it ends at the first.</summary>
    public static string TermName(FieldRef field) => field.Listed is { } listed ? listed.Name : "." + field.Path.Replace('=', '\u001f');

    /// <summary>Where the tokens of a text field stand.</summary>
    public static string Tokens(SearchField field) => "x." + field.Name;

    private static string ColumnOf(SearchField field) =>
        field.Name switch { "time" => Time, "receivedAt" => ReceivedAt, "key" => Key, _ => field.Path.Length > 0 ? field.Path : "crowsnest." + field.Name };
}
