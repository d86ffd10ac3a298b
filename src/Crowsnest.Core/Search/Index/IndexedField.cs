using System.IO.Hashing;

namespace Crowsnest.Core.Search.Index;

/// <summary>What a segment calls the fields that extraction and queries name.</summary>
public static class IndexedField
{
    /// <summary>The field that holds the events' ids.</summary>
    public static FieldTag Id { get; } = SearchFields.TryGet("id", out SearchField? id) ? FieldTag.Listed(id.Id) : throw new System.Diagnostics.UnreachableException();

    /// <summary>The field that extraction gave this id.</summary>
    public static FieldTag Of(int field) =>
        field < SearchFields.FirstUnlisted ? FieldTag.Listed(field) : FieldTag.Unlisted(FieldPaths.PathOf(field) ?? "");

    /// <summary>The field that a query names.</summary>
    public static FieldTag Of(FieldRef field) => field.Listed is { } listed ? FieldTag.Listed(listed.Id) : FieldTag.Unlisted(field.Path);

    /// <summary>The hash by which the filter of ids knows an id's normal form.</summary>
    public static ulong IdHash(ReadOnlySpan<byte> normalId) => XxHash3.HashToUInt64(normalId);

    /// <summary>Whether tokens of this field's values are looked for: it is text, or part of what a bare word asks.</summary>
    public static bool IsTokenised(FieldTag field) =>
        field.Id >= 0 && (SearchFields.All[field.Id].InText || SearchFields.All[field.Id].Type == FieldType.Text);

    /// <summary>The hash by which the filter of tokens knows a token.</summary>
    public static ulong TokenHash(ReadOnlySpan<byte> token) => XxHash3.HashToUInt64(token);
}
