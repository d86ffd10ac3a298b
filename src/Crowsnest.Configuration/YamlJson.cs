using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Crowsnest.Configuration;

/// <summary>A part of the file as JSON on one line, and where in the file each of its characters comes from.</summary>
internal sealed partial class YamlJson
{
    private readonly StringBuilder _text = new();
    private readonly List<(int At, YamlNode Node)> _places = [];

    private YamlJson()
    {
    }

    /// <summary>The JSON.</summary>
    public string Text => _text.ToString();

    /// <summary>A node as JSON: plain scalars are null, true, false or numbers where they read as such, and text otherwise. One that is text itself is JSON already.</summary>
    public static YamlJson Of(YamlNode node)
    {
        var json = new YamlJson();
        if (node is YamlScalarNode { Value: { } text } && node is not YamlScalarNode { Style: ScalarStyle.Plain })
        {
            json._places.Add((0, node));
            json._text.Append(text);
        }
        else
        {
            json.Write(node);
        }

        return json;
    }

    /// <summary>What a column of the JSON comes from.</summary>
    /// <param name="column">In characters, from 1.</param>
    public YamlNode At(int column) => _places.FindLast(place => place.At < column).Node ?? _places[0].Node;

    private void Write(YamlNode node)
    {
        _places.Add((_text.Length, node));
        switch (node)
        {
            case YamlMappingNode mapping:
                _text.Append('{');
                foreach (var (key, value) in mapping.Children)
                {
                    if (_text[^1] != '{') _text.Append(',');
                    _places.Add((_text.Length, key));
                    _text.Append(Quoted((key as YamlScalarNode)?.Value ?? "")).Append(':');
                    Write(value);
                }

                _text.Append('}');
                break;
            case YamlSequenceNode sequence:
                _text.Append('[');
                foreach (var item in sequence.Children)
                {
                    if (_text[^1] != '[') _text.Append(',');
                    Write(item);
                }

                _text.Append(']');
                break;
            default:
                _text.Append(Scalar((YamlScalarNode)node));
                break;
        }
    }

    private static string Scalar(YamlScalarNode scalar)
    {
        var text = scalar.Value ?? "";
        if (scalar.Style != ScalarStyle.Plain) return Quoted(text);
        return text switch
        {
            "" or "~" or "null" => "null",
            "true" or "false" => text,
            _ when Number().IsMatch(text) => text,
            _ => Quoted(text),
        };
    }

    private static string Quoted(string text) => string.Create(CultureInfo.InvariantCulture, $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"");

    // As JSON writes them: 010 and account numbers that begin with 0 are text.
    [GeneratedRegex(@"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$")]
    private static partial Regex Number();
}
