using System.Collections.Frozen;

namespace Crowsnest.Core.Patterns;

/// <summary>
/// The full case mappings of single UTF-16 units, as Java's <c>toLowerCase</c> and <c>toUpperCase</c> with <c>Locale.ROOT</c> have them: .NET's own map one unit to one unit only.
/// </summary>
/// <remarks>Source: Unicode's SpecialCasing.txt, unconditional mappings, and U+0131 and U+017F, which .NET's invariant mappings leave alone.</remarks>
internal static class LetterCases
{
    private static readonly FrozenDictionary<char, string> Uppers = new Dictionary<char, string>
    {
        ['\u00DF'] = "\u0053\u0053", ['\u0131'] = "\u0049", ['\u0149'] = "\u02BC\u004E", ['\u017F'] = "\u0053", ['\u01F0'] = "\u004A\u030C",
        ['\u0390'] = "\u0399\u0308\u0301", ['\u03B0'] = "\u03A5\u0308\u0301", ['\u0587'] = "\u0535\u0552", ['\u1E96'] = "\u0048\u0331",
        ['\u1E97'] = "\u0054\u0308", ['\u1E98'] = "\u0057\u030A", ['\u1E99'] = "\u0059\u030A", ['\u1E9A'] = "\u0041\u02BE",
        ['\u1F50'] = "\u03A5\u0313", ['\u1F52'] = "\u03A5\u0313\u0300", ['\u1F54'] = "\u03A5\u0313\u0301", ['\u1F56'] = "\u03A5\u0313\u0342",
        ['\u1FB2'] = "\u1FBA\u0399", ['\u1FB3'] = "\u0391\u0399", ['\u1FB4'] = "\u0386\u0399", ['\u1FB6'] = "\u0391\u0342",
        ['\u1FB7'] = "\u0391\u0342\u0399", ['\u1FBC'] = "\u0391\u0399", ['\u1FC2'] = "\u1FCA\u0399", ['\u1FC3'] = "\u0397\u0399",
        ['\u1FC4'] = "\u0389\u0399", ['\u1FC6'] = "\u0397\u0342", ['\u1FC7'] = "\u0397\u0342\u0399", ['\u1FCC'] = "\u0397\u0399",
        ['\u1FD2'] = "\u0399\u0308\u0300", ['\u1FD3'] = "\u0399\u0308\u0301", ['\u1FD6'] = "\u0399\u0342", ['\u1FD7'] = "\u0399\u0308\u0342",
        ['\u1FE2'] = "\u03A5\u0308\u0300", ['\u1FE3'] = "\u03A5\u0308\u0301", ['\u1FE4'] = "\u03A1\u0313", ['\u1FE6'] = "\u03A5\u0342",
        ['\u1FE7'] = "\u03A5\u0308\u0342", ['\u1FF2'] = "\u1FFA\u0399", ['\u1FF3'] = "\u03A9\u0399", ['\u1FF4'] = "\u038F\u0399",
        ['\u1FF6'] = "\u03A9\u0342", ['\u1FF7'] = "\u03A9\u0342\u0399", ['\u1FFC'] = "\u03A9\u0399", ['\uFB00'] = "\u0046\u0046",
        ['\uFB01'] = "\u0046\u0049", ['\uFB02'] = "\u0046\u004C", ['\uFB03'] = "\u0046\u0046\u0049", ['\uFB04'] = "\u0046\u0046\u004C",
        ['\uFB05'] = "\u0053\u0054", ['\uFB06'] = "\u0053\u0054", ['\uFB13'] = "\u0544\u0546", ['\uFB14'] = "\u0544\u0535",
        ['\uFB15'] = "\u0544\u053B", ['\uFB16'] = "\u054E\u0546", ['\uFB17'] = "\u0544\u053D",
    }.ToFrozenDictionary();

    /// <summary>The lower case.</summary>
    public static string Lower(char unit) => unit == '\u0130' ? "i\u0307" : char.ToLowerInvariant(unit).ToString();

    /// <summary>The upper case.</summary>
    public static string Upper(char unit)
    {
        // Greek letters with an iota below or beside them: three rows of sixteen, each letter eight beyond its capital or at it.
        if (unit is >= '\u1F80' and <= '\u1FAF')
        {
            var capitals = unit < '\u1F90' ? '\u1F08' : unit < '\u1FA0' ? '\u1F28' : '\u1F68';
            return $"{(char)(capitals + (unit & 7))}\u0399";
        }

        return Uppers.TryGetValue(unit, out var upper) ? upper : char.ToUpperInvariant(unit).ToString();
    }
}
