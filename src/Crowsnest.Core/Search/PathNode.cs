using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.IO.Hashing;
using System.Text;

namespace Crowsnest.Core.Search;

/// <summary>A place in the shape of events: a property under its parent, and the field that values there belong to.</summary>
/// <remarks>
/// Events of a kind have their properties in the same order, so a node remembers which child came first and which sibling came next; a name is then
/// found by one comparison. The guesses are written without a lock: any value in them is a true node, only perhaps not the likeliest.
/// </remarks>
internal sealed class PathNode
{
    // Nodes beyond this are not kept: a hostile sender's names must not fill the memory.
    private const int NodesMax = 2 * FieldPaths.Max;

    private static int _nodes;

    private readonly byte[] _name;
    private readonly ConcurrentDictionary<byte[], PathNode>.AlternateLookup<ReadOnlySpan<byte>> _children;
    private readonly ConcurrentDictionary<byte[], PathNode> _all;
    private PathNode? _first;
    private PathNode? _next;
    private int _field = -1;

    private PathNode(byte[] name, string path, bool isDetail)
    {
        _name = name;
        Path = path;
        IsDetail = isDetail;
        IsTags = path == "detail.tags";
        _all = new ConcurrentDictionary<byte[], PathNode>(1, 1, ByteNames.Instance);
        _children = _all.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    /// <summary>The event itself.</summary>
    public static PathNode Root { get; } = BuildRoot();

    /// <summary>Under which <c>tag.NAME</c> stands.</summary>
    public static PathNode Tag { get; } = Root.Child("tag"u8, null);

    /// <summary>Names from the root, joined by dots.</summary>
    public string Path { get; }

    /// <summary>Inside <c>detail</c>.</summary>
    public bool IsDetail { get; }

    /// <summary>The resource's tags, an array of key and value.</summary>
    public bool IsTags { get; }

    /// <summary>The id that values here go under, or <see cref="Nowhere"/>.</summary>
    public int Field => _field >= 0 ? _field : ResolveField();

    /// <summary>The field of a node whose values are columns and not terms.</summary>
    public const int Nowhere = int.MaxValue;

    /// <summary>The child with this name, which in the event comes after <paramref name="previous"/>.</summary>
    public PathNode Child(ReadOnlySpan<byte> name, PathNode? previous)
    {
        var guess = previous is null ? _first : previous._next;
        if (guess is not null && name.SequenceEqual(guess._name)) return guess;
        if (!_children.TryGetValue(name, out var child)) child = Add(name);
        if (previous is null) _first = child;
        else previous._next = child;
        return child;
    }

    private PathNode Add(ReadOnlySpan<byte> name)
    {
        var text = Encoding.UTF8.GetString(name);
        var path = Path.Length == 0 ? text : Path.Length > FieldPaths.LengthMax ? Path : $"{Path}.{text}";
        var child = new PathNode(name.ToArray(), path, IsDetail || path == "detail");
        if (Volatile.Read(ref _nodes) >= NodesMax) return child;

        var kept = _all.GetOrAdd(child._name, child);
        if (ReferenceEquals(kept, child)) Interlocked.Increment(ref _nodes);
        return kept;
    }

    private int ResolveField() => _field = FieldPaths.GetOrAdd(Path);

    private static PathNode BuildRoot()
    {
        var root = new PathNode([], "", isDetail: false);
        foreach (var field in SearchFields.All.Where(field => field.Path.Length > 0))
        {
            var node = root;
            foreach (var part in field.Path.Split('.')) node = node.Child(Encoding.UTF8.GetBytes(part), null);
            node._field = field.Id;
        }

        root.Child("time"u8, null)._field = Nowhere;
        return root;
    }

    /// <summary>Property names as bytes, looked up without making a string or an array.</summary>
    private sealed class ByteNames : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static readonly ByteNames Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate) => unchecked((int)XxHash3.HashToUInt64(alternate));
    }
}
