using System.Text;

namespace Crowsnest.Core.Events;

/// <summary>Finds the values to mask in a valid event: walks it along all paths at once, and sees every one of repeated members.</summary>
internal sealed class Masker
{
    // Names without regard to case, and the shapes that people's own tools give a list of variables too: a secret that was stored cannot be taken back.
    private static readonly string[] EnvironmentPaths =
    [
        "detail.overrides.**.environment.**.value",
        "detail.overrides.**.environment.*",
        "detail.overrides.**.environment." + ScalarElement,
        "detail.requestParameters.**.environment[].value",
        "detail.requestParameters.**.environment.variables.*",
        "detail.responseElements.**.environment[].value",
        "detail.responseElements.**.environment.variables.*",
    ];

    // An array's element that is neither object nor array: "NAME=value".
    private const string ScalarElement = "[=]";
    private static ReadOnlySpan<byte> ScalarElementName => "[=]"u8;

    private readonly byte[][][] _paths;
    private readonly int _ignoringCase;

    public Masker(MaskingOptions options)
    {
        _paths = [.. (options.Environment ? EnvironmentPaths : []).Concat(options.Paths).Select(Parse)];
        _ignoringCase = options.Environment ? EnvironmentPaths.Length : 0;
        HasExtraPaths = options.Paths.Count > 0;
        MasksEnvironment = options.Environment;
    }

    public bool HasExtraPaths { get; }

    public bool MasksEnvironment { get; }

    /// <summary>The values to replace, in order.</summary>
    public FoundValues Find(ReadOnlySpan<byte> json)
    {
        var found = new FoundValues();
        var scanner = new JsonScanner(json);
        var states = new (int, int)[_paths.Length];
        for (var i = 0; i < states.Length; i++) states[i] = (i, 0);
        if (scanner.Peek() == (byte)'{') Walk(ref scanner, states, found);
        return found;
    }

    /// <summary>What stands in the place of a masked value.</summary>
    public static ReadOnlySpan<byte> Mask => "\"***\""u8;

    /// <summary>The bytes with <paramref name="mask"/> in the place of each found value.</summary>
    public static byte[] Replace(ReadOnlySpan<byte> json, FoundValues found, ReadOnlySpan<byte> mask)
    {
        var length = json.Length;
        foreach (var (start, end) in found.Places) length += mask.Length - (end - start);

        var masked = new byte[length];
        int from = 0, to = 0;
        foreach (var (start, end) in found.Places)
        {
            json[from..start].CopyTo(masked.AsSpan(to));
            to += start - from;
            mask.CopyTo(masked.AsSpan(to));
            to += mask.Length;
            from = end;
        }

        json[from..].CopyTo(masked.AsSpan(to));
        return masked;
    }

    private static byte[][] Parse(string path)
    {
        var plain = path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : path;
        return [.. plain.Replace("[*]", "[]", StringComparison.Ordinal).Replace("[]", ".[]", StringComparison.Ordinal).Split('.', StringSplitOptions.RemoveEmptyEntries)
            .Select(Encoding.UTF8.GetBytes)];
    }

    // States are (path, next segment). Recursion is bounded by the depth that decoding allows.
    private void Walk(ref JsonScanner scanner, (int Path, int Segment)[] states, FoundValues found)
    {
        var isObject = scanner.Peek() == (byte)'{';
        var next = new List<(int, int)>();
        var first = true;
        scanner.Enter();
        for (var index = 0; ; index++)
        {
            JsonRange name = default;
            if (isObject ? !scanner.NextName(ref first, out name) : !scanner.NextElement(ref first)) return;

            next.Clear();
            var whole = false;
            var c = scanner.Peek();
            var start = scanner.Position;
            var isScalar = c is not ((byte)'{' or (byte)'[');
            foreach (var state in states) whole |= Step(state, scanner.Data, name, isScalar, next);

            if (whole)
            {
                scanner.Skip();
                found.Add(scanner.Data, start, scanner.Position, name, index);
            }
            else if (next.Count == 0 || isScalar)
            {
                scanner.Skip();
            }
            else
            {
                found.Path.Push((name, index));
                Walk(ref scanner, next.ToArray(), found);
                found.Path.Pop();
            }
        }
    }

    private bool Step((int Path, int Segment) state, ReadOnlySpan<byte> json, JsonRange name, bool isScalar, List<(int, int)> next)
    {
        var path = _paths[state.Path];
        if (state.Segment >= path.Length) return false;
        var segment = path[state.Segment];
        if (segment.AsSpan().SequenceEqual("**"u8))
        {
            if (!next.Contains(state)) next.Add(state);
            return Step((state.Path, state.Segment + 1), json, name, isScalar, next);
        }

        var fits = name.IsPresent
            ? segment.AsSpan().SequenceEqual("*"u8) || JsonText.Is(json, name, segment, ignoreCase: state.Path < _ignoringCase)
            : segment.AsSpan().SequenceEqual("[]"u8) || (isScalar && segment.AsSpan().SequenceEqual(ScalarElementName));
        if (!fits) return false;
        if (state.Segment + 1 == path.Length) return true;
        if (!next.Contains((state.Path, state.Segment + 1))) next.Add((state.Path, state.Segment + 1));
        return false;
    }
}
