using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Crowsnest.Core.Search;

/// <summary>Events' ids as search compares them: without regard to case, the first <see cref="NormalForm.KeywordMax"/> characters.</summary>
/// <remarks>The index of stored ids knows no more than that; what is compared in memory must not tell apart more than it does.</remarks>
public sealed class EventIdComparer : IEqualityComparer<string>
{
    private EventIdComparer()
    {
    }

    /// <summary>The one there is.</summary>
    public static EventIdComparer Instance { get; } = new();

    /// <inheritdoc/>
    public bool Equals(string? x, string? y) => string.Equals(Normal(x), Normal(y), StringComparison.Ordinal);

    /// <inheritdoc/>
    public int GetHashCode(string obj) => StringComparer.Ordinal.GetHashCode(Normal(obj) ?? "");

    /// <summary>An id as it is compared: nearly all are lower-case ASCII already, and stay the same object.</summary>
    [return: NotNullIfNotNull(nameof(id))]
    public static string? Normal(string? id) =>
        id is null ? null
        : id.Length <= NormalForm.KeywordMax && Ascii.IsValid(id) ? id.ToLowerInvariant()
        : NormalForm.Lower(NormalForm.Cut(id, NormalForm.KeywordMax));
}
