using System.Globalization;
using System.Text;
using System.Text.Json;
using Crowsnest.Core.Cluster;

namespace Crowsnest.Server.Lists;

/// <summary>A list that people page through: what its items are filtered and sorted by, and how one is written.</summary>
/// <remarks>
/// A page goes on after a place in the order, and not after a number of items: what comes or goes meanwhile neither hides nor repeats another. Only an item
/// that itself moves in the order may be seen twice or not at all, and by the key, which is the order unless told, none does.
/// </remarks>
/// <typeparam name="T">An item.</typeparam>
internal sealed class ResourceList<T>
{
    /// <summary>The key that no other item has.</summary>
    public required Func<T, string> Key { get; init; }

    /// <summary>Whose values an item can be asked for.</summary>
    public required IReadOnlyDictionary<string, Func<T, string?>> Filters { get; init; }

    /// <summary>What they can be sorted by besides the key.</summary>
    public required IReadOnlyDictionary<string, Func<T, SortValue>> Sorts { get; init; }

    /// <summary>Writes the members of an item.</summary>
    public required Action<Utf8JsonWriter, T> Write { get; init; }

    /// <summary>A page of these items.</summary>
    public ListPage<T> Page(IEnumerable<T> items, ListRequest request)
    {
        var picker = new Picker(this, request);
        foreach (var item in items) picker.Offer(item);
        return picker.Page();
    }

    /// <summary>A page of items that are read one by one, of which never more than a page is held.</summary>
    /// <param name="keys">The items' keys, each with what reads the item: one that cannot be on the page is not read.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<ListPage<T>> PageAsync(IAsyncEnumerable<(string Key, Func<T?> Read)> keys, ListRequest request, CancellationToken cancellationToken)
    {
        var picker = new Picker(this, request);
        await foreach (var (key, read) in keys.WithCancellation(cancellationToken))
        {
            if (picker.MayTake(key) && read() is { } item) picker.Offer(item);
        }

        return picker.Page();
    }

    // Keeps the first of the page, and one more that tells whether there is another page.
    private sealed class Picker
    {
        private readonly ResourceList<T> _list;
        private readonly ListRequest _request;
        private readonly Func<T, SortValue>? _sort;
        private readonly Comparer<ListPlace> _order;
        private readonly ListPlace? _after;

        // The last of those kept is the first to go. An item may come again as it is now, and then takes the place of what it was.
        private readonly SortedSet<ListPlace> _places;
        private readonly Dictionary<string, (ListPlace Place, T Item)> _kept = new(StringComparer.Ordinal);

        public Picker(ResourceList<T> list, ListRequest request)
        {
            (_list, _request, _after) = (list, request, request.After);
            _sort = request.Sort.Length > 0 ? list.Sorts[request.Sort] : null;
            _order = request.IsDescending ? Comparer<ListPlace>.Create(static (x, y) => y.CompareTo(x)) : Comparer<ListPlace>.Default;
            _places = new SortedSet<ListPlace>(_order);
        }

        public bool MayTake(string key)
        {
            if (_sort is not null) return true;
            var place = new ListPlace(default, key);
            return IsWithin(place) && (_places.Count <= _request.Limit || _kept.ContainsKey(key) || _order.Compare(place, _places.Max) < 0);
        }

        public void Offer(T item)
        {
            var key = _list.Key(item);
            if (_kept.Remove(key, out var before)) _places.Remove(before.Place);
            var place = new ListPlace(_sort is null ? default : _sort(item), key);
            if (!IsWithin(place) || !Matches(item)) return;
            _places.Add(place);
            _kept[key] = (place, item);
            if (_places.Count <= _request.Limit + 1) return;
            var last = _places.Max;
            _places.Remove(last);
            _kept.Remove(last.Key);
        }

        public ListPage<T> Page()
        {
            List<ListPlace> places = [.. _places.Take(_request.Limit)];
            return new ListPage<T>([.. places.Select(place => _kept[place.Key].Item)], _places.Count > _request.Limit ? places[^1].ToString() : null);
        }

        private bool IsWithin(ListPlace place) => _after is not { } after || _order.Compare(place, after) > 0;

        private bool Matches(T item)
        {
            foreach (var (name, wanted) in _request.Filters)
            {
                if (!string.Equals(_list.Filters[name](item) ?? "", wanted, StringComparison.OrdinalIgnoreCase)) return false;
            }

            return _request.Names.Count == 0 || _request.Names.Contains(_list.Filters["name"](item) ?? "");
        }
    }
}

/// <summary>What is asked of a list.</summary>
internal sealed record ListRequest
{
    /// <summary>Values that items must have, by name; upper and lower case are the same.</summary>
    public IReadOnlyDictionary<string, string> Filters { get; init; } = new Dictionary<string, string>();

    /// <summary>Only those of these names or ids; all when empty.</summary>
    public IReadOnlySet<string> Names { get; init; } = new HashSet<string>();

    /// <summary>What it is sorted by; the key when empty.</summary>
    public string Sort { get; init; } = "";

    /// <summary>The greatest first.</summary>
    public bool IsDescending { get; init; }

    /// <summary>How many.</summary>
    public int Limit { get; init; } = 100;

    /// <summary>Where to go on.</summary>
    public ListPlace? After { get; init; }
}

/// <summary>Reads what is asked of a list out of a request.</summary>
internal static class ListRequests
{
    private const int LimitMax = 1_000;

    /// <summary>The parameters that all lists have: the order, how many, and where to go on.</summary>
    public static ListRequest ReadList(this HttpContext http, IReadOnlyList<string> sorts)
    {
        var sort = http.Query("sort") ?? "";
        var isDescending = sort.StartsWith('-');
        sort = sort.TrimStart('-');
        if (sort.Length > 0 && !sorts.Contains(sort)) throw ProblemException.BadRequest($"The parameter 'sort' must be one of {string.Join(", ", sorts)}, perhaps with a minus before it.");
        ListPlace? after = null;
        if (http.Query("cursor") is { } cursor)
            after = ListPlace.TryRead(cursor, out var place) ? place : throw ProblemException.BadRequest("The cursor is not one of ours; take it from 'next' of a page.");
        return new ListRequest { Sort = sort, IsDescending = isDescending, Limit = http.QueryInt("limit", 100, 1, LimitMax), After = after };
    }
}

/// <summary>A page, and where the next begins; <see langword="null"/> at the end.</summary>
internal sealed record ListPage<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>What items are sorted by: a number or a text.</summary>
internal readonly record struct SortValue(long Number, string? Text) : IComparable<SortValue>
{
    /// <summary>A number; what is not known stands first.</summary>
    public static SortValue Of(long? number) => new(number ?? long.MinValue, null);

    /// <summary>A text.</summary>
    public static SortValue Of(string? text) => new(0, text ?? "");

    /// <inheritdoc/>
    public int CompareTo(SortValue other) => Number.CompareTo(other.Number) is var order and not 0 ? order : string.CompareOrdinal(Text ?? "", other.Text ?? "");
}

/// <summary>A place in a list's order; as text it is opaque to callers, and the same in every process.</summary>
internal readonly record struct ListPlace(SortValue Value, string Key) : IComparable<ListPlace>
{
    /// <inheritdoc/>
    public int CompareTo(ListPlace other) => Value.CompareTo(other.Value) is var order and not 0 ? order : string.CompareOrdinal(Key, other.Key);

    /// <inheritdoc/>
    public override string ToString() => Convert.ToBase64String(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Value.Number}\n{Value.Text}\n{Key}")))
        .Replace('+', '-').Replace('/', '_').TrimEnd('=');

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static bool TryRead(string text, out ListPlace place)
    {
        place = default;
        var padded = text.Replace('-', '+').Replace('_', '/') + new string('=', (4 - (text.Length % 4)) % 4);
        var bytes = new byte[padded.Length];
        if (!Convert.TryFromBase64String(padded, bytes, out var length)) return false;
        var parts = Encoding.UTF8.GetString(bytes, 0, length).Split('\n', 3);
        if (parts.Length < 3 || !long.TryParse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)) return false;
        place = new ListPlace(new SortValue(number, parts[1]), parts[2]);
        return true;
    }
}

/// <summary>A part of a cluster with the cluster that it is in.</summary>
internal readonly record struct InCluster<T>(ClusterView Cluster, T Item);
