namespace Crowsnest.Core.Search;

/// <summary>How a listed field's values are compared.</summary>
public enum FieldType
{
    /// <summary>The whole value, case-insensitive.</summary>
    Keyword,

    /// <summary>Lower-case runs of letters and digits; quotes mean tokens in a row within one value.</summary>
    Text,

    /// <summary>A number; ranges exist.</summary>
    Number,

    /// <summary>A moment; ranges exist.</summary>
    Time,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Bool,
}

/// <summary>A row of the field table: a field that is indexed by name and type.</summary>
/// <param name="Id">Its id, from 0, stable within a store (kept with what was indexed under it): rows are only ever added at the end.</param>
/// <param name="Name">The name people type: ECS's own or a short one.</param>
/// <param name="Path">Where it is found in the event (<c>detail.lastStatus</c>), or empty when it is derived (<c>kind</c>, <c>cluster</c>).</param>
/// <param name="Type">How it is compared.</param>
/// <param name="InText">Its values are also found by bare words.</param>
/// <param name="Description">For people: <c>/api/v1/fields</c> and completion.</param>
public sealed record SearchField(int Id, string Name, string Path, FieldType Type, bool InText, string Description);
