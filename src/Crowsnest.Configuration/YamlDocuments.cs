using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Crowsnest.Configuration;

/// <summary>Reads a file's YAML: its one document, or what is wrong with it.</summary>
internal static class YamlDocuments
{
    // The deepest thing that a configuration has is five levels down; the library goes down by recursion and would overflow the stack.
    private const int DepthMax = 32;

    /// <summary>The document's content; <see langword="null"/> when there is none, or when it is not YAML, which then is a mistake.</summary>
    public static YamlNode? Read(string text, List<ConfigMistake> mistakes)
    {
        var parser = new WatchedParser(new Parser(new StringReader(text)));
        var yaml = new YamlStream();
        try
        {
            yaml.Load(parser);
        }
        catch (YamlException failure)
        {
            // The message repeats the place in words of its own: "(Line: 3, Col: 1, Idx: 20) - (...): what".
            var what = failure.InnerException?.Message ?? failure.Message;
            var colon = what.LastIndexOf("): ", StringComparison.Ordinal);
            mistakes.Add(At(failure.Start, $"not YAML: {(colon < 0 ? what : what[(colon + 3)..])}"));
            return null;
        }
#pragma warning disable CA1031 // The library fails on some texts in ways of its own (an unclosed '[' before a ':' is an InvalidOperationException), and each is a file that is not YAML.
        catch (Exception)
#pragma warning restore CA1031
        {
            mistakes.Add(At(parser.Reached, "not YAML: it cannot be read from here on; is a bracket, a brace or a quote not closed?"));
            return null;
        }

        if (yaml.Documents.Count > 1) mistakes.Add(At(yaml.Documents[1].RootNode.Start, "one document is expected; a second begins here"));
        var root = yaml.Documents.Count == 0 ? null : yaml.Documents[0].RootNode;
        if (root is not YamlScalarNode scalar) return root;

        // A file of comments, or of three dashes, has nothing in it; anything else that is no mapping was meant as something.
        var isNothing = scalar is { Value: null or "" or "~" or "null", Style: ScalarStyle.Plain, Anchor.IsEmpty: true, Tag.IsEmpty: true };
        if (!isNothing) mistakes.Add(At(root.Start, "expected keys and values here, e.g. server: {listen: 127.0.0.1:8723}"));
        return null;
    }

    private static ConfigMistake At(Mark place, string message) => new(Math.Max(1, (int)place.Line), Math.Max(1, (int)place.Column), "", message);

    /// <summary>Remembers how far the reading got, for failures that do not say it, and ends it where it goes too deep.</summary>
    private sealed class WatchedParser(IParser inner) : IParser
    {
        private int _depth;

        public Mark Reached { get; private set; } = new(0, 1, 1);

        public ParsingEvent? Current => inner.Current;

        public bool MoveNext()
        {
            var isMore = inner.MoveNext();
            if (!isMore || inner.Current is not { } now) return isMore;
            Reached = now.End;
            _depth += now.NestingIncrease;
            return _depth <= DepthMax ? isMore : throw new YamlException(now.Start, now.End, $"it is nested deeper than {DepthMax} levels");
        }
    }
}
