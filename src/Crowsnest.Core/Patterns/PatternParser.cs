using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Crowsnest.Core.Patterns;

/// <summary>Reads the text of a pattern into branches and tests, and collects what is wrong with it.</summary>
/// <remarks>What is no JSON ends the reading; every other mistake is noted and read past, so that all are told at once.</remarks>
internal ref struct PatternParser
{
    // Jackson's own limit, and so event-ruler's.
    private const int DepthMax = 1_000;

    // event-ruler's list: operators, and words that it keeps for later ones.
    private static readonly FrozenSet<string> Reserved = new[]
    {
        "exactly", "equals-ignore-case", "prefix", "suffix", "anything-but", "exists", "wildcard", "numeric", "cidr", "=", "<", "<=", ">", ">=", "regex", "not-wildcard",
        "not-equals-ignore-case", "date-after", "date-on-or-after", "date-before", "date-on-or-before", "in-date-range", "ip-address-in-range", "ip-address-not-in-range",
    }.ToFrozenSet();

    private readonly ReadOnlySpan<byte> _text;
    private readonly bool _orIsField;
    private readonly MistakeList _mistakes = new();
    private readonly List<string> _path = [];
    private Utf8JsonReader _reader;
    private bool _isTooWide;

    public PatternParser(ReadOnlySpan<byte> text, bool orIsField)
    {
        _text = text;
        _orIsField = orIsField;
        _reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = DepthMax });
    }

    /// <summary>What is wrong, in the order of the text.</summary>
    public readonly IReadOnlyList<PatternMistake> Mistakes => _mistakes.All;

    /// <summary>Whether there was a <c>$or</c> taken for one.</summary>
    public bool HasOr { get; private set; }

    /// <summary>Reads the whole; what it returns counts only when there are no mistakes.</summary>
    public ImmutableArray<PatternBranch> Parse()
    {
        if (_text.Length > EventPattern.TextBytesMax)
        {
            Mistake(0, $"a pattern has {EventPattern.TextBytesMax} bytes at most, and this one has {_text.Length}");
            return [];
        }

        var branches = new List<Dictionary<string, PatternField>> { new(StringComparer.Ordinal) };
        try
        {
            if (_text.Trim(" \t\r\n"u8).IsEmpty || !_reader.Read() || _reader.TokenType != JsonTokenType.StartObject) Mistake(_reader.TokenStartIndex, "a pattern is a JSON object: write {\"source\": [\"aws.ecs\"]} or the like");
            else Fields(branches, insideOr: false);
        }
        catch (JsonException notJson)
        {
            _mistakes.AddNotJson(_text, (int)(notJson.LineNumber ?? 0), (int)(notJson.BytePositionInLine ?? 0));
        }

        if (Mistakes.Count > 0) return [];
        if (branches.Max(b => b.Count) > EventPattern.FieldsMax) Mistake(0, $"a pattern has {EventPattern.FieldsMax} fields at most");
        return [.. branches.Select(b => new PatternBranch([.. b.Values.OrderBy(f => f.Path, StringComparer.Ordinal)]))];
    }

    // At the start of an object whose members are fields; reads to its end.
    private void Fields(List<Dictionary<string, PatternField>> branches, bool insideOr)
    {
        var (start, any) = (_reader.TokenStartIndex, false);
        while (Next() != JsonTokenType.EndObject)
        {
            any = true;
            var (name, at) = (Text(), _reader.TokenStartIndex);
            if (name == "$or" && !_orIsField)
            {
                HasOr = true;
                Or(branches);
                continue;
            }

            if (insideOr && Reserved.Contains(name)) Mistake(at, $"'{name}' is a reserved word, and no name of a field within $or");
            switch (Next())
            {
                case JsonTokenType.StartObject:
                    _path.Add(name);
                    Fields(branches, insideOr);
                    _path.RemoveAt(_path.Count - 1);
                    break;
                case JsonTokenType.StartArray:
                    Values(branches, name);
                    break;
                default:
                    Mistake(_reader.TokenStartIndex, $"the value of '{name}' is a list of what may match, or an object of fields: write [\"…\"]");
                    break;
            }
        }

        if (!any) Mistake(start, "an object without fields asks for nothing; name a field");
    }

    // At the name $or: each of its objects makes a copy of the branches so far and adds its fields to it. Of a path that is named twice the later counts.
    private void Or(List<Dictionary<string, PatternField>> branches)
    {
        var at = _reader.TokenStartIndex;
        if (Next() != JsonTokenType.StartArray)
        {
            Mistake(at, "$or is a list of two objects or more");
            _reader.Skip();
            return;
        }

        var (before, count) = (branches.ToArray(), 0);
        branches.Clear();
        while (Next() != JsonTokenType.EndArray)
        {
            count++;
            if (_reader.TokenType != JsonTokenType.StartObject)
            {
                Mistake(_reader.TokenStartIndex, "only objects stand in the list of $or");
                _reader.Skip();
                continue;
            }

            List<Dictionary<string, PatternField>> copies = [.. before.Select(b => new Dictionary<string, PatternField>(b, StringComparer.Ordinal))];
            Fields(copies, insideOr: true);
            branches.AddRange(copies);
            if (branches.Count <= EventPattern.BranchesMax) continue;
            if (!_isTooWide) Mistake(at, $"its $or alternatives multiply out to more than {EventPattern.BranchesMax} branches; split the pattern into several rules");
            _isTooWide = true;
            branches.RemoveRange(1, branches.Count - 1);
        }

        if (count < 2) Mistake(at, "$or is a list of two objects or more");
        if (branches.Count == 0) branches.AddRange(before);
    }

    // At the start of the list of what a field may be; reads to its end.
    private void Values(List<Dictionary<string, PatternField>> branches, string name)
    {
        var (start, tests, elements) = (_reader.TokenStartIndex, ImmutableArray.CreateBuilder<ValueTest>(), 0);
        for (; Next() != JsonTokenType.EndArray; elements++)
        {
            switch (_reader.TokenType)
            {
                case JsonTokenType.StartObject:
                    Expression(tests);
                    break;
                case JsonTokenType.String:
                    // A plain string that is an address is compared as one.
                    var text = Text();
                    tests.Add(IpDigits.TryAddress(JavaText.Utf8(text), out var address) ? new ValueTest.Ip(IpRange.One(address)) : new ValueTest.Text(text));
                    break;
                case JsonTokenType.Number:
                    tests.Add(EventNumber.TryRead(_reader.ValueSpan, out var number) ? Equal(number) : new ValueTest.Raw(RawText()));
                    break;
                case JsonTokenType.StartArray:
                    Mistake(_reader.TokenStartIndex, $"what '{name}' may be is a plain list; a list within it has no meaning");
                    _reader.Skip();
                    break;
                default:
                    tests.Add(new ValueTest.Raw(RawText()));
                    break;
            }
        }

        if (elements == 0) Mistake(start, $"an empty list matches nothing; name what '{name}' may be");
        var path = string.Join('.', _path);
        var field = new PatternField(path.Length == 0 ? name : $"{path}.{name}", tests.ToImmutable());
        foreach (var branch in branches) branch[field.Path] = field;
    }

    // At the start of an object within such a list: one operator and its operand.
    private void Expression(ImmutableArray<ValueTest>.Builder tests)
    {
        if (Next() == JsonTokenType.EndObject)
        {
            Mistake(_reader.TokenStartIndex, "an empty object is no test; write {\"prefix\": \"…\"} or the like");
            return;
        }

        var (name, at) = (Text(), _reader.TokenStartIndex);
        Next();
        switch (name)
        {
            case "exactly" or "wildcard":
                Operand(name, name, tests);
                break;
            case "prefix" or "suffix" when _reader.TokenType == JsonTokenType.StartObject:
                FoldedPart(name, tests);
                break;
            case "prefix" or "suffix" or "equals-ignore-case":
                Operand(name, name, tests);
                break;
            case "numeric":
                Numeric(tests);
                break;
            case "anything-but":
                AnythingBut(tests);
                break;
            case "exists":
                if (_reader.TokenType == JsonTokenType.True) tests.Add(new ValueTest.Present());
                else if (_reader.TokenType == JsonTokenType.False) tests.Add(new ValueTest.Absent());
                else Refuse("exists is either true or false");
                break;
            case "cidr":
                Cidr(tests);
                break;
            default:
                Mistake(at, $"'{name}' is no operator; there are prefix, suffix, equals-ignore-case, wildcard, anything-but, numeric, cidr, exists (in lower case)");
                _reader.Skip();
                break;
        }

        EndOfObject(name);
    }

    // After an operand: an object holds one operator.
    private void EndOfObject(string name)
    {
        if (Next() == JsonTokenType.EndObject) return;
        Mistake(_reader.TokenStartIndex, $"one operator stands in an object, and here one follows '{name}'; alternatives are elements of the list");
        SkipMembers();
    }

    // At a name, or at the end of the object already; reads to the end.
    private void SkipMembers()
    {
        for (; _reader.TokenType != JsonTokenType.EndObject; Next())
        {
            Next();
            _reader.Skip();
        }
    }

    private void Operand(string shown, string kind, ImmutableArray<ValueTest>.Builder tests)
    {
        if (_reader.TokenType != JsonTokenType.String) Refuse($"the operand of {shown} is a string");
        else if (TextTests.Add(kind, Text(), tests) is { Length: > 0 } mistake) Mistake(_reader.TokenStartIndex, mistake);
    }

    // At the start of the object of {"prefix": {"equals-ignore-case": "…"}}.
    private void FoldedPart(string name, ImmutableArray<ValueTest>.Builder tests)
    {
        if (Next() == JsonTokenType.EndObject || Text() != "equals-ignore-case")
        {
            Mistake(_reader.TokenStartIndex, $"within {name} stands a string, or {{\"equals-ignore-case\": \"…\"}}");
            SkipMembers();
            return;
        }

        Next();
        Operand("equals-ignore-case", $"{name}/equals-ignore-case", tests);
        EndOfObject("equals-ignore-case");
    }

    private void Cidr(ImmutableArray<ValueTest>.Builder tests)
    {
        if (_reader.TokenType != JsonTokenType.String) Refuse("the operand of cidr is a string such as \"10.0.0.0/8\"");
        else if (IpRange.TryParse(Text(), out var range, out var mistake)) tests.Add(new ValueTest.Ip(range));
        else Mistake(_reader.TokenStartIndex, mistake);
    }

    private void AnythingBut(ImmutableArray<ValueTest>.Builder tests)
    {
        var inner = ImmutableArray.CreateBuilder<ValueTest>();
        switch (_reader.TokenType)
        {
            case JsonTokenType.String:
                inner.Add(new ValueTest.Text(Text()));
                break;
            case JsonTokenType.Number:
                AddNumber(inner);
                break;
            case JsonTokenType.StartArray:
                PlainList(inner);
                break;
            case JsonTokenType.StartObject:
                ButExpression(inner);
                break;
            default:
                Refuse("the operand of anything-but is a string, a number, a list of either, or one of prefix, suffix, equals-ignore-case, wildcard");
                break;
        }

        tests.Add(new ValueTest.But(inner.ToImmutable()));
    }

    private void PlainList(ImmutableArray<ValueTest>.Builder tests)
    {
        var (start, strings, numbers, others) = (_reader.TokenStartIndex, 0, 0, 0);
        while (Next() != JsonTokenType.EndArray)
        {
            if (_reader.TokenType == JsonTokenType.String)
            {
                strings++;
                tests.Add(new ValueTest.Text(Text()));
            }
            else if (_reader.TokenType == JsonTokenType.Number)
            {
                numbers++;
                AddNumber(tests);
            }
            else
            {
                others++;
                Refuse("in the list of anything-but stand strings or numbers");
            }
        }

        if (strings > 0 && numbers > 0) Mistake(start, "in the list of anything-but stand strings or numbers, and not both");
        if (strings + numbers + others == 0) Mistake(start, "the list of anything-but is empty");
    }

    // At the start of the object of {"anything-but": {"prefix": …}}.
    private void ButExpression(ImmutableArray<ValueTest>.Builder tests)
    {
        if (Next() == JsonTokenType.EndObject)
        {
            Mistake(_reader.TokenStartIndex, "within anything-but an empty object is no test");
            return;
        }

        var (name, at) = (Text(), _reader.TokenStartIndex);
        var isKnown = name is "prefix" or "suffix" or "equals-ignore-case" or "wildcard";
        if (!isKnown) Mistake(at, $"'{name}' is no operator within anything-but; there are prefix, suffix, equals-ignore-case, wildcard");
        if (Next() == JsonTokenType.StartArray && isKnown)
        {
            var count = 0;
            for (; Next() != JsonTokenType.EndArray; count++) ButOperand(name, tests);
            if (count == 0) Mistake(at, $"the list of anything-but {name} is empty");
        }
        else
        {
            if (isKnown) ButOperand(name, tests);
            else _reader.Skip();
        }

        EndOfObject(name);
    }

    private void ButOperand(string name, ImmutableArray<ValueTest>.Builder tests)
    {
        if (_reader.TokenType == JsonTokenType.String && name is "prefix" or "suffix" && _reader.ValueSpan.IsEmpty) Mistake(_reader.TokenStartIndex, $"anything-but has no empty {name}: every string has that");
        else Operand(name, name, tests);
    }

    private void AddNumber(ImmutableArray<ValueTest>.Builder tests)
    {
        if (EventNumber.TryRead(_reader.ValueSpan, out var number)) tests.Add(Equal(number));
        else Mistake(_reader.TokenStartIndex, NotHeld());
    }

    private void Numeric(ImmutableArray<ValueTest>.Builder tests)
    {
        if (_reader.TokenType != JsonTokenType.StartArray)
        {
            Refuse("the operand of numeric is a list such as [\">\", 0, \"<=\", 5]");
            return;
        }

        var start = _reader.TokenStartIndex;
        var reading = new NumericReading();
        while (Next() != JsonTokenType.EndArray)
        {
            var mistake = _reader.TokenType switch
            {
                _ when reading.HasFailed => "",
                JsonTokenType.String => reading.Operator(Text()),
                JsonTokenType.Number => EventNumber.TryRead(_reader.ValueSpan, out var number) ? reading.Number(number) : reading.Fail(NotHeld()),
                _ => reading.Fail("in numeric stand operators and numbers in turn"),
            };
            if (mistake.Length > 0) Mistake(_reader.TokenStartIndex, mistake);
            _reader.Skip();
        }

        if (reading.HasFailed) return;
        if (reading.End(out var range) is { Length: > 0 } wrong) Mistake(start, wrong);
        else tests.Add(range);
    }

    private static ValueTest.Range Equal(double number) => new(number, false, number, false);

    private JsonTokenType Next()
    {
        // The reader ends an incomplete text by throwing.
        _reader.Read();
        return _reader.TokenType;
    }

    private string Text()
    {
        if (Utf8.IsValid(_reader.ValueSpan)) return JavaText.Unescape(_reader.ValueSpan);
        Mistake(_reader.TokenStartIndex, "this is not UTF-8");
        return "";
    }

    private readonly string NotHeld() => $"{RawText()} cannot be compared: a double does not hold it as it is written";

    private readonly string RawText() => Encoding.UTF8.GetString(_reader.ValueSpan);

    private void Refuse(string message)
    {
        Mistake(_reader.TokenStartIndex, message);
        _reader.Skip();
    }

    private readonly void Mistake(long at, string message) => _mistakes.Add(_text, at, message);
}
